/** Default Corefiles beside the clusters that ship them, and what the rules make of small changes to those clusters. */
import assert from 'node:assert/strict';
import { readFileSync, readdirSync } from 'node:fs';
import { describe, test } from 'node:test';
import type { ClusterFacts } from '../../../src/core/corefile/clusterFacts.ts';
import { lintCorefile } from '../../../src/core/corefile/lint.ts';

const FIXTURES = new URL('../../fixtures/corefiles/', import.meta.url);

function read(path: string): string {
  return readFileSync(new URL(path, FIXTURES), 'utf8');
}

function factsOf(platform: string): ClusterFacts {
  return JSON.parse(read(`facts/${platform}.json`)) as ClusterFacts;
}

function lint(
  platform: string,
  cluster: ClusterFacts,
  text = read(`defaults/${platform}.corefile`),
): readonly string[] {
  const version = cluster.subject?.server === 'nodelocal' ? undefined : cluster.coreDns?.version;
  const options = { file: 'Corefile', cluster, resolveImport: () => [] };
  return lintCorefile(text, version === undefined ? options : { ...options, version }).diagnostics.map(
    ({ rule, severity }) => `${rule} ${severity}`,
  );
}

function loud(diagnostics: readonly string[]): readonly string[] {
  return diagnostics.filter((text) => /error|warning/u.test(text));
}

describe('default Corefiles in their clusters', () => {
  for (const name of readdirSync(new URL('defaults/', FIXTURES))) {
    const platform = name.replace('.corefile', '');
    test(`nothing above info on ${platform} with the facts of such a cluster`, () => {
      assert.deepEqual(loud(lint(platform, factsOf(platform))), []);
    });
  }

  test('what AKS reconciles is said, quietly', () => {
    assert.ok(lint('aks', factsOf('aks')).includes('CF817 info'));
    assert.ok(!lint('kubeadm', factsOf('kubeadm')).includes('CF817 info'));
  });
});

describe('a cluster that changed', () => {
  const kubeadm = factsOf('kubeadm');
  const coreDns = kubeadm.coreDns ?? {};

  test('the node’s stub resolver, and a pod that asks cluster DNS, are found through resolv.conf', () => {
    for (const resolvers of [['127.0.0.53'], ['10.96.0.10']])
      assert.deepEqual(loud(lint('kubeadm', { ...kubeadm, coreDns: { ...coreDns, resolvers } })), ['CF603 warning']);
    assert.deepEqual(loud(lint('kubeadm', { ...kubeadm, coreDns: { ...coreDns, resolvers: ['192.0.2.1'] } })), []);
  });

  test('each moved probe and port is told once', () => {
    const moved = (change: object): readonly string[] =>
      loud(lint('kubeadm', { ...kubeadm, coreDns: { ...coreDns, ...change } }));
    assert.deepEqual(moved({ liveness: { path: '/health', port: 8081 } }), ['CF605 warning']);
    assert.deepEqual(moved({ readiness: { path: '/ready', port: 8182 } }), ['CF606 warning']);
    assert.deepEqual(moved({ readiness: { path: '/health', port: 8080 } }), ['CF606 warning']);
    assert.deepEqual(moved({ liveness: { path: '/', port: 53 } }), []);
    assert.deepEqual(
      loud(lint('kubeadm', { ...kubeadm, dnsServicePorts: [{ port: 53, protocol: 'UDP', targetPort: 5353 }] })),
      ['CF804 warning'],
    );
  });

  test('a plugin that the running CoreDNS uses is in its image, whatever the table says', () => {
    const text = '.:53 {\n errors\n reload\n fanout . 192.0.2.1\n}\n';
    const rules = (change: object): readonly string[] =>
      lint('kubeadm', { ...kubeadm, subject: { server: 'coredns' }, coreDns: { ...coreDns, ...change } }, text).filter(
        (found) => /CF119|CF818/u.test(found),
      );
    assert.deepEqual(rules({}), ['CF818 error']);
    assert.deepEqual(rules({ image: 'registry.example/dns:1' }), ['CF119 error']);
    assert.deepEqual(rules({ enabledPlugins: ['fanout'] }), []);
    assert.deepEqual(rules({ builtInPlugins: ['errors', 'reload', 'fanout'] }), []);
    assert.deepEqual(rules({ builtInPlugins: ['errors', 'reload'] }), ['CF818 error']);
  });

  test('NodeLocal that sends the cluster’s zone past CoreDNS', () => {
    const nodelocal = factsOf('nodelocal');
    const text = read('defaults/nodelocal.corefile').replace(/cluster\.local:53 \{[^}]*\{[^}]*\}[^}]*\}\n/u, '');
    assert.deepEqual(
      loud(lint('nodelocal', nodelocal, text)).filter((found) => found.startsWith('CF8')),
      ['CF828 warning'],
    );
  });
});
