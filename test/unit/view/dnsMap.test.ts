import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import { runSteps } from '../../../src/base/steps.ts';
import { NO_FINDINGS } from '../../../src/core/findings/evaluateFindings.ts';
import type { Topology } from '../../../src/core/topology/topology.ts';
import type { TraceEngine } from '../../../src/core/trace/traceEngine.ts';
import { dnsMapOf } from '../../../src/core/view/dnsMap.ts';
import { LookupView } from '../../../src/core/view/lookupView.ts';
import type { DnsMap, MapEdge, MapNode } from '../../../src/core/view/mapPicture.ts';
import { engineOf, randomWorld, worldTopology } from '../../support/dnsWorld.ts';
import { ask, COREDNS, forward, POD, Story, UPSTREAM, VIP, watchedStory } from '../../support/story.ts';

/** Lookups that a filter chooses, by the grid's own view. */
function chosenBy(engine: TraceEngine, filter: string): number {
  const view = new LookupView(engine);
  view.update(NO_FINDINGS);
  view.set(filter, undefined);
  assert.equal(view.problem, undefined, filter);
  return view.lookups;
}

function assertExact(engine: TraceEngine, map: DnsMap): void {
  for (const figures of [...map.nodes, ...map.edges]) {
    const what = 'id' in figures ? figures.id : `${figures.from} → ${figures.to}`;
    if (figures.filter !== undefined)
      assert.equal(chosenBy(engine, figures.filter), figures.lookups, `${what}: ${figures.filter}`);
    if (figures.failedFilter !== undefined)
      assert.equal(chosenBy(engine, figures.failedFilter), figures.failed, `${what}: ${figures.failedFilter}`);
    assert.ok(figures.failed <= figures.lookups && figures.recent <= figures.lookups);
  }
}

const mapOf = (engine: TraceEngine): DnsMap => runSteps(dnsMapOf(engine, undefined));
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
    const view = new LookupView(engine);
    view.update(NO_FINDINGS);
    view.set('error', undefined);
    const few = runSteps(dnsMapOf(engine, view.choice));
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
