/** Rules about order: which rewrite, forward or acl line is reached at all. Compared with CoreDNS 1.15.0's answers. */
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { lintCorefile } from '../../../src/core/corefile/lint.ts';

/** Lines of the block's inside (from 1) about which the rule speaks. */
function lines(rule: string, inside: string, options: object = {}): readonly number[] {
  const text = `.:53 {\n${inside}\n}\n`;
  return lintCorefile(text, { file: 'Corefile', ...options })
    .diagnostics.filter((diagnostic) => diagnostic.rule === rule)
    .map(({ start }) => start.line - 1);
}

describe('CF416: rewrite rules that are never reached', () => {
  const rewrites = (...rules: readonly string[]): readonly number[] =>
    lines('CF416', rules.map((rule) => `rewrite ${rule}`).join('\n'));

  test('an exact name behind the same name, a suffix, a prefix or a substring that holds it', () => {
    assert.deepEqual(rewrites('name a.b x', 'name A.B y'), [2]);
    assert.deepEqual(rewrites('name suffix .b x answer auto', 'name a.b y', 'name ab y'), [2]);
    assert.deepEqual(rewrites('name prefix a x answer auto', 'name a.b y', 'name aa.b y'), [2]);
    assert.deepEqual(rewrites('name substring b.c x answer auto', 'name a.b.c y', 'name a.b y'), [2]);
  });

  test('the wider rule behind the narrower one is reached', () => {
    assert.deepEqual(rewrites('name a.b x', 'name suffix .b x answer auto'), []);
    assert.deepEqual(rewrites('name suffix .a.b x answer auto', 'name suffix .b x answer auto'), []);
  });

  test('continue covers nothing, and what it renames may be covered by nothing above', () => {
    assert.deepEqual(rewrites('continue name a.b x', 'name a.b y'), []);
    assert.deepEqual(rewrites('name a.b x', 'continue name c.d a.b', 'name a.b y'), []);
    assert.deepEqual(rewrites('name a.b x', 'continue ttl exact c.d 30', 'name a.b y'), [3]);
  });

  test('a rule for all names covers every kind of rule', () => {
    assert.deepEqual(rewrites('name regex .* x answer auto', 'type ANY HINFO', 'ttl a.b 30', 'name a y'), [2, 3, 4]);
    assert.deepEqual(rewrites('type ANY HINFO', 'type ANY TXT'), []);
  });

  test('blocks do not see each other, and an unknown variable proves nothing', () => {
    const text = '.:53 {\nrewrite name a.b x\n}\nb:53 {\nrewrite name a.b y\n}\n';
    const found = lintCorefile(text, { file: 'Corefile' }).diagnostics.filter(({ rule }) => rule === 'CF416');
    assert.deepEqual(found, []);
    assert.deepEqual(rewrites('name {$A} x', 'name {$A} y'), []);
  });
});

describe('CF417: forwards that are never asked', () => {
  test('behind the same zone or a wider one', () => {
    assert.deepEqual(lines('CF417', 'forward . 192.0.2.1\nforward a.b 192.0.2.2'), [2]);
    assert.deepEqual(lines('CF417', 'forward b 192.0.2.1\nforward A.b. 192.0.2.2\nforward . 192.0.2.3'), [2]);
    assert.deepEqual(lines('CF417', 'forward b 192.0.2.1\nforward ab 192.0.2.2'), []);
  });

  test('unless the wider one excepts names of it or hands answers on', () => {
    assert.deepEqual(lines('CF417', 'forward . 192.0.2.1 {\nexcept a.b\n}\nforward a.b 192.0.2.2'), []);
    assert.deepEqual(lines('CF417', 'forward . 192.0.2.1 {\nexcept c.a.b\n}\nforward a.b 192.0.2.2'), []);
    assert.deepEqual(lines('CF417', 'forward . 192.0.2.1 {\nexcept c\n}\nforward a.b 192.0.2.2'), [4]);
    assert.deepEqual(lines('CF417', 'forward . 192.0.2.1 {\nnext NXDOMAIN\n}\nforward . 192.0.2.2'), []);
  });

  test('before 1.9.4 a second forward is refused: one defect, told by CF904', () => {
    const inside = 'forward . 192.0.2.1\nforward a.b 192.0.2.2';
    assert.deepEqual(lines('CF417', inside, { version: '1.9.3' }), []);
    assert.deepEqual(lines('CF904', inside, { version: '1.9.3' }), [2]);
  });
});
