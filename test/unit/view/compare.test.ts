/** Two sides beside each other: every figure chooses its own rows, differences are told only where there are enough of them. */
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import { runSteps } from '../../../src/base/steps.ts';
import { NO_FINDINGS } from '../../../src/core/findings/evaluateFindings.ts';
import type { TraceEngine } from '../../../src/core/trace/traceEngine.ts';
import { comparisonOf, type ComparedFigure, type Comparison } from '../../../src/core/view/compare/compare.ts';
import { LookupView } from '../../../src/core/view/lookupView.ts';
import { engineOf, randomWorld } from '../../support/dnsWorld.ts';
import { ask, EPOCH_NS, forward, Story, UPSTREAM, watchedStory } from '../../support/story.ts';

const compare = (engine: TraceEngine, a: string, b: string): Comparison =>
  runSteps(comparisonOf(engine, NO_FINDINGS, { a, b }));

/** Lookups that a filter chooses, by the grid's own view. */
function chosenBy(engine: TraceEngine, filter: string): number {
  const view = new LookupView(engine);
  view.update(NO_FINDINGS);
  view.set(filter, undefined);
  assert.equal(view.problem, undefined, filter);
  return view.lookups;
}

function assertExact(engine: TraceEngine, { figures, offers }: Comparison): void {
  for (const { kind, of = '', unit, a, b } of figures) {
    for (const side of [a, b]) {
      const what = `${kind} ${of}: ${side.filter ?? 'no filter'}`;
      assert.equal(side.filter === undefined ? 0 : chosenBy(engine, side.filter), side.rows, what);
      if (unit === 'lookups') assert.equal(side.value, side.rows, what);
    }
  }
  for (const { filter, count } of offers.clients) assert.equal(chosenBy(engine, filter), count, filter);
}

const at = (ms: number): string => new Date(Number(EPOCH_NS / 1_000_000n) + ms).toISOString();

/** A hundred lookups, 100 ms apart: in the second half every other is refused by another upstream, slowly. */
function changed(): Story {
  const story = watchedStory().withFaults(9);
  for (let k = 0; k < 100; k++) {
    const isLate = k >= 50;
    const refused = isLate && k % 2 === 0;
    const spec = { at: k * 100, name: `n${String(k)}.api.example.com`, took: isLate ? 60 : 6 };
    const answers = refused ? { rcode: 'REFUSED' } : { answers: [isLate ? '192.0.2.2' : '192.0.2.1'] };
    ask(story, { ...spec, ...answers });
    if (k % 5 !== 0) forward(story, { ...spec, at: k * 100 + (isLate ? 7 : 1), took: isLate ? 40 : 3, ...answers });
  }
  ask(story, { at: 30_000, took: 3, name: 'last.example.com', answers: ['192.0.2.9'] });
  return story;
}

describe('before and after a change', () => {
  const { engine } = changed().run();
  const before = `time < ${at(5000)}`;
  const after = `time >= ${at(5000)}, name:api.example.com`;
  const comparison = compare(engine, before, after);
  const figure = (kind: ComparedFigure['kind'], of?: string): ComparedFigure => {
    const found = comparison.figures.find((one) => one.kind === kind && one.of === of);
    assert.ok(found, `${kind} ${of ?? ''}`);
    return found;
  };

  test('every figure chooses exactly its rows', () => {
    assertExact(engine, comparison);
  });

  test('counts, times and where answers came from, side by side', () => {
    assert.deepEqual([comparison.a.lookups, comparison.b.lookups], [50, 50]);
    const { a, b, difference } = figure('result', 'REFUSED');
    assert.deepEqual([a.value, b.value, difference], [0, 25, 'more']);
    assert.equal(b.filter, `${after}, error, result == 5`);
    assert.equal(figure('failed').difference, 'more');
    assert.equal(figure('unanswered').difference, 'same');
    const p50 = figure('took', 'p50');
    assert.deepEqual([Math.round(p50.a.value! / 1e6), Math.round(p50.b.value! / 1e6)], [6, 60]);
    assert.equal(p50.difference, 'more');
    assert.equal(figure('took', 'p95').difference, 'more');
    assert.equal(figure('took', 'max').difference, undefined);
    assert.deepEqual([figure('attempts').a.value, figure('attempts').b.value], [1, 1]);
    assert.deepEqual([figure('upstream', UPSTREAM).a.value, figure('upstream', UPSTREAM).b.value], [40, 40]);
    assert.equal(figure('upstream', UPSTREAM).difference, 'same');
  });

  test('addresses of one side alone stand first', () => {
    const { addresses, ...read } = comparison.answers!;
    assert.deepEqual(read, { a: { read: 50, every: 1 }, b: { read: 25, every: 1 }, more: 0 });
    assert.deepEqual(
      addresses.map(({ address, a, b }) => [address, a.lookups, b.lookups]),
      [
        ['192.0.2.1', 50, 0],
        ['192.0.2.2', 0, 25],
      ],
    );
    const { filter = '' } = addresses[1]!.b;
    assert.equal(filter, `${after}, answered, not none(answer == 192.0.2.2)`);
    assert.equal(chosenBy(engine, filter), 25);
    assert.equal(addresses[1]!.a.filter, undefined);
  });

  test('conditions on events of a side are asked of the same event as before', () => {
    const sides = compare(engine, `server == ${UPSTREAM}`, `none(server == ${UPSTREAM})`);
    assert.deepEqual([sides.a.lookups, sides.b.lookups], [80, 21]);
    assertExact(engine, sides);
    const either = compare(engine, 'refused or name == last.example.com', 'took > 20ms');
    assertExact(engine, either);
    assert.deepEqual([either.a.lookups, either.b.lookups], [26, 50]);
  });
});

test('too few to tell, and what may be chance, are called so', () => {
  const story = watchedStory();
  for (let k = 0; k < 60; k++)
    ask(story, {
      at: k * 100,
      took: 5,
      name: `n${String(k)}.example.com`,
      ...(k % 20 === 0 ? { rcode: 'NXDOMAIN' } : { answers: ['192.0.2.1'] }),
    });
  const { engine } = story.run();
  const failed = (a: string, b: string): ComparedFigure['difference'] =>
    compare(engine, a, b).figures.find(({ kind }) => kind === 'failed')?.difference;
  const between = (from: number, to: number): string => `time in {${at(from)}..${at(to - 1)}}`;
  assert.equal(failed(between(0, 1900), between(1900, 6000)), 'few');
  assert.equal(failed(between(0, 2000), between(2000, 6000)), 'same');
  assert.equal(failed(between(0, 2100), between(2100, 6000)), 'chance');
});

test('nothing is compared before both sides are sound; what may be chosen is told all along', () => {
  const { engine } = changed().run();
  const none = compare(engine, '', '  ');
  assert.deepEqual([none.a, none.b, none.figures], [{ filter: '', lookups: 0 }, { filter: '', lookups: 0 }, []]);
  assert.deepEqual(none.offers.clients, [
    { label: 'shop/order-service', filter: 'pod == shop/order-service', count: 101 },
  ]);
  assert.deepEqual(
    [none.offers.names.length, none.offers.names[0]],
    [50, { label: 'n0.api.example.com.', filter: 'name == n0.api.example.com.', count: 1 }],
  );
  assert.deepEqual(
    none.offers.replicas.map(({ label, filter }) => [label, filter]),
    [['kube-system/coredns-1', 'server == 10.244.0.5']],
  );
  const broken = compare(engine, 'failed', 'rcode ==');
  assert.equal(broken.b.problem?.code, 'filter-broken');
  assert.deepEqual([broken.a.lookups, broken.figures], [51 - 26, []]);
  const nobody = compare(engine, 'failed', 'pod == nobody');
  assert.equal(nobody.b.lookups, 0);
  assertExact(engine, nobody);
});

test('hostile names are shown, and chosen again by what is offered', () => {
  const story = new Story().vantage('shop/order-service', 'client', '10.244.1.12');
  for (const [k, name] of ['"><img src=x>', 'a,b (c) {d} *.example', '=cmd|x', 'x or y'].entries())
    story.leg({
      at: k * 100,
      took: 1,
      client: '10.244.1.12',
      port: 40_000 + k,
      server: '10.96.0.10',
      id: k + 1,
      name,
      vantage: 'shop/order-service',
    });
  const { engine } = story.run();
  const { offers } = compare(engine, '', '');
  assert.ok(offers.names.length > 0);
  for (const { filter, count } of offers.names) assert.equal(chosenBy(engine, filter), count, filter);
});

test('in any world, for any sides, every figure chooses exactly its rows', () => {
  const SIDES = [
    'failed',
    'not failed',
    'type == AAAA',
    'server == 10.244.0.5',
    'leg == coredns-upstream',
    'attempts > 1 or slow',
    'none(upstream == 10.224.0.92)',
  ];
  fc.assert(
    fc.property(randomWorld, fc.constantFrom(...SIDES), fc.constantFrom(...SIDES), (world, a, b) => {
      const engine = engineOf(world);
      assertExact(engine, compare(engine, a, b));
    }),
    { numRuns: 30 },
  );
});
