/** One defect, one diagnostic: what a damaged brace, comment or quote makes CoreDNS misread is not told a second time. */
import assert from 'node:assert/strict';
import { readFileSync, readdirSync } from 'node:fs';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import { type Claiming, withoutConsequences } from '../../../src/core/corefile/consequences.ts';
import type { Severity } from '../../../src/core/corefile/diagnostic.ts';
import { type LintOptions, lintCorefile } from '../../../src/core/corefile/lint.ts';

function syntaxOf(text: string, options: Partial<LintOptions> = {}): readonly string[] {
  return lintCorefile(text, { file: 'Corefile', ...options })
    .diagnostics.filter(({ rule, severity }) => severity === 'error' || /^CF[123]/u.test(rule))
    .map(({ start, rule, severity }) => `${start.line}:${start.column} ${rule} ${severity}`);
}

const BLOCK = 'b.org {\n whoami\n}\n';

/** Every outcome was compared with CoreDNS 1.15.0: an error where it refuses, none where it starts. */
const CASES: readonly (readonly [what: string, text: string, expected: readonly string[]])[] = [
  [
    'a plugin block that is not closed',
    'a.org {\n errors\n cache {\n  prefetch 10\n forward . 192.0.2.1\n}\n',
    ['3:8 CF101 error'],
  ],
  ['the same in front of another block', `a.org {\n cache {\n  prefetch 10\n whoami\n}\n${BLOCK}`, ['2:8 CF101 error']],
  [
    'the same where CoreDNS takes the rest for data',
    'a.org {\n hosts {\n  192.0.2.1 a.org\n forward . 192.0.2.1\n}\n',
    ['2:8 CF101 warning'],
  ],
  ['a server block that is not closed', `a.org {\n whoami\n${BLOCK}`, ['1:7 CF101 error']],
  ['two blocks that are not closed', `a.org {\n forward . 192.0.2.1 {\n  max_fails 2\n${BLOCK}`, ['2:22 CF101 error']],
  ['a brace too many at the end', '.:53 {\n whoami\n}\n}\n', ['4:1 CF102 warning']],
  ['a brace too many in front', `}\n${BLOCK}`, ['1:1 CF102 error']],
  ['two braces too many on a line', '.:53 {\n whoami\n} }\n', ['3:3 CF102 warning']],
  [
    'a block closed too early',
    `a.org {\n errors\n }\n cache 30\n}\n${BLOCK}`,
    ['1:1 CF204 warning', '4:2 CF102 warning'],
  ],
  ['a plugin between two blocks', `a.org {\n whoami\n}\ncache 30\n${BLOCK}`, ['4:1 CF102 error']],
  ['a block in one word', `a.org {whoami}\n${BLOCK}`, ['1:7 CF103 error']],
  ['a brace that touches a plugin', `a.org {\n log{\n  class all\n }\n whoami\n}\n${BLOCK}`, ['2:2 CF103 error']],
  [
    'a brace that touches an argument',
    `a.org {\n forward . 192.0.2.1{\n  max_fails 3\n }\n loop\n}\n`,
    ['2:12 CF103 error'],
  ],
  ['a closing brace that touches a plugin', `a.org {\n whoami}\n${BLOCK}`, ['2:2 CF103 error']],
  ['a closing brace that touches a value', 'a.org {\n cache {\n  prefetch 10}\n whoami\n}\n', ['3:12 CF103 error']],
  [
    'a brace that touches a plugin of a snippet',
    `(s) {\n log{\n  class all\n }\n}\n${BLOCK}`,
    ['1:1 CF122 hint', '2:2 CF103 error'],
  ],
  ['a brace on the next line', 'a.org {\n log\n {\n  class all\n }\n whoami\n}\n', ['3:2 CF105 warning']],
  ['the same where only one may stand', 'a.org {\n cache\n {\n  prefetch 10\n }\n whoami\n}\n', ['3:2 CF105 error']],
  ['words behind a block', `a.org {\n whoami\n} end\n${BLOCK}`, ['3:3 CF106 error']],
  ['words behind the last block', 'a.org {\n whoami\n} end\n', ['3:3 CF106 warning']],
  ['words behind a plugin block', 'a.org {\n cache {\n  prefetch 10\n } loop\n whoami\n}\n', ['4:4 CF106 error']],
  ['a comment that touches a brace', 'a.org {# the first one\n whoami\n}\n', ['1:8 CF109 error']],
  ['a comment that touches the last brace', `a.org {\n whoami\n}# the end\n${BLOCK}`, ['3:2 CF109 error']],
  ['a comment that touches a plugin', 'a.org {\n whoami#for now only\n}\n', ['2:8 CF109 error']],
  ['foreign quotes around a number', "a.org {\n cache {\n  prefetch '10'\n }\n whoami\n}\n", ['3:12 CF110 error']],
  ['a zero-width character in a plugin', 'a.org {\n who\u200bami\n}\n', ['2:2 CF112 error']],
  ['a backslash at the end', 'a.org {\n forward . 192.0.2.1 \\\n  192.0.2.2\n}\n', ['2:22 CF113 error']],
  ['an unknown word on the next line is no key', '.\nforwrd . 192.0.2.1\n', ['2:1 CF119 error']],
  ['keys without a comma', `a.org\n${BLOCK}`, ['2:1 CF120 error']],
  ['keys without a comma and dot', 'localhost\nbox {\n whoami\n}\n', ['2:1 CF120 error']],
  ['a comma between blanks', 'a.org , b.org {\n whoami\n}\n', ['1:7 CF121 error']],
  ['a block without key', '{\n whoami\n}\n', ['1:1 CF204 warning']],
  ['a snippet used above its place', 'a.org {\n import s\n whoami\n}\n(s) {\n errors\n}\n', ['2:9 CF116 error']],
];

describe('one defect, one diagnostic', () => {
  for (const [what, text, expected] of CASES) {
    test(what, () => {
      assert.deepEqual(syntaxOf(text), expected);
    });
  }

  test('a rule that is switched off claims nothing', () => {
    const text = 'a.org {\n log{\n  class all\n }\n whoami\n}\n';
    assert.deepEqual(syntaxOf(text, { severities: { CF103: 'off' } })[0], '2:2 CF119 error');
    assert.deepEqual(syntaxOf(text, { severities: { CF103: 'info' } }), ['2:2 CF103 info']);
  });

  test('with arbitrary claims an error always remains where there was one', () => {
    const range = fc.record({ start: fc.nat(20), length: fc.nat(10) });
    const item = fc.record({
      rule: fc.constantFrom('CF101', 'CF102', 'CF103', 'CF104'),
      severity: fc.constantFrom<Severity[]>('error', 'warning', 'hint'),
      offset: fc.nat(20),
      claims: fc.array(range, { maxLength: 2 }),
    });
    fc.assert(
      fc.property(fc.array(item, { maxLength: 12 }), (items) => {
        const found: Claiming[] = items.map(({ claims, ...rest }) => ({
          ...rest,
          claims: claims.map(({ start, length }) => ({ start, end: start + length })),
          severityIsChosen: false,
        }));
        const hadError = found.some(({ severity }) => severity === 'error');
        const left = withoutConsequences(found);
        assert.equal(
          left.some(({ severity }) => severity === 'error'),
          hadError,
        );
        assert.equal(left.length > 0, found.length > 0);
      }),
    );
  });
});

/** Releases that shipped the default Corefile, oldest first. */
const SHIPPED: Readonly<Record<string, readonly string[]>> = {
  'aks.corefile': ['1.9.4', '1.12.1', '1.13.2', '1.15.0'],
  'eks.corefile': ['1.8.7', '1.11.4', '1.15.0'],
  'k3s-coredns-1.8.corefile': ['1.8.6', '1.9.4', '1.15.0'],
  'k3s.corefile': ['1.11.1', '1.12.3', '1.15.0'],
  'kind.corefile': ['1.11.3', '1.12.1', '1.15.0'],
  'kubeadm-1.18.corefile': ['1.6.7', '1.7.0', '1.15.0'],
  'kubeadm.corefile': ['1.11.3', '1.12.0', '1.14.2', '1.15.0'],
  'minikube.corefile': ['1.11.3', '1.12.1', '1.15.0'],
  'nodelocal.corefile': ['1.7.0', '1.11.3', '1.14.7', '1.15.0'],
};

describe('default Corefiles in the releases that shipped them', () => {
  const folder = new URL('../../fixtures/corefiles/defaults/', import.meta.url);
  for (const name of readdirSync(folder)) {
    test(name, () => {
      const text = readFileSync(new URL(name, folder), 'utf8');
      const versions = SHIPPED[name];
      assert.ok(versions !== undefined, `${name} is new: say which releases shipped it`);
      for (const version of versions) assert.deepEqual(syntaxOf(text, { version }), [], version);
    });
  }
});
