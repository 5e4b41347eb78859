import assert from 'node:assert/strict';
import { beforeEach, describe, it } from 'node:test';
import { ProblemError } from '../../../src/base/problem.ts';
import { ClusterModel } from '../../../src/session/cluster/clusterModel.ts';
import { planTrace } from '../../../src/session/trace/planTrace.ts';
import { TraceSession } from '../../../src/session/trace/traceSession.ts';
import type { TraceRequest } from '../../../src/session/trace/traceTypes.ts';
import { captureFilter } from '../../../src/sources/captureFilter.ts';
import { openPodCapture } from '../../../src/sources/podCapture.ts';
import { corednsPod, fillCluster, nodeLocalPod } from '../../support/clusterObjects.ts';
import { InMemoryKube, type InMemoryExec, ManualClock, obedientExec, settled } from '../../support/inMemoryKube.ts';
import { RecordingSink } from '../../support/recordingSink.ts';

const unreachable = { code: 'cluster-unreachable', detail: 'Cluster lab does not answer: connection refused' };

describe('TraceSession', () => {
  let kube: InMemoryKube;
  let clock: ManualClock;
  let sink: RecordingSink;
  let cluster: ClusterModel;

  beforeEach(() => {
    kube = new InMemoryKube();
    fillCluster(kube);
    clock = new ManualClock();
    sink = new RecordingSink();
    cluster = new ClusterModel({ kube, clock });
  });

  async function open(more: Partial<TraceRequest> = {}): Promise<TraceSession> {
    cluster.start();
    await cluster.whenReady();
    const request: TraceRequest = { target: { kind: 'pod', name: 'order-service' }, namespace: 'shop', ...more };
    const plan = await planTrace(kube, request, { nowNs: clock.nowNs() });
    return new TraceSession({ kube, plan, sink, clock, openCapture: openPodCapture, cluster });
  }

  const captureOf = (pod: string): InMemoryExec => {
    const found = kube.execs
      .filter((exec) => exec.target.pod === pod && exec.command[2]?.includes('tcpdump') === true)
      .at(-1);
    assert.ok(found, `no capture in ${pod}`);
    return found;
  };

  /** Starting waits for containers and their first words, which are promises of the twin. */
  async function started(more: Partial<TraceRequest> = {}): Promise<TraceSession> {
    const session = await open(more);
    await session.start();
    await settled();
    return session;
  }

  /** What `stop` waits for in seconds passes here at once. */
  async function finished<T>(work: Promise<T>): Promise<T> {
    let over = false;
    const done = (): void => void (over = true);
    work.then(done, done);
    for (let i = 0; i < 100 && !over; i++) await clock.advance(500);
    return work;
  }

  it('streams every vantage and feeds topology, ticks and heartbeats', async () => {
    const session = await started();
    assert.equal(session.status.state, 'running');
    assert.deepEqual(
      session.status.captures.map(({ state }) => state),
      ['running', 'running', 'running'],
    );
    captureOf('order-service').out(new Uint8Array(100));
    assert.deepEqual(sink.bytes, [100, 0, 0]);
    assert.equal(sink.topologies.at(-1)?.services.find(({ isDns }) => isDns)?.name, 'kube-dns');
    assert.deepEqual(sink.unwatched.at(-1), []);
    await clock.advance(9_500);
    assert.equal(captureOf('order-service').input, '\n\n\n\n');
    assert.ok(sink.ticks > 40);
    session.dispose();
  });

  it('passes arguments by position, never inside the script', async () => {
    const session = await started({ ports: [53, 5353] });
    assert.deepEqual(captureOf('order-service').command.slice(3), [
      'dnscope',
      '1536',
      '32768',
      '12',
      captureFilter([53, 5353]),
      '/tmp/dnscope.lease',
    ]);
    session.dispose();
  });

  it('ends captures and containers on stop, says what stays, and leaves no timer or watch', async () => {
    const session = await started();
    const aftermath = await finished(session.stop());
    assert.match(
      aftermath.text,
      /^tcpdump and its container ended in shop\/order-service, kube-system\/coredns-a, kube-system\/coredns-b\./,
    );
    assert.match(aftermath.text, /entry stays in the pod until the pod is replaced/);
    assert.equal(aftermath.ended.length, 3);
    assert.equal(session.status.state, 'ended');
    assert.deepEqual([...sink.endedStreams].sort(), [0, 1, 2]);
    assert.deepEqual(sink.losses, []);
    // The pods were watched to the end: captures that end one by one take nothing back of what is said about silence.
    assert.deepEqual([sink.unwatched.at(-1), session.status.unwatched], [[], []]);
    assert.equal(await session.stop(), aftermath);
    session.dispose();
    cluster.dispose();
    assert.equal(kube.openWatches, 0);
    await clock.advance(60_000);
    assert.equal(clock.timers, 0);
  });

  it('reconnects after a lost exec and tells the gap in contiguous pieces', async () => {
    const session = await started({ watchCoreDns: false });
    captureOf('order-service').out(new Uint8Array(24));
    await clock.advance(1_000);
    kube.onExec = (exec) => exec.lose(unreachable);
    captureOf('order-service').lose(unreachable);
    await clock.advance(4_000);
    assert.equal(session.status.state, 'reconnecting');
    assert.equal(session.status.captures[0]?.problem?.detail, unreachable.detail);
    kube.onExec = obedientExec;
    await clock.advance(10_000);
    assert.equal(session.status.state, 'running');
    assert.equal(session.status.gaps, 1);
    const gaps = sink.losses.map(({ loss }) => loss);
    assert.ok(gaps.length > 2 && gaps.every(({ kind, packets }) => kind === 'gap' && packets === undefined));
    gaps.slice(1).forEach((gap, i) => assert.equal(gap.fromNs, gaps[i]?.toNs));
    // From the last byte that came, not from the moment the loss was noticed.
    assert.ok(gaps[0]!.toNs - gaps[0]!.fromNs >= 1_000_000_000n);
    captureOf('order-service').out(new Uint8Array(24));
    assert.deepEqual(sink.restarts, [0]);
    session.dispose();
  });

  it('counts what the kernel dropped, across reconnects', async () => {
    const session = await started({ watchCoreDns: false });
    captureOf('order-service').err(
      'tcpdump: 900 packets captured, 1000 packets received by filter, 40 packets dropped by kernel\n',
    );
    captureOf('order-service').err(
      'tcpdump: 950 packets captured, 1100 packets received by filter, 50 packets dropped by kernel\n',
    );
    captureOf('order-service').lose(unreachable);
    await clock.advance(2_000);
    captureOf('order-service').err('7 packets captured\n9 packets received by filter\n2 packets dropped by kernel\n');
    const [capture] = session.status.captures;
    assert.deepEqual([capture?.packets, capture?.dropped], [957, 52]);
    assert.deepEqual(
      sink.losses.filter(({ loss }) => loss.kind === 'kernel').map(({ loss }) => loss.packets),
      [40, 10, 2],
    );
    session.dispose();
  });

  it('tells in which network namespace a capture listens, and takes no number that is none', async () => {
    const session = await started();
    captureOf('order-service').err('dnscope: netns net:[4026532220]\ndnscope: netns net:[99999999999]\n');
    captureOf('coredns-a').err('dnscope: netns \ndnscope: netns mnt:[1]\ndnscope: netns net:[0]\n');
    assert.deepEqual(sink.netns, [4_026_532_220]);
    assert.ok(session.status.captures.every(({ state }) => state === 'running'));
    session.dispose();
  });

  it('holds the stream back while the engine is behind', async () => {
    const session = await started({ watchCoreDns: false });
    const exec = captureOf('order-service');
    sink.backlogBytes = 9 * 1024 * 1024;
    exec.out(new Uint8Array(10));
    assert.equal(exec.paused, true);
    assert.equal(session.status.captures[0]?.paused, true);
    await clock.advance(1_000);
    assert.equal(exec.paused, true);
    sink.backlogBytes = 1024;
    await clock.advance(100);
    assert.equal(exec.paused, false);
    session.dispose();
  });

  it('follows CoreDNS pods that come and go', async () => {
    const session = await started();
    kube.put('pods', { ...corednsPod('coredns-c', '10.244.1.9') });
    kube.remove('pods', 'kube-system', 'coredns-a');
    await clock.advance(200);
    const states = Object.fromEntries(session.status.captures.map(({ vantage, state }) => [vantage.name, state]));
    assert.deepEqual(states, {
      'shop/order-service': 'running',
      'kube-system/coredns-a': 'failed',
      'kube-system/coredns-b': 'running',
      'kube-system/coredns-c': 'running',
    });
    assert.equal(session.status.state, 'running');
    assert.ok(session.status.problems.some(({ detail }) => detail === 'Pod kube-system/coredns-a was deleted'));
    session.dispose();
  });

  it('follows NodeLocal on the nodes that were agreed to, and no other', async () => {
    kube.put('pods', nodeLocalPod('node-local-dns-1'));
    const session = await started();
    kube.put('pods', nodeLocalPod('node-local-dns-2', 'node-2'));
    kube.put('pods', nodeLocalPod('node-local-dns-3'));
    kube.remove('pods', 'kube-system', 'node-local-dns-1');
    await clock.advance(200);
    const told = session.status.captures
      .filter(({ vantage }) => vantage.role === 'nodelocal')
      .map(({ vantage, state }) => [vantage.name, state]);
    assert.deepEqual(told, [
      ['kube-system/node-local-dns-1', 'failed'],
      ['kube-system/node-local-dns-3', 'running'],
    ]);
    assert.deepEqual(sink.unwatched.at(-1), [], 'what is said about silence is said of CoreDNS');
    session.dispose();
  });

  it('tells which CoreDNS pods are not watched', async () => {
    kube.refuse = (verb, resource, namespace) =>
      verb === 'patch' && resource === 'pods/ephemeralcontainers' && namespace === 'kube-system'
        ? { code: 'admission-refused', detail: 'The cluster refuses' }
        : undefined;
    const session = await started();
    assert.deepEqual(sink.unwatched.at(-1), ['kube-system/coredns-a', 'kube-system/coredns-b']);
    assert.deepEqual(session.status.unwatched, sink.unwatched.at(-1));
    session.dispose();
  });

  it('ends with what it saw when its pod is deleted', async () => {
    const session = await started();
    captureOf('order-service').out(new Uint8Array(50));
    kube.remove('pods', 'shop', 'order-service');
    const status = await finished(session.ended);
    assert.equal(status.state, 'ended');
    assert.equal(status.problems[0]?.code, 'pod-deleted');
    assert.equal(status.aftermath?.ended.length, 2);
    assert.equal(status.captures[0]?.bytes, 50);
  });

  it('ends by itself when its time is up', async () => {
    const session = await started({ maxDurationMs: 30_000 });
    await clock.advance(29_000);
    assert.equal(session.status.state, 'running');
    const status = await finished(session.ended);
    assert.equal(status.state, 'ended');
    assert.deepEqual(
      status.problems.map(({ detail }) => detail),
      ['The trace ended by itself after 30 s'],
    );
  });

  for (const [reason, code, text] of [
    ['ErrImagePull', 'image-pull-failed', /did not start; should it still do so, it ends by itself/],
    ['CreateContainerError', 'container-start-failed', /^Nothing is left in the cluster/],
  ] as const) {
    it(`fails clearly on ${reason}`, async () => {
      kube.containerState = { waiting: { reason, message: 'because' } };
      const session = await open({ watchCoreDns: false });
      await assert.rejects(
        finished(session.start()),
        (error) => error instanceof ProblemError && error.problem.code === code,
      );
      assert.equal(session.status.state, 'failed');
      assert.match(session.status.aftermath?.text ?? '', text);
    });
  }

  for (const [stderr, exit, code] of [
    ["tcpdump: any: You don't have permission to perform this capture on that device\n", 1, 'packet-socket-refused'],
    ['dnscope: no-tcpdump\n', 127, 'image-without-tcpdump'],
    ['tcpdump: something else\n', 1, 'capture-failed'],
  ] as const) {
    it(`says ${code} and ends the container`, async () => {
      kube.onExec = (exec) => {
        if (exec.command[2]?.includes('tcpdump') !== true) return exec.exit(0);
        exec.err(stderr);
        exec.exit(exit);
      };
      const session = await open({ watchCoreDns: false });
      await assert.rejects(
        finished(session.start()),
        (error) => error instanceof ProblemError && error.problem.code === code,
      );
      assert.equal(session.status.aftermath?.ended.length, 1);
    });
  }

  it('says so when the end cannot be confirmed', async () => {
    const session = await started({ watchCoreDns: false });
    kube.refuse = () => unreachable;
    const aftermath = await finished(session.stop());
    assert.match(aftermath.text, /could not be confirmed: tcpdump ends there by itself within 15 s/);
    assert.equal(aftermath.unconfirmed.length, 1);
  });

  it('can be stopped while it starts', async () => {
    kube.containerState = { waiting: { reason: 'ContainerCreating' } };
    const session = await open({ watchCoreDns: false });
    const starting = session.start();
    starting.catch(() => undefined);
    await settled();
    await finished(session.stop());
    await assert.rejects(starting);
    assert.equal(session.status.state, 'ended');
  });
});
