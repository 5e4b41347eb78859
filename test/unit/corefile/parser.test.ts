import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { type ParseOptions, parseCorefile } from '../../../src/core/corefile/parser.ts';
import type { CorefileBraces, CorefileItem } from '../../../src/core/corefile/tree.ts';

/** The tree as a line of text: `keys{plugin args[option args;…];…}`, snippets in parentheses, imports with `@`. */
function sketch(text: string, options: ParseOptions = {}): string {
  return parseCorefile(text, options).items.map(item).join(' ');
}

function item(node: CorefileItem): string {
  if (node.kind === 'import') return `@${node.argument?.text ?? ''}`;
  if (node.kind === 'snippet') return `(${node.name}: ${node.tokens.map(({ text }) => text).join(' ')})`;
  const body = node.body.map((child) => {
    if (child.kind === 'import') return `@${child.argument?.text ?? ''}`;
    const words = [child.name, ...child.args].map(({ text }) => text).join(' ');
    const rest = child.rest.map(({ text }) => ` +${text}`).join('');
    return words + (child.block === undefined ? '' : braces(child.block)) + rest;
  });
  return `${node.keys.map(({ value }) => value ?? '?').join(',')}{${body.join(';')}}`;
}

function braces({ lines }: CorefileBraces): string {
  const inner = lines.map((line) =>
    line.kind === 'import'
      ? `@${line.argument?.text ?? ''}`
      : line.tokens.map(({ text }) => text).join(' ') + (line.block === undefined ? '' : braces(line.block)),
  );
  return `[${inner.join(';')}]`;
}

function problems(text: string, options: ParseOptions = {}): readonly string[] {
  return parseCorefile(text, options).problems.map(({ kind, token }) => `${kind} ${token.line}:${token.column}`);
}

describe('parseCorefile groups words as CoreDNS does', () => {
  const cases: readonly (readonly [name: string, text: string, tree: string])[] = [
    ['keys and plugins', 'a.org b.org:53 {\n log\n cache 30\n}\n', 'a.org,b.org:53{log;cache 30}'],
    ['a comma lets keys go on', 'a.org,\nb.org {\n log\n}', 'a.org,b.org{log}'],
    ['a comma inside a word does not count', 'a.org,b.org {\n}', 'a.org,b.org{}'],
    ['the brace may stand on the next line', 'a.org\n{\n log\n}', 'a.org{log}'],
    ['without a brace the rest of the file is the block', 'a.org\nlog\nerrors', 'a.org{log;errors}'],
    ['keys alone are a block', 'a.org b.org', 'a.org,b.org{}'],
    ['the first plugin may follow the brace', '. { whoami\n}', '.{whoami}'],
    ['words behind a brace are keys', '. {\n} foo {\n}', '.{} foo{}'],
    ['a stray brace is a key', '. {\n log\n}\n}', '.{log} }{}'],
    ['blocks nest', '. {\n view v {\n  a {\n   b c\n  }\n  d\n }\n}', '.{view v[a[b c];d]}'],
    ['a brace on the next line is pulled in', '. {\n log\n {\n class all\n }\n}', '.{log[class all]}'],
    ['words behind a plugin block belong to it', '. {\n log {\n } foo\n}', '.{log[] +foo}'],
    ['a snippet keeps its words', '(s) {\n log\n}\n. {\n import s\n}', '(s: log) .{@s}'],
    ['two bracketed keys are zones', '(a) (b) {\n}', '(a),(b){}'],
    ['imports stand where they are', 'import x\n. {\n import y\n log {\n  import z\n }\n}', '@x .{@y;log[@z]}'],
    ['a key from a variable is open', '{$Z}:53 {\n}', '?{}'],
  ];
  for (const [name, text, tree] of cases) {
    test(name, () => {
      assert.equal(sketch(text), tree);
      assert.deepEqual(problems(text), []);
    });
  }
});

describe('parseCorefile puts imports in their place', () => {
  test('snippets, also several times and one in another', () => {
    const text = '(a) {\n errors\n}\n(b) {\n import a\n log\n}\n. {\n import b\n cache\n}';
    assert.equal(sketch(text, { expand: true }), '(a: errors) (b: import a log) .{errors;log;cache}');
  });

  test('whole server blocks from a snippet', () => {
    const text = '(z) {\n a.org {\n log\n }\n b.org {\n }\n}\nimport z\n. {\n}';
    assert.equal(sketch(text, { expand: true }).split(' ').slice(-3).join(' '), 'a.org{log} b.org{} .{}');
  });

  test('files through the resolver, with their own path', () => {
    const resolveImport = (pattern: string): readonly { path: string; text: string }[] =>
      pattern === 'x' ? [{ path: '/x', text: 'log\ncache 30' }] : [];
    assert.equal(sketch('. {\n import x\n import *.y\n}', { expand: true, resolveImport }), '.{log;cache 30}');
    assert.deepEqual(problems('. {\n import z\n}', { expand: true, resolveImport }), ['import-missing 2:9']);
  });

  test('variables are put in, never split, and empty keys fall away', () => {
    const environment = { Z: 'a.org', P: '53', E: '', B: 'a b' };
    assert.equal(sketch('{$Z}:{%P%} {$E} {$B} {\n}', { environment }), 'a.org:53,a b{}');
  });

  test('what is not known stays a node and marks its surroundings', () => {
    const { items, incomplete } = parseCorefile('import x\n. {\n import y\n}', { expand: true });
    assert.equal(incomplete, true);
    assert.deepEqual(
      items.map((node) => node.kind === 'server' && node.incomplete),
      [false, true],
    );
  });

  test('snippets in a circle end', () => {
    const text = '(a) {\n import b\n}\n(b) {\n import a\n}\n. {\n import a\n}';
    assert.deepEqual(problems(text, { expand: true }), ['import-depth 5:9']);
  });
});

describe('parseCorefile goes on after what CoreDNS refuses', () => {
  const cases: readonly (readonly [text: string, problem: string, tree: string])[] = [
    ['. {\n log', 'unclosed-block 1:3', '.{log}'],
    ['. {\n log {\n  class all\n', 'unclosed-block 2:6, unclosed-block 1:3', '.{log[class all]}'],
    ['. {\n log }\na.org {\n}', 'unexpected-close 2:6', '.{log} a.org{}'],
    ['a.org, {\n log\n}', 'expected-key 1:1', 'a.org{log}'],
    ['a.org,', 'expected-key 1:1', 'a.org{}'],
    ['(s)\nlog', 'missing-open 1:1', '(s: ) log{}'],
    ['(s) {\n log', 'unclosed-snippet 1:5', '(s: log)'],
    ['(s) {\n}\n(s) {\n}', 'snippet-redeclared 3:1', '(s: ) (s: )'],
    ['. {\n import\n}', 'import-arguments 2:2', '.{}'],
    ['. {\n import a b\n}', 'import-arguments 2:2', '.{}'],
    ['. {\n import ""\n}', 'import-empty 2:9', '.{}'],
  ];
  for (const [text, problem, tree] of cases) {
    test(`${problem.split(' ')[0] ?? ''}: ${JSON.stringify(text)}`, () => {
      assert.equal(problems(text).join(', '), problem);
      assert.equal(sketch(text), tree);
    });
  }

  test("a plugin's brace at the very end passes for the block's, as in CoreDNS", () => {
    assert.deepEqual(problems('. {\n log {\n }\n'), []);
  });
});
