/** Corefiles of about `lines` lines, each of a shape in which a rule that compares everything with everything would show. */
export const COREFILE_SHAPES: Readonly<Record<string, (lines: number) => string>> = {
  'server blocks of one line': (lines) =>
    repeat(lines, (at) => `zone${at}.example.org { forward . 192.0.2.${at % 250} }\n`),
  'server blocks that forward to this host': (lines) =>
    repeat(lines / 3, (at) => `zone${at}.example.org {\n    forward . 127.0.0.${at % 250}\n}\n`),
  'one block of hosts': (lines) =>
    block(
      `    hosts {\n${repeat(lines, (at) => `        10.0.${at >> 8}.${at & 255} host${at}.example.org\n`)}    }\n`,
    ),
  'one block of stub zones': (lines) =>
    block(repeat(lines, (at) => `    forward zone${at}.example.org 192.0.2.${at % 250}\n`)),
  'rewrite rules': (lines) =>
    block(repeat(lines, (at) => `    rewrite name exact a${at}.example.org b${at}.example.org\n`)),
  'rewrite rules with patterns': (lines) =>
    block(repeat(lines, (at) => `    rewrite name regex (.*)\\.a${at}\\.org {1}.b${at}.org\n`)),
  templates: (lines) =>
    block(
      repeat(
        lines / 4,
        (at) => `    template IN A zone${at}.org {\n        match ^x${at}[.]\n        rcode 3\n    }\n`,
      ),
    ),
  '200 snippets imported everywhere': (lines) =>
    repeat(200, (at) => `(snippet${at}) {\n    log zone${at}.example.org\n}\n`) +
    repeat(lines / 200, (at) => `block${at}.example.org {\n${repeat(200, (own) => `    import snippet${own}\n`)}}\n`),
  'unknown plugins': (lines) => block(repeat(lines, (at) => `    forwrad${at} . 192.0.2.1\n`)),
  'suppressed findings': (lines) =>
    block(
      repeat(
        lines / 2,
        (at) => `    # dnscope: ignore CF421, CF508 -- meant\n    forward zone${at}.org name${at}.org\n`,
      ),
    ),
};

function repeat(count: number, line: (at: number) => string): string {
  return Array.from({ length: count }, (_, at) => line(at)).join('');
}

function block(inside: string): string {
  return `. {\n    errors\n${inside}    forward . 192.0.2.1\n}\n`;
}
