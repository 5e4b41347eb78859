import assert from 'node:assert/strict';
import { after, before, describe, it, type TestContext } from 'node:test';
import { planRestart, restartCoreDns } from '../../src/session/change/restartCoreDns.ts';
import { assertNoTcpdump, clock, flowing, openApi, openNamespace, prepareTrace, traceRequest } from './captureBench.ts';
import {
  corednsRolledOut,
  isLab,
  kubectl,
  kubectlJson,
  loadDns,
  podsOf,
  restartApiServer,
  setCoreDnsMemoryLimit,
} from './lab/labClient.ts';
import { until } from './lab/shell.ts';

const namespace = 'dnscope-capture-disturbed';
const MiB = 1024 * 1024;

interface CoreDnsPod {
  readonly metadata: { readonly name: string };
  readonly spec: { readonly nodeName: string };
  readonly status: {
    readonly containerStatuses?: readonly { readonly restartCount: number; readonly state: object }[];
  };
}

/** Stops the API server, or starves CoreDNS: only the lab may be treated so. On another cluster these tests do not exist. */
function onLab(name: string, run: (test: TestContext) => Promise<void>): void {
  if (isLab()) void it(name, run);
}

/** Working set of a pod in bytes, as its node reports it; `undefined` when it does not, as for a pod of a few seconds. */
async function memoryOf(pod: CoreDnsPod): Promise<number | undefined> {
  const text = await kubectl(['get', '--raw', `/api/v1/nodes/${pod.spec.nodeName}/proxy/metrics/resource`]);
  const line = text
    .split('\n')
    .find((one) => one.startsWith('pod_memory_working_set_bytes') && one.includes(pod.metadata.name));
  const bytes = Number(line?.split(' ')[1]);
  return Number.isFinite(bytes) ? bytes : undefined;
}

describe('a trace that is disturbed', () => {
  let opened: AsyncDisposable;
  before(async () => (opened = await openNamespace(namespace)));
  after(() => opened[Symbol.asyncDispose]());

  onLab('reconnects after a restart of the API server and counts what it missed', async () => {
    using kube = await openApi();
    await using trace = await prepareTrace(kube, traceRequest(namespace));
    const states: string[] = [];
    trace.session.onDidChange(({ state }) => {
      if (states.at(-1) !== state) states.push(state);
    });
    await trace.session.start();
    await trace.until('packets', flowing);
    const lost = trace.until('the loss', ({ state }) => state === 'reconnecting');
    await restartApiServer();
    const { captures } = await lost;
    assert.match(
      captures.find(({ problem }) => problem !== undefined)?.problem?.detail ?? '',
      /^Cluster \S+ does not answer at https:\S+: /,
    );
    const bytes = trace.session.status.captures.map((capture) => capture.bytes);
    const status = await trace.until(
      'packets again',
      (now) =>
        now.state === 'running' &&
        now.captures.every((capture, i) => capture.state === 'running' && capture.bytes > (bytes[i] ?? 0)),
    );
    assert.deepEqual(states, ['starting', 'running', 'reconnecting', 'running']);
    assert.ok(
      status.captures.every(({ gaps }) => gaps === 1),
      JSON.stringify(status.captures),
    );
    assert.equal(status.gaps, status.captures.length);
    for (const [id] of trace.sink.vantages.entries()) {
      const gaps = trace.sink.losses
        .filter((entry) => entry.id === id && entry.loss.kind === 'gap')
        .map(({ loss }) => loss);
      assert.ok(gaps.length >= 2, 'told when noticed and when over');
      // Contiguous: no moment between the last packet before and the first after goes untold.
      gaps.slice(1).forEach((gap, i) => assert.equal(gap.fromNs, gaps[i]?.toNs));
      assert.ok(gaps.every(({ packets }) => packets === undefined));
    }
    assert.deepEqual(new Set(trace.sink.restarts).size, trace.sink.vantages.length);
    const aftermath = await trace.session.stop();
    assert.equal(aftermath.ended.length, status.captures.length);
    await assertNoTcpdump(namespace);
  });

  it('follows CoreDNS through a restart', async () => {
    using kube = await openApi();
    await using trace = await prepareTrace(kube, traceRequest(namespace));
    await trace.session.start();
    await trace.until('packets', flowing);
    const old = trace.sink.vantages.filter(({ role }) => role === 'coredns').map(({ name }) => name);
    const plan = await planRestart(kube);
    assert.match(plan.question, /^Restart Deployment coredns in namespace kube-system of cluster \S+\?$/);
    const messages: string[] = [];
    const result = await restartCoreDns(kube, plan, clock, ({ message }) => messages.push(message));
    assert.equal(result.kind, 'done');
    assert.match(
      messages.at(-1) ?? '',
      new RegExp(`^${plan.replicas} of ${plan.replicas} pods are new, ${plan.replicas} ready$`),
    );
    await corednsRolledOut();
    const now = (await podsOf('kube-system', 'k8s-app=kube-dns')).map((pod) => `kube-system/${pod.metadata.name}`);
    assert.ok(now.every((name) => !old.includes(name)));
    const status = await trace.until('the new pods watched, the old ones let go', ({ captures }) => {
      const stateOf = (name: string): string | undefined =>
        captures.find(({ vantage }) => vantage.name === name)?.state;
      return now.every((name) => stateOf(name) === 'running') && old.every((name) => stateOf(name) === 'failed');
    });
    assert.equal(status.state, 'running');
    assert.deepEqual(status.unwatched, []);
    for (const name of old) {
      assert.ok(
        status.problems.some(({ code, detail }) => code === 'pod-deleted' && detail === `Pod ${name} was deleted`),
      );
    }
    await trace.session.stop();
    await assertNoTcpdump(namespace);
  });

  onLab('leaves a CoreDNS pod limited to 160Mi alive under load', async (test) => {
    await setCoreDnsMemoryLimit('160Mi');
    try {
      using kube = await openApi();
      await using trace = await prepareTrace(kube, traceRequest(namespace));
      assert.ok(trace.plan.captures.slice(1).every(({ bufferKib }) => bufferKib === 32_768));
      await trace.session.start();
      await trace.until('packets everywhere', (status) => flowing(status) && status.unwatched.length === 0);
      const queries = Array.from(
        { length: 2000 },
        (_, i) => `kubernetes${i % 50 === 0 ? '' : i}.default.svc.cluster.local A`,
      );
      const list = (): Promise<{ readonly items: readonly CoreDnsPod[] }> =>
        kubectlJson(['-n', 'kube-system', 'get', 'pods', '-l', 'k8s-app=kube-dns']);
      const memory = async (): Promise<readonly (number | undefined)[]> =>
        Promise.all((await list()).items.map(memoryOf));
      // The pods are new, and their node measures only so often.
      await until('memory of every CoreDNS pod', 60_000, async () =>
        (await memory()).every((bytes) => bytes !== undefined) ? true : undefined,
      );
      const load = loadDns({ namespace, pod: 'client', queries, seconds: 10 });
      let over = false;
      void load.then(() => (over = true));
      let highest = 0;
      while (!over) highest = Math.max(highest, ...(await memory()).map((bytes) => bytes ?? 0));
      const { completed, sent } = await load;
      const { captures, dropped, gaps } = trace.session.status;
      test.diagnostic(
        `${completed} of ${sent} queries in 10 s; CoreDNS at most ${(highest / MiB).toFixed(0)} MiB of 160; ` +
          `${captures.map(({ packets, bytes }) => `${packets ?? 0} packets, ${(bytes / 1e6).toFixed(1)} MB`).join('; ')}; dropped ${dropped}`,
      );
      assert.ok(highest > 0 && highest < 160 * MiB, `${highest} bytes`);
      for (const pod of (await list()).items) {
        assert.deepEqual(
          pod.status.containerStatuses?.map(({ restartCount, state }) => [restartCount, Object.keys(state)]),
          [[0, ['running']]],
        );
      }
      assert.ok(captures.every(({ state }) => state === 'running'));
      assert.equal(gaps, 0);
      await trace.session.stop();
      await assertNoTcpdump(namespace);
    } finally {
      await setCoreDnsMemoryLimit('170Mi');
    }
  });

  it('ends with what it saw when the pod is deleted', async () => {
    using kube = await openApi();
    await using trace = await prepareTrace(kube, traceRequest(namespace));
    await trace.session.start();
    await trace.until('packets', flowing);
    await kubectl(['-n', namespace, 'delete', 'pod', 'client', '--now']);
    const status = await trace.session.ended;
    assert.equal(status.state, 'ended');
    assert.ok((status.captures[0]?.bytes ?? 0) > 1000);
    const [problem] = status.problems;
    assert.equal(problem?.code, 'pod-deleted');
    assert.equal(problem.detail, `Pod ${namespace}/client was deleted`);
    assert.match(problem.recover ?? '', /^Trace the pod that took its place$/);
    assert.match(status.aftermath?.text ?? '', /^tcpdump and its container ended in kube-system\//);
    await assertNoTcpdump(namespace);
    await until('the namespace is empty', 30_000, async () =>
      (await podsOf(namespace, '')).length === 0 ? true : undefined,
    );
  });
});
