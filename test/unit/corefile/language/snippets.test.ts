import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { certainFixes } from '../../../../src/core/corefile/language/certainFixes.ts';
import { clusterZones } from '../../../../src/core/corefile/language/clusterZones.ts';
import { ignoreRule } from '../../../../src/core/corefile/language/ignoreRule.ts';
import { snippetAt, snippetNameProblem, snippetReferences } from '../../../../src/core/corefile/language/snippets.ts';
import { readStatements } from '../../../../src/core/corefile/language/statements.ts';
import { lintCorefile } from '../../../../src/core/corefile/lint.ts';
import { drawn, marked } from './drawn.ts';

const FILE =
  '(common) {\n    errors\n}\n(other) {\n    import common\n}\n. {\n    import "common"\n    import common2\n}\n';

describe('Snippets', () => {
  test('all places that name a snippet, without quotes and parentheses', () => {
    const tree = readStatements(FILE);
    assert.equal(
      marked(FILE, snippetReferences(tree, 'common', { withDeclaration: true })),
      '([common]) {\n    errors\n}\n(other) {\n    import [common]\n}\n. {\n    import "[common]"\n    import common2\n}\n',
    );
    assert.equal(snippetReferences(tree, 'common', { withDeclaration: false }).length, 2);
  });

  test('a snippet is found where it is declared and where it is imported, not elsewhere', () => {
    const at = (picture: string): string | undefined => {
      const { tree, offset } = drawn(picture);
      return snippetAt(tree, offset)?.name;
    };
    assert.equal(at('(com‸mon) {\n}\n'), 'common');
    assert.equal(at('(common) {\n}\n. {\n    import ‸common\n}\n'), 'common');
    assert.equal(at('(common) {\n}\n. {\n    import comm‸ons\n}\n'), undefined);
    assert.equal(at('. {\n    err‸ors\n}\n'), undefined);
  });

  test('names that CoreDNS or the file could not stand are refused with a reason', () => {
    const tree = readStatements(FILE);
    for (const name of ['', 'a b', 'a"', '(a)', 'a{', 'a#b', 'a,', '*.conf', 'other', 'a\u0000'])
      assert.equal(typeof snippetNameProblem(tree, 'common', name), 'string', JSON.stringify(name));
    for (const name of ['common', 'new-name', 'a.b/c', 'ä'])
      assert.equal(snippetNameProblem(tree, 'common', name), undefined);
  });
});

describe('Changes to problems', () => {
  test('the comment that ignores a rule stands above its line, indented alike, and works once it has a reason', () => {
    const text = '. {\n    forward . 192.0.2.1\n    cache 30s\n}\n';
    const [finding] = lintCorefile(text, { file: 'Corefile' }).diagnostics.filter(({ rule }) => rule === 'CF401');
    assert.ok(finding !== undefined);
    const comment = ignoreRule(text, finding);
    assert.ok(comment !== undefined);
    const changed = `${text.slice(0, comment.at)}${comment.before}zones are meant${comment.after}${text.slice(comment.at)}`;
    assert.match(changed, /\n {4}# dnscope: ignore CF401 -- zones are meant\n {4}cache 30s\n/);
    const rules = lintCorefile(changed, { file: 'Corefile' }).diagnostics.map(({ rule }) => rule);
    assert.ok(!rules.includes('CF401') && !rules.includes('CF001'));
  });

  test('an error can’t be ignored, nor what begins inside a word of several lines', () => {
    const text = '. {\n    fowrard . 192.0.2.1\n    log . "a\nb" x\n}\n';
    const error = lintCorefile(text, { file: 'Corefile' }).diagnostics.find(({ severity }) => severity === 'error');
    assert.ok(error !== undefined);
    assert.equal(ignoreRule(text, error), undefined);
    const at = text.indexOf(' x');
    const position = { line: 4, column: 4, offset: at + 1 };
    assert.equal(ignoreRule(text, { ...error, severity: 'warning', start: position, end: position }), undefined);
  });

  test('all certain fixes at once: one fix a finding, none that touch each other', () => {
    const position = (offset: number): { line: number; column: number; offset: number } => ({
      line: 1,
      column: offset + 1,
      offset,
    });
    const fix = (start: number, end: number, newText: string) => ({
      title: '',
      edits: [{ start: position(start), end: position(end), newText }],
    });
    const finding = (...fixes: readonly ReturnType<typeof fix>[]) => ({
      rule: 'CF000',
      severity: 'warning' as const,
      message: '',
      start: position(0),
      end: position(1),
      fixes,
      mentions: [],
      docs: '',
    });
    const edits = certainFixes([
      finding(fix(10, 12, 'a')),
      finding(fix(11, 14, 'b')),
      finding(fix(0, 1, 'c'), fix(0, 1, 'd')),
      finding(fix(3, 3, 'e')),
      finding(fix(3, 3, 'f')),
      finding(),
    ]);
    assert.deepEqual(
      edits.map(({ newText }) => newText),
      ['e', 'a'],
    );
  });

  test('zones of a cluster: its domain, its namespaces, its Services', () => {
    const service = (namespace: string, name: string) => ({
      namespace,
      name,
      addresses: [],
      isDns: false,
      endpoints: [],
    });
    assert.deepEqual(
      clusterZones({
        clusterDomain: 'cluster.local.',
        pods: [],
        services: [service('shop', 'web'), service('db', 'pg')],
        nodes: [],
        upstreams: [],
      }),
      [
        'cluster.local',
        'db.svc.cluster.local',
        'shop.svc.cluster.local',
        'pg.db.svc.cluster.local',
        'web.shop.svc.cluster.local',
      ],
    );
  });
});
