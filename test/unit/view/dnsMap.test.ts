import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import { runSteps } from '../../../src/base/steps.ts';
import { NO_FINDINGS } from '../../../src/core/findings/evaluateFindings.ts';
import type { Topology } from '../../../src/core/topology/topology.ts';
import type { TraceEngine } from '../../../src/core/trace/traceEngine.ts';
import { dnsMapOf } from '../../../src/core/view/map/dnsMap.ts';
import { LookupView } from '../../../src/core/view/lookupView.ts';
import type { DnsMap, MapEdge, MapNode } from '../../../src/core/view/map/mapPicture.ts';
import { engineOf, randomWorld, worldTopology } from '../../support/dnsWorld.ts';
import { ROW_MASK } from '../../../src/core/trace/tables.ts';
import { narrowedTo } from '../../../webview/app/filter/filterTerms.ts';
import { amountText } from '../../../webview/app/map/mapWords.ts';
import { filledTrace } from '../../bench/filledTrace.ts';
import { ask, COREDNS, forward, POD, Story, UPSTREAM, VIP, watchedStory } from '../../support/story.ts';

function viewOf(engine: TraceEngine, filter: string): LookupView {
  const view = new LookupView(engine);
  view.update(NO_FINDINGS);
  view.set(filter, undefined);
  assert.equal(view.problem, undefined, filter);
  return view;
}

/** Lookups that are shown when a figure of the map is clicked, by the grid's own view. */
const shownBy = (engine: TraceEngine, map: DnsMap, figure: string): number =>
  viewOf(engine, narrowedTo(map.within, figure)).lookups;

function assertExact(engine: TraceEngine, map: DnsMap): void {
  for (const figures of [...map.nodes, ...map.edges]) {
    const what = 'id' in figures ? figures.id : `${figures.from} → ${figures.to}`;
    if (figures.filter !== undefined)
      assert.equal(shownBy(engine, map, figures.filter), figures.lookups, `${what}: ${figures.filter}`);
    if (figures.failedFilter !== undefined)
      assert.equal(shownBy(engine, map, figures.failedFilter), figures.failed, `${what}: ${figures.failedFilter}`);
    assert.ok(figures.failed <= figures.lookups && figures.recent <= figures.lookups);
  }
}

const mapOf = (engine: TraceEngine): DnsMap => runSteps(dnsMapOf(engine, NO_FINDINGS, undefined));
function mapWithin(engine: TraceEngine, filter: string): DnsMap {
  const { choice, terms } = viewOf(engine, filter);
  return runSteps(dnsMapOf(engine, NO_FINDINGS, choice, terms));
}
const node = (map: DnsMap, id: string): MapNode => {
  const found = map.nodes.find((one) => one.id === id);
  assert.ok(found, `${id} is not among ${map.nodes.map((one) => one.id).join(', ')}`);
  return found;
};
const edge = (map: DnsMap, from: string, to: string): MapEdge => {
  const found = map.edges.find((one) => one.from === from && one.to === to);
  assert.ok(found, `${from} → ${to} is not among ${map.edges.map((one) => `${one.from} → ${one.to}`).join(', ')}`);
  return found;
};

const topology: Topology = worldTopology;

describe('the map of a story', () => {
  const story = watchedStory().withFaults(3);
  for (let at = 0; at < 10; at++) {
    const name = `n${String(at)}.example.com`;
    const fails = at >= 8;
    ask(story, { at: at * 100, took: 8, name, ...(fails ? { rcode: 'SERVFAIL' } : { answers: ['192.0.2.1'] }) });
    if (at !== 3) forward(story, { at: at * 100 + 2, ...(fails ? {} : { took: 3, answers: ['192.0.2.1'] }), name });
  }
  // Time for the silent ones to be called so.
  ask(story, { at: 9000, took: 8, name: 'last.example.com', answers: ['192.0.2.1'] });
  const { engine } = story.run(undefined, (made) => made.setTopology(topology));
  const map = mapOf(engine);

  test('each query passes its edge once, wherever it was seen', () => {
    assert.equal(map.lookups, 11);
    const service = 'service:kube-system/kube-dns';
    const told = map.edges.map((one) => [one.from, one.to, one.lookups, one.failed, one.began, one.queries].join(' '));
    assert.deepEqual(told.sort(), [
      `client:shop/order-service ${service} 11 2 0 11`,
      `coredns:${COREDNS} upstream:${UPSTREAM}:53 9 2 2 9`,
      `namespace:shop ${service} 11 2 0 11`,
      `${service} coredns:${COREDNS} 11 2 0 11`,
    ]);
    assertExact(engine, map);
  });

  test('times are of the answers, within 5 %', () => {
    const near = (value: number | undefined, ms: number): void =>
      assert.ok(Math.abs((value ?? 0) / (ms * 1e6) - 1) < 0.05, `${String(value)} is not ${String(ms)} ms`);
    near(edge(map, 'client:shop/order-service', 'service:kube-system/kube-dns').p95Ns, 8);
    near(edge(map, 'service:kube-system/kube-dns', `coredns:${COREDNS}`).p95Ns, 6.4);
    near(edge(map, `coredns:${COREDNS}`, `upstream:${UPSTREAM}:53`).p95Ns, 3);
  });

  test('a filter chooses what is counted', () => {
    const few = mapWithin(engine, 'error');
    assert.deepEqual([few.lookups, node(few, `upstream:${UPSTREAM}:53`).failed], [2, 2]);
  });
});

describe('hops that were not watched', () => {
  test('the pod alone: CoreDNS and upstreams are hollow, and nothing is said of them', () => {
    const story = new Story().vantage('shop/order-service', 'client', POD);
    story.leg({
      at: 0,
      took: 4,
      client: POD,
      port: 4000,
      server: VIP,
      id: 7,
      name: 'a.example',
      vantage: 'shop/order-service',
    });
    const { engine } = story.run();
    const map = mapOf(engine);
    assert.deepEqual(
      map.nodes.map(({ id, watched, lookups }) => [id, watched, lookups]),
      [
        ['client:shop/order-service', true, 1],
        ['namespace:shop', true, 1],
        [`server:${VIP}`, false, 1],
        ['coredns:unwatched', false, 0],
        ['upstream:unwatched', false, 0],
      ],
    );
    assert.deepEqual(
      map.edges.filter(({ watched }) => !watched).map(({ from, to, filter }) => [from, to, filter]),
      [
        [`server:${VIP}`, 'coredns:unwatched', undefined],
        ['coredns:unwatched', 'upstream:unwatched', undefined],
      ],
    );
    assertExact(engine, map);
  });

  test('a client that only CoreDNS saw is hollow, and so is its way there', () => {
    const story = new Story().vantage('kube-system/coredns-1', 'coredns', COREDNS);
    story.leg({
      at: 0,
      took: 4,
      client: POD,
      port: 4000,
      server: COREDNS,
      id: 7,
      name: 'a.example',
      vantage: 'kube-system/coredns-1',
    });
    const { engine } = story.run(undefined, (made) => {
      made.setTopology(topology);
      made.setUnwatched(['kube-system/coredns-2']);
    });
    const map = mapOf(engine);
    assert.equal(node(map, 'client:shop/order-service').watched, false);
    const way = edge(map, 'client:shop/order-service', 'service:kube-system/kube-dns');
    assert.deepEqual([way.watched, way.lookups, way.failed, way.p95Ns], [false, 1, 0, undefined]);
    assert.equal(node(map, 'service:kube-system/kube-dns').watched, false);
    assert.equal(node(map, 'coredns:coredns-2').watched, false);
    assertExact(engine, map);
  });
});

describe('what leaves a node', () => {
  const NODE = '192.168.1.10';
  const known: Topology = { ...topology, nodes: [{ name: 'worker-1', addresses: [NODE] }] };
  const toUpstream = { at: 0.5, took: 3, server: UPSTREAM, id: 9, name: 'a.example', vantage: 'worker-1' };
  /** All seen on the node: what `resolver` is asked, and what it asks, once more with the node's address. */
  function storyOf(resolver: string): TraceEngine {
    const story = new Story().vantage('worker-1', 'node', NODE);
    story.leg({ ...toUpstream, at: 0, took: 4, client: POD, port: 4000, server: resolver, id: 7 });
    story.leg({ ...toUpstream, client: resolver, port: 5000 });
    if (resolver !== NODE) story.leg({ ...toUpstream, at: 0.51, client: NODE, port: 6000 });
    return story.run(undefined, (engine) => engine.setTopology(known)).engine;
  }
  const ofCoreDns = (map: DnsMap): readonly string[] =>
    map.nodes.filter(({ column }) => column === 'coredns').map(({ label }) => label);

  test("with the node's address is told of the pod that asked, once", () => {
    const engine = storyOf(COREDNS);
    const map = mapOf(engine);
    assert.deepEqual(ofCoreDns(map), ['coredns-1']);
    assert.equal(edge(map, `coredns:${COREDNS}`, `upstream:${UPSTREAM}:53`).queries, 1);
    assert.equal(node(map, `upstream:${UPSTREAM}:53`).queries, 1);
    assertExact(engine, map);
  });

  test('of a resolver of its own is no pod of CoreDNS', () => {
    const engine = storyOf(NODE);
    const map = mapOf(engine);
    assert.deepEqual(ofCoreDns(map), ['Node worker-1']);
    assertExact(engine, map);
  });
});

test('an upstream that is a Service of the cluster stands among the upstreams, behind CoreDNS', () => {
  const story = watchedStory();
  ask(story, { at: 0, took: 8, name: 'a.example.com', answers: ['192.0.2.1'] });
  forward(story, { at: 2, took: 3, name: 'a.example.com', answers: ['192.0.2.1'] });
  const filtering = { namespace: 'shop', name: 'filtering', addresses: [UPSTREAM], isDns: false, endpoints: [] };
  const { engine } = story.run(undefined, (made) =>
    made.setTopology({ ...topology, services: [...topology.services, filtering] }),
  );
  const map = mapOf(engine);
  assert.deepEqual(
    map.nodes.filter(({ column }) => column === 'upstream').map(({ label }) => label),
    ['shop/filtering'],
  );
  assert.equal(edge(map, `coredns:${COREDNS}`, `upstream:${UPSTREAM}:53`).lookups, 1);
  assertExact(engine, map);
});

describe('names that mean harm', () => {
  const HOSTILE = [
    '"><img src=x onerror=alert(1)>',
    'a" or failed or name == "b',
    '\u202egnp.exe',
    '\u001b[31mred',
    '*',
    'not none(',
    '=HYPERLINK("x")',
    "[x](command:y) | `z`, 'q'",
    'ü\u0130İ',
    'x'.repeat(255),
  ];
  const pods = HOSTILE.map((name, index) => ({
    ...worldTopology.pods[0]!,
    namespace: HOSTILE[(index + 3) % HOSTILE.length]!,
    name,
    addresses: [`10.244.9.${String(index + 1)}`],
  }));
  const story = new Story().vantage('kube-system/coredns-1', 'coredns', COREDNS);
  for (const [index, pod] of pods.entries())
    story.leg({
      at: index * 100,
      took: 4,
      client: pod.addresses[0]!,
      port: 4000,
      server: COREDNS,
      id: 7 + index,
      name: 'a.example',
      vantage: 'kube-system/coredns-1',
    });
  const { engine } = story.run(undefined, (made) =>
    made.setTopology({ ...topology, pods: [...worldTopology.pods, ...pods] }),
  );

  test('are shown as they are, and their figures lead to their rows alone', () => {
    const map = mapOf(engine);
    const clients = map.nodes.filter(({ kind }) => kind === 'workload');
    assert.equal(clients.length, HOSTILE.length);
    for (const { label, detail = '' } of map.nodes) assert.doesNotMatch(label + detail, /[\p{Cc}\p{Cf}]/u);
    assertExact(engine, map);
    assertExact(engine, mapWithin(engine, 'name == a.example and rcode == NOERROR'));
  });
});

test('a scan from a million addresses is a hundred cards and the rest, exact', () => {
  const ADDRESSES = 1_000_000;
  const engine = filledTrace(ADDRESSES);
  const { trace } = engine;
  for (let id = 0; id < ADDRESSES; id++) {
    const client = trace.addresses.intern(`11.${String(id >> 16)}.${String((id >> 8) & 255)}.${String(id & 255)}`);
    trace.vantages[0]!.asked.add(client);
    for (let more = id; more < 150; more++) trace.vantages[0]!.asked.add(client);
    trace.transactions.edit(id).client[id & ROW_MASK] = client;
    trace.lookups.edit(id).client[id & ROW_MASK] = client;
  }
  const map = mapOf(engine);
  const clients = map.nodes.filter(({ column }) => column === 'client');
  assert.deepEqual([clients.length, map.lookups], [101, ADDRESSES]);
  const rest = clients.find(({ kind }) => kind === 'rest')!;
  assert.deepEqual([rest.lookups, rest.members], [ADDRESSES - 100, ADDRESSES - 100]);
  assert.ok(clients.some(({ label }) => label === '11.0.0.0') && !clients.some(({ label }) => label === '11.0.0.149'));
  assert.ok(JSON.stringify(map).length < 2_000_000, `${String(JSON.stringify(map).length)} characters`);
  assert.equal(shownBy(engine, map, rest.filter!), rest.lookups);
});

test('a running trace is told by what came of late', () => {
  const story = watchedStory();
  for (let second = 0; second < 60; second++)
    ask(story, { at: second * 1000, took: 8, name: 'a.example.com', answers: ['192.0.2.1'] });
  const map = mapOf(story.run().engine);
  const [client] = map.nodes;
  assert.deepEqual([client!.lookups, client!.recent, map.recentSeconds], [60, 10, 10]);
  assert.equal(amountText(client!, { recentSeconds: map.recentSeconds }), '1.0/s');
  assert.equal(amountText(client!, { recentSeconds: undefined }), '60');
  const young = watchedStory();
  for (let at = 0; at < 8; at++) ask(young, { at: at * 250, took: 8, name: 'a.example.com', answers: ['192.0.2.1'] });
  const early = mapOf(young.run().engine);
  assert.equal(amountText(early.nodes[0]!, early), '4.6/s', 'a rate is of the time that there was');
});

/** Of whole lookups, of their events, of both, and such as narrow one another. */
const FILTERS = [
  'failed',
  'not answered',
  'ns:shop',
  'n1',
  'n1 order',
  'name == n2.example.com',
  'rcode == SERVFAIL',
  'rcode != NOERROR and latency > 5ms',
  'rcode in (NXDOMAIN, REFUSED) or state == unanswered',
  'none(rcode == NXDOMAIN)',
  'none(name == n0.example.com), leg == coredns-upstream',
  `upstream:${UPSTREAM}`,
  `upstream:${UPSTREAM} and state == answered`,
  `server == ${COREDNS}`,
  'client == 203.0.113.5 or workload == shop/web',
  'not vantage:coredns',
  'qr == R',
  'not (src.addr == 10.244.0.5)',
] as const;

test('under a filter every figure leads to exactly its rows, and so does a figure of what it led to', () => {
  fc.assert(
    fc.property(randomWorld, fc.subarray([...FILTERS], { minLength: 1, maxLength: 2 }), (world, terms) => {
      const engine = engineOf(world);
      const map = mapWithin(engine, terms.join(', '));
      assertExact(engine, map);
      const upstream = map.nodes.find(({ column, filter }) => column === 'upstream' && filter !== undefined);
      if (upstream === undefined) return;
      const next = mapWithin(engine, narrowedTo(map.within, upstream.filter!));
      assert.equal(next.lookups, upstream.lookups);
      assertExact(engine, next);
    }),
    { numRuns: 40 },
  );
});

test('every figure of every map leads to exactly its rows', () => {
  fc.assert(
    fc.property(randomWorld, (world) => {
      const engine = engineOf(world);
      const map = mapOf(engine);
      assertExact(engine, map);
      const clients = map.nodes.filter(({ column, kind }) => column === 'client' && kind !== 'namespace');
      assert.equal(
        clients.reduce((sum, one) => sum + one.lookups, 0),
        engine.trace.lookups.length,
      );
    }),
    { numRuns: 30 },
  );
});
