import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import type { ConfigMap, Pod } from '../../../src/core/topology/kubeTypes.ts';
import { ClusterModel } from '../../../src/session/cluster/clusterModel.ts';
import { lintLive, lintLivePart, liveImports } from '../../../src/session/cluster/lintLiveCorefiles.ts';
import { findLive, withText } from '../../../src/session/cluster/liveCorefiles.ts';
import { corednsDeployment, fillCluster, podObject } from '../../support/clusterObjects.ts';
import { InMemoryKube, ManualClock, settled } from '../../support/inMemoryKube.ts';

const MAIN = '.:53 {\n  errors\n  reload\n  whoami\n  import custom/*.override\n}\nimport custom/*.server\n';

function configMap(name: string, data: Readonly<Record<string, string>>): ConfigMap {
  return { metadata: { namespace: 'kube-system', name, resourceVersion: '11' }, data };
}

async function model(
  ...maps: readonly ConfigMap[]
): Promise<{ readonly kube: InMemoryKube; readonly model: ClusterModel }> {
  const kube = new InMemoryKube();
  fillCluster(kube);
  kube.put('configmaps', configMap('coredns', { Corefile: MAIN, NodeHosts: '10.0.0.1 a\n' }));
  for (const map of maps) kube.put('configmaps', map);
  const made = new ClusterModel({ kube, clock: new ManualClock() });
  made.start();
  await settled();
  return { kube, model: made };
}

const names = (one: ClusterModel): readonly string[] =>
  one.corefiles.parts.map(({ place, purpose, server }) => `${place.name}/${place.key} ${purpose ?? '-'} ${server}`);

describe('live Corefiles', () => {
  test('the main one first, then what belongs to it; strangers are left out', async () => {
    const { model: made } = await model(
      configMap('coredns-custom', { 'a.override': 'log\n' }),
      configMap('node-local-dns', { Corefile: 'cluster.local:53 {\n  errors\n}\n' }),
      configMap('shop', { Corefile: MAIN }),
    );
    assert.deepEqual(names(made), [
      'coredns/Corefile corefile coredns',
      'coredns/NodeHosts - coredns',
      'coredns-custom/a.override override coredns',
      'node-local-dns/Corefile corefile nodelocal',
    ]);
    made.dispose();
  });

  test('a ConfigMap that the pods mount under another name and place', async () => {
    const { kube, model: made } = await model(configMap('zones', { 'x.conf': 'nosuch\n' }));
    kube.put('configmaps', configMap('coredns', { Corefile: '.:53 {\n  import /zones/*.conf\n}\n' }));
    const spec: Pod['spec'] = {
      containers: [
        {
          name: 'coredns',
          image: 'coredns/coredns:1.15.0',
          args: ['-conf', '/etc/coredns/Corefile'],
          volumeMounts: [
            { name: 'c', mountPath: '/etc/coredns' },
            { name: 'z', mountPath: '/zones' },
          ],
        },
      ],
      volumes: [
        { name: 'c', configMap: { name: 'coredns' } },
        { name: 'z', configMap: { name: 'zones' } },
      ],
    };
    kube.put('deployments', { ...corednsDeployment, spec: { ...corednsDeployment.spec, template: { spec } } });
    kube.put('pods', podObject('kube-system', 'unrelated'));
    await settled();
    const live = made.corefiles;
    const { diagnostics } = lintLive(live, made.clusterFacts());
    const part = findLive(live, { namespace: 'kube-system', name: 'zones', key: 'x.conf' });
    assert.ok(part !== undefined);
    assert.deepEqual(
      diagnostics.get(part)?.map(({ rule, start }) => `${rule} ${String(start.line)}`),
      ['CF119 1'],
    );
    made.dispose();
  });

  test('a part is judged with the text somebody writes, in its place', async () => {
    const { model: made } = await model(configMap('coredns-custom', { 'a.override': 'log\n' }));
    const live = made.corefiles;
    const place = { namespace: 'kube-system', name: 'coredns-custom', key: 'a.override' };
    const errors = (text: string, where = place): readonly string[] =>
      lintLivePart(live, where, text, made.clusterFacts())
        .filter(({ severity }) => severity === 'error')
        .map(({ rule }) => rule);
    assert.deepEqual(errors('log\n'), []);
    assert.deepEqual(errors('errors\n'), ['CF807']);
    assert.deepEqual(errors('. {\n  whoami\n}\n', { ...place, key: 'new.server' }), ['CF201']);
    assert.equal(withText(live, place, 'log\n'), live);
    const main = findLive(live, { ...place, name: 'coredns', key: 'Corefile' });
    const override = findLive(live, place);
    assert.ok(main !== undefined && override !== undefined);
    assert.deepEqual(
      liveImports(live, main)?.('custom/*.override', '')?.map(({ path }) => path),
      ['/etc/coredns/custom/a.override'],
    );
    assert.equal(liveImports(live, override), undefined);
    made.dispose();
  });
});
