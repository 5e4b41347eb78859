import assert from 'node:assert/strict';
import { test } from 'node:test';
import { runSteps } from '../../../src/base/steps.ts';
import { emptyTopology, type Topology, type TopologyPod } from '../../../src/core/topology/topology.ts';
import { TraceEngine } from '../../../src/core/trace/traceEngine.ts';
import { timelineOf, type TimelinePart } from '../../../src/core/view/timeline/timeline.ts';
import { ask, EPOCH_NS, watchedStory } from '../../support/story.ts';

const MS = 1_000_000n;

function pod(name: string, ready = true, role: TopologyPod['role'] = 'coredns'): TopologyPod {
  return { namespace: 'kube-system', name, addresses: [], role, hostNetwork: false, ready };
}

const topology = (pods: readonly TopologyPod[], servers: readonly string[] = ['.:53']): Topology => ({
  ...emptyTopology,
  pods,
  servers: servers.map((label, at) => ({ line: at + 1, label, keys: [], forwards: [] })),
});

/** A live trace with a lookup a second, for ten seconds; `then` is called each second from its last packet on, at 9.002 s. */
function live(then: (engine: TraceEngine, second: number) => void): TraceEngine {
  const story = watchedStory();
  for (let at = 0; at < 10_000; at += 1000)
    ask(story, { at, took: 2, name: `n${at}.example.com`, answers: ['192.0.2.1'] });
  const engine = new TraceEngine();
  for (const [, { vantage, bytes }] of story.captures()) {
    const stream = engine.openStream(engine.addVantage(vantage));
    stream.push(bytes);
  }
  for (let second = 0; second < 10; second++) {
    engine.tick(EPOCH_NS + BigInt(9002 + second * 1000) * MS);
    then(engine, second);
  }
  engine.finish();
  return engine;
}

const marks = (engine: TraceEngine, part?: TimelinePart): readonly string[] =>
  runSteps(timelineOf(engine, undefined, 100, part)).marks.map(
    ({ kind, fromUs, toUs, texts, more }) =>
      `${kind} ${String(fromUs - Number(EPOCH_NS / 1000n))} ${String(toUs - fromUs)} ${texts.join('; ')}${more > 0 ? ` +${String(more)}` : ''}`,
  );

test('losses of captures stand where they were, gaps apart from packets', () => {
  const engine = live(() => undefined);
  const at = (ms: number): bigint => EPOCH_NS + BigInt(ms) * MS;
  engine.reportLoss(1, { packets: undefined, kind: 'gap', fromNs: at(4000), toNs: at(6500), reason: 'cut off' });
  engine.reportLoss(0, { packets: 12, kind: 'kernel', fromNs: at(2010), toNs: at(2020), reason: 'dropped \u202e' });
  for (let more = 0; more < 6; more++)
    engine.reportLoss(0, { packets: 1, kind: 'kernel', fromNs: at(8000), toNs: at(8000), reason: `again ${more}` });
  assert.deepEqual(marks(engine), [
    'loss 2010000 10000 shop/order-service: dropped \\u{202e} (12 packets)',
    'gap 4000000 2500000 kube-system/coredns-1: cut off',
    `loss 8000000 0 ${[0, 1, 2, 3, 4].map((n) => `shop/order-service: again ${n} (1 packet)`).join('; ')} +1`,
  ]);
});

test('of a part, those within it and those that reach into it', () => {
  const engine = live(() => undefined);
  const at = (ms: number): bigint => EPOCH_NS + BigInt(ms) * MS;
  for (const [from, to] of [
    [1000, 2500],
    [2000, 2000],
    [4500, 4500],
    [5500, 8000],
    [7000, 7500],
  ] as const)
    engine.reportLoss(0, { packets: undefined, kind: 'gap', fromNs: at(from), toNs: at(to), reason: `${from}` });
  const us = Number(EPOCH_NS / 1000n);
  assert.deepEqual(
    marks(engine, { fromUs: us + 2_400_000, toUs: us + 6e6 }).map((mark) => mark.replace(/ .*: /u, ' ')),
    ['gap 1000', 'gap 4500', 'gap 5500'],
  );
});

test('what became of DNS while a trace ran: pods, their readiness, the Corefile', () => {
  const engine = live((trace, second) => {
    if (second === 0) trace.setTopology(topology([pod('a'), pod('b')]));
    if (second === 2) trace.setTopology(topology([pod('a'), pod('c', false)]));
    if (second === 4) trace.setTopology(topology([pod('a'), pod('c')]));
    if (second === 6) trace.setTopology(topology([pod('a'), pod('c'), pod('web', false, 'workload')]));
    if (second === 8) trace.setTopology(topology([pod('a'), pod('c')], ['.:53', 'x:53']));
  });
  assert.deepEqual(
    marks(engine).map((mark) => mark.replace(/(\d{4})\d{3} 0/u, '$1')),
    [
      'change 11002 CoreDNS pod c came; CoreDNS pod b is gone',
      'change 13002 CoreDNS pod c is ready again',
      'change 17002 The Corefile changed',
    ],
  );
});

test('the first topology is no change, nor are those of files', () => {
  assert.deepEqual(marks(live((trace, second) => second === 5 && trace.setTopology(topology([pod('a')])))), []);
  const told = watchedStory();
  ask(told, { at: 0, took: 2, name: 'a.example.com', answers: ['192.0.2.1'] });
  const { engine } = told.withFaults(0).run(undefined, (one) => one.setTopology(topology([pod('a')])));
  engine.setTopology(topology([pod('b')]));
  assert.deepEqual(marks(engine), []);
});
