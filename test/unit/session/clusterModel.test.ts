import assert from 'node:assert/strict';
import { beforeEach, describe, it } from 'node:test';
import { ClusterModel } from '../../../src/session/cluster/clusterModel.ts';
import { readCorefile } from '../../../src/session/cluster/readCorefile.ts';
import { corednsConfigMap, corednsPod, corefile, fillCluster, podObject } from '../../support/clusterObjects.ts';
import { InMemoryKube, ManualClock, settled } from '../../support/inMemoryKube.ts';

describe('ClusterModel', () => {
  let kube: InMemoryKube;
  let clock: ManualClock;
  let model: ClusterModel;

  beforeEach(() => {
    kube = new InMemoryKube();
    fillCluster(kube);
    clock = new ManualClock();
    model = new ClusterModel({ kube, clock, namespaces: ['shop'] });
  });

  async function ready(): Promise<ClusterModel> {
    model.start();
    await model.whenReady();
    await settled();
    return model;
  }

  it('gives the DNS of the cluster', async () => {
    const { view } = await ready();
    assert.equal(view.state, 'live');
    assert.deepEqual(
      [view.coreDns?.namespace, view.coreDns?.deployment, view.coreDns?.service, view.coreDns?.isCoreDns],
      ['kube-system', 'coredns', { name: 'kube-dns', addresses: ['10.96.0.10'] }, true],
    );
    assert.deepEqual(
      view.coreDns?.pods.map(({ name, ready: up, restarts }) => [name, up, restarts]),
      [
        ['coredns-a', true, 2],
        ['coredns-b', true, 2],
      ],
    );
    assert.deepEqual(
      [view.corefile?.key, view.corefile?.text, view.corefile?.resourceVersion],
      ['Corefile', corefile, '7'],
    );
    assert.deepEqual(
      view.upstreams.map(({ address, port, zone }) => [address, port, zone]),
      [['10.224.0.92', 53, '.']],
    );
    assert.deepEqual(
      view.namespaces.map(({ name, pods }) => [name, pods.length]),
      [
        ['kube-system', 2],
        ['shop', 1],
      ],
    );
  });

  it('gives topology with roles, Services and the cluster domain', async () => {
    const { topology } = await ready();
    assert.equal(topology.clusterDomain, 'cluster.local');
    assert.deepEqual(topology.pods.map(({ name, role }) => [name, role]).sort(), [
      ['coredns-a', 'coredns'],
      ['coredns-b', 'coredns'],
      ['order-service', 'workload'],
    ]);
    assert.deepEqual(topology.services, [
      {
        namespace: 'kube-system',
        name: 'kube-dns',
        addresses: ['10.96.0.10'],
        isDns: true,
        endpoints: ['10.244.0.2', '10.244.1.2'],
      },
    ]);
    assert.deepEqual(topology.nodes, [{ name: 'node-1', addresses: ['192.0.2.10'] }]);
  });

  it('watches and coalesces what changes', async () => {
    await ready();
    await clock.advance(100);
    let changes = 0;
    model.onDidChange(() => changes++);
    for (let i = 0; i < 50; i++) kube.put('pods', podObject('shop', `worker-${i}`));
    assert.equal(changes, 0);
    await clock.advance(50);
    assert.equal(changes, 1);
    assert.equal(model.view.namespaces.find(({ name }) => name === 'shop')?.pods.length, 51);
    kube.put('configmaps', { ...corednsConfigMap, data: { Corefile: '.:53 {\n    forward . 192.0.2.53\n}\n' } });
    await clock.advance(50);
    assert.equal(model.topology.upstreams[0]?.address, '192.0.2.53');
  });

  it('degrades one kind at a time and says what that costs', async () => {
    kube.refuse = (verb, resource) =>
      verb === 'watch' && (resource === 'nodes' || resource === 'configmaps')
        ? { code: 'forbidden', detail: `Missing permission: watch ${resource}` }
        : undefined;
    const { view } = await ready();
    assert.equal(view.state, 'degraded');
    assert.deepEqual(view.problems.map(({ detail }) => detail).sort(), [
      'Missing permission: watch configmaps: the Corefile and its upstreams are not known',
      'Missing permission: watch nodes: nodes are shown by address only',
    ]);
    assert.equal(view.corefile, undefined);
    assert.equal(view.coreDns?.pods.length, 2);
  });

  it('watches namespace by namespace where all at once is refused', async () => {
    kube.put('pods', podObject('other', 'secret'));
    kube.refuse = (verb, _resource, namespace) =>
      verb === 'watch' && namespace === undefined
        ? { code: 'forbidden', detail: 'Missing permission: watch' }
        : undefined;
    await ready();
    assert.ok(model.pod('shop', 'order-service'));
    assert.ok(model.pod('kube-system', 'coredns-a'));
    assert.equal(model.pod('other', 'secret'), undefined);
    assert.deepEqual([model.knowsPodsOf('shop'), model.knowsPodsOf('other')], [true, false]);
    assert.equal(model.view.coreDns?.service?.name, 'kube-dns');
  });

  it('tells an unreachable cluster from an empty one', async () => {
    kube.refuse = () => ({ code: 'cluster-unreachable', detail: 'Cluster lab does not answer' });
    const { view } = await ready();
    assert.equal(view.state, 'unreachable');
    assert.deepEqual(
      view.problems.map(({ code }) => code),
      ['cluster-unreachable'],
    );
  });

  it('finds CoreDNS by its image where Service and labels have other names', async () => {
    kube = new InMemoryKube();
    const pod = corednsPod('dns-0', '10.0.0.1');
    kube.put('pods', { ...pod, metadata: { ...pod.metadata, labels: { app: 'x' } } });
    model = new ClusterModel({ kube, clock });
    const { view } = await ready();
    assert.deepEqual(
      view.coreDns?.pods.map(({ name }) => name),
      ['dns-0'],
    );
  });

  it('closes every watch', async () => {
    await ready();
    assert.ok(kube.openWatches > 0);
    model.dispose();
    assert.equal(kube.openWatches, 0);
  });
});

describe('readCorefile', () => {
  it('reads the live one, or says why not', async () => {
    const kube = new InMemoryKube();
    fillCluster(kube);
    assert.equal((await readCorefile(kube)).text, corefile);
    kube.remove('configmaps', 'kube-system', 'coredns');
    await assert.rejects(readCorefile(kube), /No ConfigMap with a Corefile was found/);
    kube.refuse = (_verb, resource) =>
      resource === 'configmaps' ? { code: 'forbidden', detail: 'Missing permission: list configmaps' } : undefined;
    await assert.rejects(readCorefile(kube), /Missing permission: list configmaps/);
  });
});
