import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { ProblemError } from '../../../src/base/problem.ts';
import { lintLive } from '../../../src/session/cluster/lintLiveCorefiles.ts';
import { ClusterModel } from '../../../src/session/cluster/clusterModel.ts';
import { CoreDnsObserver } from '../../../src/session/cluster/coreDnsObserver.ts';
import { corednsConfigMap, corednsPod, fillCluster, podObject } from '../../support/clusterObjects.ts';
import { InMemoryKube, ManualClock, settled } from '../../support/inMemoryKube.ts';

const text = '.:53 {\n    errors\n    prometheus :9153\n    fanout . 192.0.2.1\n}\n';
const page = (version: string, ...plugins: readonly string[]): string =>
  [
    `coredns_build_info{goversion="go1.25.3",revision="abc",version="${version}"} 1`,
    ...plugins.map((name) => `coredns_plugin_enabled{name="${name}",server="dns://:53",view="",zone="."} 1`),
    'coredns_plugin_enabled{name="log",server="dns://:53",view="",zone="."} 0',
  ].join('\n');
const MINUTE_MS = 60_000;

interface Bench {
  readonly kube: InMemoryKube;
  readonly clock: ManualClock;
  readonly model: ClusterModel;
  readonly observer: CoreDnsObserver;
  readonly unknown: string[];
  /** Looks, and waits for what that reads. */
  readonly look: () => Promise<void>;
  readonly corefile: (text: string) => Promise<void>;
}

async function bench(fill: (kube: InMemoryKube) => void = () => undefined): Promise<Bench> {
  const kube = new InMemoryKube();
  fillCluster(kube);
  kube.onHttpGet = () => page('1.12.4', 'errors', 'fanout');
  let version = 7;
  const corefile = async (Corefile: string): Promise<void> => {
    const metadata = { ...corednsConfigMap.metadata, resourceVersion: String(++version) };
    kube.put('configmaps', { ...corednsConfigMap, metadata, data: { Corefile } });
    await settled();
  };
  await corefile(text);
  fill(kube);
  const clock = new ManualClock();
  const model = new ClusterModel({ kube, clock });
  const unknown: string[] = [];
  const observer = new CoreDnsObserver({
    model,
    clock,
    onUnknown: (server, { code }) => unknown.push(`${server} ${code}`),
  });
  model.start();
  await model.whenReady();
  await settled();
  const look = async (): Promise<void> => {
    observer.look();
    await observer.whenRead();
  };
  return { kube, clock, model, observer, unknown, look, corefile };
}

describe('CoreDnsObserver', () => {
  it('asks one pod, once, and only when somebody looks', async () => {
    const { kube, model, look } = await bench();
    assert.deepEqual(kube.httpGets, []);
    await look();
    await look();
    assert.deepEqual(
      kube.httpGets.map(({ namespace, pod, port, path }) => [namespace, pod, port, path]),
      [['kube-system', 'coredns-a', 9153, '/metrics']],
    );
    const { coreDns } = model.clusterFacts();
    assert.deepEqual([coreDns?.version, coreDns?.enabledPlugins], ['1.12.4', ['errors', 'fanout']]);
  });

  it('tells lint which external plugins the image has, and which it certainly lacks', async () => {
    const { kube, model, look, corefile } = await bench((cluster) => {
      cluster.onHttpGet = () => page('1.12.4', 'errors', 'fanout');
    });
    const rules = (): readonly string[] =>
      [...lintLive(model.corefiles, model.clusterFacts()).diagnostics.values()].flatMap((found) =>
        found.filter(({ severity }) => severity === 'error').map(({ rule }) => rule),
      );
    // The tag says that it is the project's own image.
    assert.deepEqual(rules(), ['CF818']);
    await look();
    assert.deepEqual(rules(), []);
    await corefile(text.replace('fanout', 'alternate'));
    await look();
    assert.deepEqual(rules(), ['CF818']);
    kube.onHttpGet = () => page('1.12.4', 'errors', 'alternate');
    await corefile(`${text.replace('fanout', 'alternate')}# same image\n`);
    await look();
    assert.deepEqual(rules(), []);
    await corefile(text);
    assert.deepEqual(rules(), [], 'what was in use before the edit is built in still');
  });

  it('reads again for another text, once more when reload had its time, and when it is old', async () => {
    const { kube, clock, model, look, corefile, observer } = await bench();
    await look();
    await clock.advance(9 * MINUTE_MS);
    await look();
    assert.equal(kube.httpGets.length, 1);
    await clock.advance(2 * MINUTE_MS);
    await look();
    assert.equal(kube.httpGets.length, 2);
    await corefile(text.replace('errors', 'log'));
    await look();
    assert.equal(kube.httpGets.length, 3);
    kube.onHttpGet = () => page('1.12.4', 'fanout', 'log');
    await clock.advance(3 * MINUTE_MS);
    await observer.whenRead();
    assert.equal(kube.httpGets.length, 4);
    assert.deepEqual(model.clusterFacts().coreDns?.enabledPlugins, ['errors', 'fanout', 'log']);
  });

  it('forgets what another image said, and asks the newest pod', async () => {
    const { kube, model, look } = await bench();
    await look();
    const born = corednsPod('coredns-c', '10.244.0.9');
    kube.put('pods', {
      ...born,
      metadata: { ...born.metadata, creationTimestamp: '2026-01-02T00:00:00Z' },
      spec: { ...born.spec, containers: [{ name: 'coredns', image: 'registry.k8s.io/coredns/coredns:v1.13.1' }] },
    });
    await settled();
    kube.onHttpGet = () => {
      throw new ProblemError({ code: 'cluster-error', detail: 'Nothing listens there' });
    };
    await look();
    assert.deepEqual(
      kube.httpGets.slice(1).map(({ pod }) => pod),
      ['coredns-c'],
      'those with the image of before cannot answer for it',
    );
    assert.equal(model.clusterFacts().coreDns?.enabledPlugins, undefined);
  });

  it('asks a second pod when the first does not answer', async () => {
    const { kube, model, look, unknown } = await bench();
    kube.onHttpGet = ({ pod }) => {
      if (pod === 'coredns-b') return page('1.12.4', 'errors');
      throw new ProblemError({ code: 'cluster-error', detail: 'Nothing listens there' });
    };
    await look();
    assert.deepEqual([kube.httpGets.length, unknown], [2, []]);
    assert.deepEqual(model.clusterFacts().coreDns?.enabledPlugins, ['errors']);
  });

  it('says once why nothing is known, and asks no other pod without the right to', async () => {
    const { kube, clock, model, look, unknown } = await bench((cluster) => {
      cluster.refuse = (_verb, resource) =>
        resource === 'pods/proxy' ? { code: 'forbidden', detail: 'Missing permission: get pods/proxy' } : undefined;
    });
    await look();
    await clock.advance(20 * MINUTE_MS);
    await look();
    assert.deepEqual(unknown, ['coredns forbidden']);
    assert.equal(model.clusterFacts().coreDns?.version, '1.12.1');
    kube.refuse = () => undefined;
    await clock.advance(20 * MINUTE_MS);
    await look();
    assert.equal(model.clusterFacts().coreDns?.version, '1.12.4');
  });

  it('asks nobody where the Corefile serves no metrics, and finds them in an imported part', async () => {
    const { kube, look, unknown, corefile } = await bench((cluster) => {
      cluster.put('configmaps', {
        metadata: { namespace: 'kube-system', name: 'coredns-custom', resourceVersion: '3' },
        data: { 'metrics.override': 'prometheus :9253\n' },
      });
    });
    await corefile('.:53 {\n    errors\n}\n');
    await look();
    assert.deepEqual([kube.httpGets.length, unknown], [0, ['coredns no-metrics']]);
    await corefile('.:53 {\n    errors\n    import custom/*.override\n}\n');
    await look();
    assert.deepEqual(
      kube.httpGets.map(({ port }) => port),
      [9253],
    );
  });

  it('reads NodeLocal’s own page', async () => {
    const { kube, model, look } = await bench((cluster) => {
      cluster.put(
        'pods',
        podObject('kube-system', 'node-local-dns-x', {
          labels: { 'k8s-app': 'node-local-dns' },
          spec: { containers: [{ name: 'node-cache', image: 'registry.k8s.io/dns/k8s-dns-node-cache:1.26.4' }] },
        }),
      );
      cluster.put('configmaps', {
        metadata: { namespace: 'kube-system', name: 'node-local-dns', resourceVersion: '4' },
        data: { Corefile: '.:53 {\n    prometheus :9353\n}\n' },
      });
      cluster.onHttpGet = ({ port }) => (port === 9353 ? page('1.11.3', 'cache') : page('1.12.4', 'errors'));
    });
    await look();
    assert.deepEqual(
      kube.httpGets.map(({ pod, port }) => [pod, port]),
      [
        ['coredns-a', 9153],
        ['node-local-dns-x', 9353],
      ],
    );
    const { nodeLocal } = model.clusterFacts();
    assert.deepEqual([nodeLocal?.version, nodeLocal?.enabledPlugins], ['1.11.3', ['cache']]);
  });

  it('tells nothing after the cluster is gone', async () => {
    const { kube, model, observer, unknown } = await bench();
    observer.look();
    model.dispose();
    observer.dispose();
    await observer.whenRead();
    observer.look();
    assert.deepEqual([kube.httpGets.length, unknown], [1, []]);
  });
});
