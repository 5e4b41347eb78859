/** Rules about coredns-custom where the main Corefile imports its files: each defect at its place in the part, told once. */
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { lintCorefile } from '../../../src/core/corefile/lint.ts';

const MAIN = `.:53 {
    errors
    ready
    health {
        lameduck 5s
    }
    kubernetes cluster.local in-addr.arpa ip6.arpa {
        fallthrough in-addr.arpa ip6.arpa
    }
    prometheus :9153
    forward . 192.0.2.1 192.0.2.2 {
        max_concurrent 1000
    }
    cache 30
    loop
    reload
    loadbalance
    import custom/*.override
    template ANY ANY example.net {
        rcode NXDOMAIN
        fallthrough
    }
}
import custom/*.server
`;

/** Errors and warnings, each with its file and line. */
function lint(files: Readonly<Record<string, string>>, main = MAIN): readonly string[] {
  const { diagnostics, imported } = lintCorefile(main, {
    file: 'Corefile',
    resolveImport: (pattern) =>
      Object.entries(files)
        .filter(([path]) => path.endsWith(pattern.replace('custom/*', '')))
        .map(([path, text]) => ({ path, text })),
  });
  return [
    ...[...imported].flatMap(([path, found]) => found.map((one) => [path, one] as const)),
    ...diagnostics.map((one) => ['', one] as const),
  ]
    .filter(([, { severity }]) => severity === 'error' || severity === 'warning')
    .map(([path, { rule, severity, start }]) => `${path}:${start.line} ${rule} ${severity}`);
}

describe('overrides in the block that imports them', () => {
  test('plugins for all names are fine', () => {
    assert.deepEqual(lint({ 'a.override': 'hosts {\n  10.0.0.1 db.example.org\n  fallthrough\n}\n' }), []);
  });

  test('a server block', () => {
    assert.deepEqual(lint({ 'a.override': 'example.org:53 {\n  errors\n}\n' }), ['a.override:1 CF805 error']);
  });

  test('a plugin that the block has, or that two overrides have', () => {
    assert.deepEqual(lint({ 'a.override': 'cache 60\n' }), ['a.override:1 CF807 error']);
    const hosts = 'hosts {\n  10.0.0.1 db.example.org\n  fallthrough\n}\n';
    assert.deepEqual(lint({ 'a.override': hosts, 'b.override': hosts }), ['b.override:1 CF807 error']);
  });

  test('the import stands before what it repeats', () => {
    const main = MAIN.replace('    errors\n', '    import custom/*.override\n    errors\n');
    assert.deepEqual(
      lint({ 'a.override': 'errors\n' }, main).filter((found) => !found.startsWith(':')),
      ['a.override:1 CF807 error'],
    );
  });

  test('health, reload and loadbalance again', () => {
    assert.deepEqual(lint({ 'a.override': 'reload 20s\nhealth :8081\n' }), [
      'a.override:1 CF809 warning',
      'a.override:2 CF809 warning',
    ]);
  });

  test('a brace that is closed by the main file', () => {
    const found = lint({ 'a.override': 'hosts {\n  10.0.0.1 db.example.org\n' });
    assert.ok(found.includes('a.override:1 CF811 warning'), found.join('\n'));
  });
});

describe('server files beside the main block', () => {
  const set = '  errors\n  cache 30\n  prometheus :9153\n';

  test('a block with the usual plugins is fine', () => {
    assert.deepEqual(lint({ 'a.server': `example.org:53 {\n${set}  forward . 192.0.2.3\n}\n` }), []);
  });

  test('bare plugins', () => {
    assert.deepEqual(lint({ 'a.server': 'hosts {\n  10.0.0.1 db.example.org\n}\n' }), ['a.server:1 CF806 error']);
    assert.deepEqual(lint({ 'a.server': 'log\n' }), ['a.server:1 CF806 warning']);
  });

  test('without errors and cache: one warning for both', () => {
    assert.deepEqual(lint({ 'a.server': 'example.org:53 {\n  forward . 192.0.2.3\n}\n' }), [
      'a.server:1 CF813 warning',
    ]);
    assert.deepEqual(lint({ 'a.server': 'example.org:53 {\n  cache\n  forward . 192.0.2.3\n}\n' }), [
      'a.server:1 CF601 warning',
    ]);
  });

  test('the root zone and the cluster’s', () => {
    assert.deepEqual(lint({ 'a.server': `.:53 {\n${set}  forward . 192.0.2.3\n}\n` }), ['a.server:1 CF201 error']);
    assert.deepEqual(lint({ 'a.server': `cluster.local:53 {\n${set}  forward . 192.0.2.3\n}\n` }), [
      'a.server:1 CF810 warning',
    ]);
  });
});

describe('a part alone', () => {
  const alone = (text: string, cluster = {}): readonly string[] =>
    lintCorefile(text, { file: 'a.override', purpose: 'override', cluster }).diagnostics.map(
      ({ rule, severity }) => `${rule} ${severity}`,
    );

  test('what it repeats is certain only with the main Corefile at hand', () => {
    assert.deepEqual(alone('errors\n'), ['CF807 warning']);
    assert.deepEqual(alone('errors\n', { coreDns: { corefile: MAIN } }), ['CF807 error']);
    assert.deepEqual(alone('errors\n', { coreDns: { corefile: '.:53 {\n  import custom/*.override\n}\n' } }), []);
  });

  test('it has no effect where nothing is imported', () => {
    const corefile = '.:53 {\n  errors\n  forward . 192.0.2.1\n}\n';
    assert.deepEqual(alone('minimal\n', { coreDns: { corefile } }), ['CF819 warning']);
  });

  test('forward works where the import stands in front of the block’s own', () => {
    assert.deepEqual(
      alone('forward example.org 192.0.2.1\n').filter((found) => found.startsWith('CF8')),
      ['CF808 warning'],
    );
    const k3s = { platform: { name: 'k3s', evidence: 'kubelet version' } };
    assert.deepEqual(
      alone('forward example.org 192.0.2.1\n', k3s).filter((found) => found.startsWith('CF8')),
      [],
    );
  });
});
