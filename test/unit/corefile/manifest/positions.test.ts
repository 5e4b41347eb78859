/** Corefiles wrapped into YAML in every style of scalar: each word is found where it stands, and edits arrive there. */
import assert from 'node:assert/strict';
import { readFileSync, readdirSync } from 'node:fs';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import { lexCorefile } from '../../../../src/core/corefile/lexer.ts';
import type { ManifestText } from '../../../../src/core/corefile/manifest/manifest.ts';
import { readManifest } from '../../../../src/core/corefile/manifest/readManifest.ts';

const DEFAULTS = new URL('../../../fixtures/corefiles/defaults/', import.meta.url);
const REAL = readdirSync(DEFAULTS).map((name) => readFileSync(new URL(name, DEFAULTS), 'utf8'));

const word = fc.constantFrom(
  '.:53',
  'errors',
  'cache',
  '30',
  'hosts',
  '10.0.0.1',
  'a.example',
  "it's",
  'ü€😀',
  '"q',
  'x#y',
);
const line = fc.record({
  indent: fc.nat(4),
  words: fc.array(word, { minLength: 0, maxLength: 4 }),
  open: fc.boolean(),
});
const made = fc
  .array(line, { minLength: 1, maxLength: 8 })
  .map((lines) =>
    lines
      .map(({ indent, words, open }) =>
        words.length === 0 ? '' : `${' '.repeat(indent)}${words.join(' ')}${open ? ' {' : ''}`,
      )
      .join('\n'),
  )
  .map((text) => `. {\n${text}\n}\n`);
const corefile = fc.oneof(made, fc.constantFrom(...REAL));

interface Wrapped {
  readonly yaml: string;
  readonly text: string;
}

const HEAD = 'apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: coredns\ndata:\n';
const TAIL = '  other: "1"\n';

function indented(text: string, by: string): string {
  return text
    .split('\n')
    .map((one) => (one === '' ? '' : by + one))
    .join('\n');
}

const styles: Readonly<Record<string, (text: string) => Wrapped>> = {
  'literal |': (text) => ({ yaml: `${HEAD}  Corefile: |\n${indented(text, '    ')}${TAIL}`, text }),
  'literal |-': (text) => ({
    yaml: `${HEAD}  Corefile: |- # why\n${indented(text, '      ')}${TAIL}`,
    text: text.replace(/\n+$/u, ''),
  }),
  'literal |+': (text) => ({ yaml: `${HEAD}  Corefile: |+\n${indented(text, '   ')}\n${TAIL}`, text: `${text}\n` }),
  'literal |3': (text) => ({
    yaml: `${HEAD}  Corefile: |3\n${indented(`  ${text}`, '     ')}${TAIL}`,
    text: `  ${text}`,
  }),
  'literal at the end of the file': (text) => ({
    yaml: `${HEAD}  Corefile: |\n${indented(text, '    ').trimEnd()}`,
    text: text.endsWith('\n') ? text : `${text}\n`,
  }),
  'double quotes': (text) => ({ yaml: `${HEAD}  "Corefile": ${JSON.stringify(text)}\n${TAIL}`, text }),
  JSON: (text) => ({
    yaml: JSON.stringify({ kind: 'ConfigMap', metadata: { name: 'coredns' }, data: { Corefile: text } }, undefined, 2),
    text,
  }),
  'single quotes, empty lines for breaks': (text) => ({
    yaml: `${HEAD}  Corefile: '${text.trim().replaceAll("'", "''").replaceAll(/\n+/gu, '\n\n    ')}'\n${TAIL}`,
    text: text.trim().replaceAll(/[ ]*\n[\n ]*/gu, '\n'),
  }),
};

function only(yaml: string): ManifestText {
  const { texts, findings } = readManifest(yaml);
  assert.deepEqual(findings, []);
  const [first] = texts.filter(({ key }) => key === 'Corefile');
  assert.ok(first !== undefined, yaml);
  return first;
}

function assertPlaces(yaml: string, { text, positions }: ManifestText): void {
  assert.ok(positions.exact, yaml);
  for (const token of lexCorefile(text).tokens) {
    const { start, end } = positions.range(token.start, token.end);
    const source = text.slice(token.start, token.end);
    if (/^[\w.:{}ü€😀]+$/u.test(source)) assert.equal(yaml.slice(start, end), source);
    assert.equal(positions.offsetAt(start), token.start);
  }
}

describe('places in YAML', () => {
  for (const [name, wrap] of Object.entries(styles)) {
    for (const lineBreak of ['\n', '\r\n']) {
      test(`${name}, lines end in ${JSON.stringify(lineBreak)}`, () => {
        fc.assert(
          fc.property(corefile, (content) => {
            const wrapped = wrap(content);
            const yaml = wrapped.yaml.replaceAll('\n', lineBreak);
            const found = only(yaml);
            assert.equal(found.text, wrapped.text);
            assertPlaces(yaml, found);
          }),
        );
      });
    }
  }

  test('folded and plain text is placed as well', () => {
    for (const value of [
      ' >\n    .:53 {\n      errors\n\n      log\n    }\n',
      ' .:53 {\n     errors\n\n     log }\n',
      '\n    .:53 {\n      errors }\n',
    ])
      assertPlaces(`${HEAD}  Corefile:${value}`, only(`${HEAD}  Corefile:${value}`));
  });

  test('a byte order mark, several documents and lists', () => {
    const map = (name: string): string =>
      `kind: ConfigMap\nmetadata: {name: ${name}}\ndata:\n  Corefile: |\n    .:53 {\n      ${name}\n    }\n`;
    const yaml = `\ufeff${map('coredns')}---\n${map('node-local-dns')}...\n---\nkind: List\nitems:\n- ${map('dns-default').trimEnd().replaceAll('\n', '\n  ')}\n`;
    const { texts } = readManifest(yaml);
    assert.deepEqual(
      texts.map(({ configMap }) => configMap?.name),
      ['coredns', 'node-local-dns', 'dns-default'],
    );
    for (const text of texts) assertPlaces(yaml, text);
  });
});

describe('edits in YAML', () => {
  for (const lineBreak of ['\n', '\r\n']) {
    test(`an edit of a literal block gives the edited text, lines end in ${JSON.stringify(lineBreak)}`, () => {
      const literal = fc.constantFrom('literal |', 'literal |-', 'literal |3');
      const edit = fc.record({
        from: fc.nat(),
        length: fc.nat(12),
        newText: fc.constantFrom('', 'log', 'log\n', 'a\nb', '}\n', '\n}'),
      });
      fc.assert(
        fc.property(made, literal, edit, (content, style, { from, length, newText }) => {
          const yaml = (styles[style]?.(content).yaml ?? '').replaceAll('\n', lineBreak);
          const { text, positions } = only(yaml);
          // The first line decides about the indentation, and a text that ends in blank lines about what is kept of them.
          const first = text.indexOf('\n') + 1;
          const start = first + (from % (text.length - first + 1));
          const end = Math.min(text.length, start + length);
          const mapped = positions.edit({ start, end, newText });
          assert.ok(mapped !== undefined);
          const edited = yaml.slice(0, mapped.start) + mapped.newText + yaml.slice(mapped.end);
          const wanted = text.slice(0, start) + newText + text.slice(end);
          // Two braces in a row make it the source of a template, which is left alone.
          fc.pre(!edited.includes('{{'));
          // Blank lines may keep their indentation, and the block's last line break goes as its header says.
          const normal = (one: string): string => one.replaceAll(/ +$/gmu, '').replace(/\n*$/u, '');
          assert.equal(normal(only(edited).text), normal(wanted), JSON.stringify({ yaml, edited }));
        }),
      );
    });
  }

  test('a quoted text takes harmless words only', () => {
    const { positions, text } = only(styles['double quotes']?.('.:53 {\n  forwrd . 1.1.1.1\n}\n').yaml ?? '');
    const start = text.indexOf('forwrd');
    assert.notEqual(positions.edit({ start, end: start + 6, newText: 'forward' }), undefined);
    assert.equal(positions.edit({ start, end: start + 6, newText: 'errors\nforward' }), undefined);
    assert.equal(positions.edit({ start, end: start + 6, newText: '"' }), undefined);
  });
});
