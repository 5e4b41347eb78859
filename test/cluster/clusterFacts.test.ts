/** The facts that rules get of a real cluster: what its API was given, what CoreDNS says of itself, what a trace sees now. */
import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { lintCorefile } from '../../src/core/corefile/lint.ts';
import { LocalTraceStore } from '../../src/io/localTraceStore.ts';
import { openKubeConfigSource } from '../../src/kube/entry.ts';
import { openPodCapture } from '../../src/sources/podCapture.ts';
import { ClusterModel } from '../../src/session/cluster/clusterModel.ts';
import { CoreDnsObserver } from '../../src/session/cluster/coreDnsObserver.ts';
import { lintLive, lintLivePart } from '../../src/session/cluster/lintLiveCorefiles.ts';
import { SilentUpstreams } from '../../src/session/cluster/silentUpstreams.ts';
import { planTrace } from '../../src/session/trace/planTrace.ts';
import { TraceSession } from '../../src/session/trace/traceSession.ts';
import type { KubeApi } from '../../src/session/ports.ts';
import { captureImage, clock, openApi } from './captureBench.ts';
import {
  applyObjects,
  isLab,
  kubectl,
  labKubeconfig,
  readCorefile,
  setCorefile,
  startScenario,
} from './lab/labClient.ts';
import { defaultCorefile } from './lab/manifests.ts';
import { silentUpstream, silentUpstreamNames as names, storyUpstream } from './lab/scenarios/silentUpstream.ts';
import { until } from './lab/shell.ts';
import { startUpstream, stopUpstream } from './lab/upstreams.ts';

/** Sees everything in CoreDNS's namespace, and may not ask its pods. */
const viewing = { name: 'dnscope-test-facts', namespace: 'kube-system' };
const roleBinding = {
  apiVersion: 'rbac.authorization.k8s.io/v1',
  kind: 'RoleBinding',
  metadata: viewing,
  roleRef: { apiGroup: 'rbac.authorization.k8s.io', kind: 'ClusterRole', name: 'view' },
  subjects: [{ kind: 'User', apiGroup: 'rbac.authorization.k8s.io', name: 'viewer' }],
};

async function modelOf(kube: KubeApi): Promise<ClusterModel & Disposable> {
  const model = new ClusterModel({ kube, clock });
  model.start();
  await model.whenReady();
  return Object.assign(model, { [Symbol.dispose]: () => model.dispose() });
}

/** Codes of the live Corefiles' diagnostics. */
const rulesOf = (model: ClusterModel): readonly string[] =>
  [...lintLive(model.corefiles, model.clusterFacts()).diagnostics.values()].flat().map(({ rule }) => rule);

describe('the facts of a running cluster', () => {
  before(async () => {
    if (isLab() && (await readCorefile()) !== defaultCorefile) await setCorefile(defaultCorefile);
  });
  after(async () => {
    if (isLab()) await kubectl(['-n', 'kube-system', 'delete', 'rolebinding', viewing.name, '--ignore-not-found']);
  });

  it('hold what CoreDNS is given and what it says of itself', async () => {
    using kube = await openApi();
    using model = await modelOf(kube);
    const unknown: string[] = [];
    const onUnknown = (server: string, { detail }: { readonly detail: string }): void =>
      void unknown.push(`${server} ${detail}`);
    const observer = new CoreDnsObserver({ model, clock, onUnknown });
    assert.equal(model.clusterFacts().coreDns?.enabledPlugins, undefined);
    observer.look();
    await observer.whenRead();
    assert.deepEqual(unknown, []);
    const facts = model.clusterFacts({ server: 'coredns' });
    const { coreDns } = facts;
    assert.deepEqual(coreDns?.liveness, { path: '/health', port: 8080 });
    assert.deepEqual(coreDns.readiness, { path: '/ready', port: 8181 });
    assert.deepEqual(coreDns.mounts?.find(({ path: at }) => at === '/etc/coredns')?.configMap, 'coredns');
    for (const plugin of ['errors', 'kubernetes', 'forward', 'cache'])
      assert.ok(coreDns.enabledPlugins?.includes(plugin), plugin);
    assert.match(coreDns.version ?? '', /^\d+\.\d+\.\d+$/u);
    const corefile = await readCorefile();
    assert.equal(coreDns.corefile, corefile);
    assert.ok((facts.podCount ?? 0) >= 2);
    assert.equal(facts.dnsServicePorts?.find(({ port }) => port === 53)?.targetPort, 53);
    assert.ok((facts.services?.find(({ name }) => name === 'kube-dns')?.readyEndpoints ?? 0) >= 1);
    const errors = (text: string): readonly string[] =>
      lintCorefile(text, { file: 'Corefile', cluster: facts })
        .diagnostics.filter(({ severity }) => severity === 'error')
        .map(({ rule, message }) => `${rule} ${message}`);
    assert.deepEqual(errors(corefile), []);
    if (isLab()) assert.equal(coreDns.memoryLimitBytes, 170 * 2 ** 20);
    // An image of the project's own certainly lacks it; of any other (the lab's) only that CoreDNS's own list does.
    const [error, ...more] = errors(corefile.replace(/^(\s*)errors$/mu, '$1errors\n$1fanout . 192.0.2.1'));
    assert.match(error ?? '', isLab() ? /^CF119 .*fanout/u : /^CF(119|818) .*fanout/u);
    assert.deepEqual(more, []);
    observer.dispose();
  });

  // A token with few rights is the lab's own.
  if (isLab())
    it('stay unknown without the right to ask, which is told once', async () => {
      const kube = await openKubeConfigSource([labKubeconfig()]).open('dnscope-lab-viewer');
      await applyObjects([roleBinding]);
      using model = await modelOf(kube);
      const unknown: string[] = [];
      const observer = new CoreDnsObserver({
        model,
        clock,
        onUnknown: (_server, { code, detail }) => unknown.push(`${code} ${detail}`),
      });
      observer.look();
      await observer.whenRead();
      observer.look();
      await observer.whenRead();
      assert.deepEqual(unknown, ['forbidden Missing permission: get pods/proxy in namespace kube-system']);
      assert.notEqual(model.clusterFacts().coreDns?.corefile, undefined);
      assert.equal(model.clusterFacts().coreDns?.enabledPlugins, undefined);
      observer.dispose();
      kube.dispose();
    });

  // Only the lab's upstream can be told to be silent and to answer again.
  if (isLab())
    it('name an upstream that gives no answer while a trace sees it, and no longer once it answers', async () => {
      const { name, address } = storyUpstream;
      await using story = await startScenario(silentUpstream);
      await stopUpstream(name);
      await startUpstream({ ...storyUpstream, zones: { '.': 'silent' } });
      using kube = await openApi();
      using model = await modelOf(kube);
      const plan = await planTrace(
        kube,
        {
          target: { kind: 'pod', name: story.facts.pod },
          namespace: names.namespace,
          image: captureImage(),
          maxDurationMs: 300_000,
        },
        { nowNs: clock.nowNs() },
      );
      assert.deepEqual(plan.problems, []);
      const store = new LocalTraceStore({ slowNs: 1e9 });
      const session = new TraceSession({ kube, plan, sink: store, clock, openCapture: openPodCapture, cluster: model });
      const silent = new SilentUpstreams();
      let upstreams: Parameters<SilentUpstreams['update']>[1] = [];
      const watching = store.onDidChange((snapshot) => (upstreams = snapshot.upstreams ?? []));
      const observe = (): void => {
        model.observe({ unreachableUpstreams: silent.update(clock.nowNs(), upstreams, '') });
      };
      try {
        assert.ok(!rulesOf(model).includes('CF826'));
        await session.start();
        await until('CF826 on the silent upstream', 60_000, async () => {
          observe();
          return rulesOf(model).includes('CF826') ? true : undefined;
        });
        const part = model.corefiles.parts[0];
        assert.ok(part);
        const found = lintLivePart(model.corefiles, part.place, part.text, model.clusterFacts());
        const told = found.find(({ rule }) => rule === 'CF826');
        assert.match(told?.message ?? '', new RegExp(`${address} answered none of \\d+ queries`, 'u'));
        assert.match(
          part.text.split('\n')[(told?.start.line ?? 0) - 1] ?? '',
          new RegExp(`forward \\. ${address}`, 'u'),
        );
        await stopUpstream(name);
        await startUpstream(storyUpstream);
        await until('no CF826 once the upstream answers', 60_000, async () => {
          observe();
          return rulesOf(model).includes('CF826') ? undefined : true;
        });
        assert.notEqual(model.clusterFacts().unreachableUpstreams, undefined, 'the trace still runs');
      } finally {
        await session.stop();
        session.dispose();
        watching.dispose();
        store.dispose();
      }
    });
});
