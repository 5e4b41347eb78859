import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import { runSteps } from '../../../src/base/steps.ts';
import { NO_FINDINGS } from '../../../src/core/findings/evaluateFindings.ts';
import { TraceEngine } from '../../../src/core/trace/traceEngine.ts';
import { EventView } from '../../../src/core/view/eventView.ts';
import { LookupView } from '../../../src/core/view/lookupView.ts';
import { statisticsPictureOf } from '../../../src/core/view/statistics/statisticsPicture.ts';
import type {
  StatisticsCount,
  StatisticsNode,
  StatisticsPicture,
} from '../../../src/core/view/statistics/statisticsRows.ts';
import { engineOf, randomWorld, worldTopology } from '../../support/dnsWorld.ts';
import { captureOf, knownTraffic } from '../../support/knownTraffic.ts';
import { CaptureBuilder, dnsQuery, dnsResponse } from '../../support/packetBuilder.ts';
import { seededRandom } from '../../support/rotatingSeed.ts';
import { ask, EPOCH_NS, POD, VIP, watchedStory } from '../../support/story.ts';

function viewOf(engine: TraceEngine, filter: string): LookupView {
  const view = new LookupView(engine);
  view.update(NO_FINDINGS);
  view.set(filter, undefined);
  assert.equal(view.problem, undefined, filter);
  return view;
}

function pictureOf(engine: TraceEngine, filter = ''): StatisticsPicture {
  const view = viewOf(engine, filter);
  return runSteps(statisticsPictureOf(engine, view.matches(), view.terms));
}

function* figuresOf(picture: StatisticsPicture): Generator<readonly [what: string, figure: StatisticsCount]> {
  const nodes: StatisticsNode[] = [...picture.tree];
  for (let node = nodes.pop(); node !== undefined; node = nodes.pop()) {
    if (node.figure !== undefined) yield [node.id, node.figure];
    nodes.push(...node.children);
  }
  for (const { kind, rows } of picture.tops)
    for (const row of rows)
      for (const figure of ['queries', 'nxdomain', 'errors', 'unanswered'] as const)
        yield [`${kind} ${row.key} ${figure}`, row[figure]];
  for (const { count, filter } of picture.times) yield [filter.join(), { count, filter, rows: 'transactions' }];
}

/** Rows of the grid after the click. */
function rowsAfter(engine: TraceEngine, { within }: StatisticsPicture, { filter, rows }: StatisticsCount): number {
  const view = viewOf(engine, [...within, ...(filter ?? [])].join(', '));
  const events = new EventView(engine, view, rows);
  events.update();
  return events.count;
}

/** @returns figures that lead somewhere */
function assertExact(engine: TraceEngine, picture: StatisticsPicture): number {
  let clickable = 0;
  for (const [what, figure] of figuresOf(picture)) {
    assert.ok((figure.filter === undefined) !== (figure.why === undefined), what);
    if (figure.filter === undefined) continue;
    clickable++;
    assert.equal(rowsAfter(engine, picture, figure), figure.count, `${what}: ${figure.filter.join(', ')}`);
  }
  return clickable;
}

function knownEngine(seed: number, count: number): TraceEngine {
  const engine = new TraceEngine();
  engine.addVantage({ name: 'node', role: 'client', addresses: [] });
  engine.openStream(0).push(captureOf(knownTraffic(seededRandom(seed), { count, spanNs: 2e9 })));
  engine.finish();
  return engine;
}

const FILTERS = [
  '',
  'qr == R',
  'qr == Q',
  'failed or slow',
  'rcode == NXDOMAIN',
  'not rcode == NOERROR',
  'latency > 5ms',
  'unanswered',
  'type in (A, TXT)',
  'none(rcode == NOERROR)',
  'size > 60',
  'example',
  'qr == R or latency < 3ms, server != 10.96.0.10',
];

describe('every figure leads to exactly the rows it counts', () => {
  test('of a cluster seen from several places', () => {
    fc.assert(
      fc.property(randomWorld, fc.constantFrom(...FILTERS), (world, filter) => {
        const engine = engineOf(world);
        assertExact(engine, pictureOf(engine, filter));
      }),
      { numRuns: 12 },
    );
  });

  test('of a capture with repeats, copies and answers that nobody asked for', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 2 ** 31 }), fc.constantFrom(...FILTERS), (seed, filter) => {
        const engine = knownEngine(seed, 30);
        assertExact(engine, pictureOf(engine, filter));
      }),
      { numRuns: 12 },
    );
  });
});

/** Packets of one capture, a millisecond apart; from the client unless said. */
function captured(
  ...packets: readonly (readonly [payload: Uint8Array, from?: 'client' | 'server', client?: string])[]
): TraceEngine {
  const capture = new CaptureBuilder({ nanos: true });
  packets.forEach(([payload, from = 'client', client = '10.244.1.1'], index) => {
    const timeNs = EPOCH_NS + BigInt(index) * 5_000_000n;
    capture.udp(
      from === 'client'
        ? { src: client, sport: 4000, dst: VIP, dport: 53, payload, timeNs }
        : { src: VIP, sport: 53, dst: client, dport: 4000, payload, timeNs },
    );
  });
  const engine = new TraceEngine();
  engine.setTopology(worldTopology);
  engine.addVantage({ name: 'node', role: 'client', addresses: [] });
  engine.openStream(0).push(capture.bytes());
  engine.finish();
  return engine;
}

/** A query whose name has these labels, byte for byte. */
function queryOf(id: number, ...labels: readonly string[]): Uint8Array {
  const head = dnsQuery({ id, name: '.' });
  const name = labels.flatMap((label) => [label.length, ...[...label].map((character) => character.charCodeAt(0))]);
  return Uint8Array.of(...head.subarray(0, 12), ...name, 0, 0, 1, 0, 1);
}

function nodeOf(picture: StatisticsPicture, id: string): StatisticsNode {
  const nodes: StatisticsNode[] = [...picture.tree];
  for (let node = nodes.pop(); node !== undefined; node = nodes.pop()) {
    if (node.id === id) return node;
    nodes.push(...node.children);
  }
  throw new Error(`No ${id}`);
}

describe('where no filter chooses what was counted', () => {
  test('repeats that differ from the first have a figure, and a reason instead of a filter', () => {
    const dns = { id: 7, name: 'a.example' };
    const long = Array.from({ length: 4 }, (_, k) => ({
      name: 'a.example',
      type: 'A' as const,
      data: `192.0.2.${String(k)}`,
    }));
    const engine = captured(
      [dnsQuery(dns)],
      [dnsQuery({ ...dns, flags: 0x2000 })],
      [dnsResponse(dns), 'server'],
      [dnsResponse({ ...dns, rcode: 'SERVFAIL' }), 'server'],
      [dnsResponse({ ...dns, rcode: 'NXDOMAIN', answers: long }), 'server'],
    );
    const picture = pictureOf(engine);
    const told = (id: string): readonly [number | undefined, boolean] => {
      const { figure } = nodeOf(picture, id);
      return [figure?.count, figure?.filter !== undefined];
    };
    assert.deepEqual(
      ['rcode/NOERROR', 'rcode/SERVFAIL', 'rcode/NXDOMAIN', 'opcode/QUERY', 'opcode/NOTIFY', 'type/A'].map(told),
      [
        [1, false],
        [1, false],
        [1, false],
        [4, false],
        [1, false],
        [5, true],
      ],
    );
    assert.deepEqual(['payload/0', 'payload/64'].map(told), [
      [4, false],
      [1, false],
    ]);
    assert.match(nodeOf(picture, 'rcode/SERVFAIL').figure?.why ?? '', /differ here from the first one/u);
    assertExact(engine, picture);
  });

  test('labels with dots in them', () => {
    const engine = captured([queryOf(1, 'a.b', 'example')], [queryOf(2, 'c', 'example')]);
    const picture = pictureOf(engine);
    assert.deepEqual(nodeOf(picture, 'names/2').figure, {
      count: 2,
      rows: 'messages',
      why: 'A filter cannot tell a label that has a dot in it from two labels',
    });
    assertExact(engine, picture);
    const plain = pictureOf(engine, 'name == c.example');
    assert.deepEqual(nodeOf(plain, 'names/2').figure?.filter, ['qr == Q', 'name ~ "^[^.]+[.][^.]+$"']);
    assertExact(engine, plain);
  });

  test('more clients than a filter can name', () => {
    const engine = captured(
      ...Array.from(
        { length: 130 },
        (_, k) => [dnsQuery({ id: k, name: 'a.example' }), 'client', `10.7.0.${String(k)}`] as const,
      ),
      [dnsQuery({ id: 900, name: 'a.example' }), 'client', POD],
    );
    const picture = pictureOf(engine);
    const namespaces = picture.tops.find(({ kind }) => kind === 'namespaces');
    assert.deepEqual(
      namespaces?.rows.map(({ label, queries }) => [label, queries.count, queries.filter ?? queries.why]),
      [
        ['not known', 130, 'A filter names clients by their addresses, and these are more than 100'],
        ['shop', 1, ['qr == Q', `src.addr == ${POD}`]],
      ],
    );
    assert.ok(picture.tops.find(({ kind }) => kind === 'clients')?.hasMore);
    assertExact(engine, picture);
  });
});

test('names that look like filters, and clients that ask themselves', () => {
  const labels = [
    '"',
    "'",
    '*',
    'a b',
    '&&',
    '||',
    '(x)',
    '\\',
    '{a,b}',
    '<b>',
    '\u001b[1m',
    'ns:shop',
    '~^.*$',
    'not',
    ',',
  ];
  const engine = captured(
    ...labels.map((label, id) => [queryOf(id, label, 'example')] as const),
    [queryOf(100)],
    [dnsQuery({ id: 101, name: 'self.example' }), 'client', VIP],
    [dnsResponse({ id: 101, name: 'self.example', rcode: 'REFUSED' }), 'server', VIP],
  );
  const picture = pictureOf(engine);
  assert.equal(picture.tops[0]?.rows.length, labels.length + 2);
  assert.ok(assertExact(engine, picture) > 4 * labels.length);
  assert.doesNotMatch(JSON.stringify(picture.tops.map(({ rows }) => rows.map(({ label }) => label))), /\\u001b/u);
});

test('what is counted of a story', () => {
  const story = watchedStory().withFaults(2);
  for (let at = 0; at < 20; at++)
    ask(story, { at: at * 100, took: 8, name: `n${String(at % 4)}.example.com`, answers: ['192.0.2.1'] });
  ask(story, { at: 2500, took: 2, name: 'no.example.com', rcode: 'REFUSED' });
  ask(story, { at: 2600, name: 'silent.example.com' });
  ask(story, { at: 9000, took: 160, name: 'last.example.com', rcode: 'NXDOMAIN' });
  const { engine } = story.run(undefined, (made) => made.setTopology(worldTopology));
  const picture = pictureOf(engine);
  const client = picture.tops.find(({ kind }) => kind === 'clients')?.rows.find(({ key }) => key === POD);
  assert.ok(client);
  const { label, detail, queries, nxdomain, errors, unanswered, p95Ns = 0 } = client;
  assert.deepEqual([label, detail], ['shop/order-service', POD]);
  // Each is seen where it leaves the pod and where CoreDNS receives it.
  assert.deepEqual(
    [queries, nxdomain, errors, unanswered].map(({ count }) => count),
    [46, 2, 2, 2],
  );
  assert.ok(Math.abs(p95Ns / 8e6 - 1) < 0.01, String(p95Ns));
  assert.equal(
    picture.times.reduce((sum, { count }) => sum + count, 0),
    nodeOf(picture, 'responseTime').figure?.count,
  );
  assert.deepEqual(
    picture.times.find(({ fromNs }) => fromNs === 1.5e8),
    {
      fromNs: 1.5e8,
      belowNs: 2e8,
      count: 1,
      filter: ['latency >= 150ms', 'latency < 200ms'],
    },
  );
  const filtered = pictureOf(engine, 'rcode == REFUSED');
  assert.deepEqual([filtered.messages, filtered.within], [4, ['rcode == REFUSED']]);
  assertExact(engine, picture);
});
