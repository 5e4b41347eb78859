import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { evaluateFindings } from '../../../src/core/findings/evaluateFindings.ts';
import { emptyTopology, type Topology } from '../../../src/core/topology/topology.ts';
import { TraceEngine } from '../../../src/core/trace/traceEngine.ts';
import { EVENT_SORT_COLUMNS, type EventSortColumn } from '../../../src/core/view/order/eventOrder.ts';
import { NODE_SORT_COLUMNS } from '../../../src/core/view/order/nodeOrder.ts';
import { EventView } from '../../../src/core/view/eventView.ts';
import { LEG_TITLES } from '../../../src/core/view/legWords.ts';
import { LookupView } from '../../../src/core/view/lookupView.ts';
import type { EventLevel, GridRow, MessageRow, TransactionRow } from '../../../src/core/view/rows.ts';
import { COREDNS, POD, UPSTREAM, VIP, watchedStory, type Leg, type Story } from '../../support/story.ts';
import { KUBE_DNS, placedPod } from '../../support/storyTopology.ts';

type EventRow = TransactionRow | MessageRow;

const TYPES: Readonly<Record<string, number>> = { A: 1, AAAA: 28, SRV: 33 };
const RCODES: Readonly<Record<string, number>> = { NOERROR: 0, SERVFAIL: 2, NXDOMAIN: 3, REFUSED: 5 };
const NO_VALUE = Infinity;

const rcodeOf = (row: EventRow): number => (row.rcode === '' ? NO_VALUE : RCODES[row.rcode]!);

/** Who, then the port. */
function endpoint(text: string): readonly (string | number)[] {
  const colon = text.lastIndexOf(':');
  return [text.slice(0, colon), Number(text.slice(colon + 1))];
}

function resultOf(row: EventRow): readonly number[] {
  if (row.state === 'unanswered') return [6];
  if (row.state === 'pending' || (row.kind === 'message' && row.qr === 'Q')) return [0];
  if (row.state === 'unsolicited') return [3, rcodeOf(row)];
  if (row.state === 'late') return [4, rcodeOf(row)];
  return [row.rcode === 'NOERROR' ? 1 : row.rcode === 'NXDOMAIN' ? 2 : 5, rcodeOf(row)];
}

/** What a row is sorted by, from what it shows. */
function shownBy(column: EventSortColumn, row: EventRow): readonly (string | number)[] {
  switch (column) {
    case 'time':
      return [row.timeUs];
    case 'node':
    case 'namespace':
    case 'vantage':
    case 'qr':
    case 'name':
      return [row[column]];
    case 'src':
    case 'dst':
      return endpoint(row[column]);
    case 'id':
      return [row.dnsId];
    case 'qtype':
      return [TYPES[row.qtype]!];
    case 'leg':
      return [LEG_TITLES.indexOf(row.leg)];
    case 'outcome':
      return resultOf(row);
    case 'rcode':
      return [rcodeOf(row)];
    case 'latency':
      return [row.latencyNs ?? NO_VALUE];
    case 'server':
      return [row.nameserver];
    case 'answers':
      return [row.numAnswers ?? NO_VALUE];
    case 'proto':
      return [row.proto === 'TCP' ? 1 : 0];
    case 'queries':
      return [row.retransmissions];
    case 'size':
    case 'packet':
      return [row.kind === 'message' ? row[column] : 0];
    case 'confidence':
      return [['exact', 'strong', 'inferred'].indexOf(row.joined)];
    case 'seenNode':
    case 'packetType':
    case 'srcAddress':
    case 'srcPort':
    case 'dstAddress':
    case 'dstPort':
      return [row.kind === 'message' ? row[column] : 0];
    case 'netns':
      return [row.kind === 'message' ? (row.netns ?? NO_VALUE) : 0];
    case 'pid':
    case 'tid':
    case 'command':
    case 'uid':
      return [row.kind === 'message' ? (row.process?.[column] ?? NO_VALUE) : 0];
  }
}

function compared(left: readonly (string | number)[], right: readonly (string | number)[]): number {
  for (let i = 0; i < left.length; i++) if (left[i] !== right[i]) return left[i]! < right[i]! ? -1 : 1;
  return 0;
}

const legs: fc.Arbitrary<readonly Leg[]> = fc.array(
  fc
    .record({
      at: fc.nat(8000),
      took: fc.option(fc.integer({ min: 1, max: 7000 }), { nil: undefined }),
      way: fc.constantFrom(
        { client: POD, server: VIP, vantage: 'shop/order-service' },
        { client: '127.0.0.1', server: VIP, vantage: 'shop/order-service' },
        { client: POD, server: COREDNS, vantage: 'kube-system/coredns-1' },
        { client: COREDNS, server: UPSTREAM, vantage: 'kube-system/coredns-1' },
        { client: '10.244.3.3', server: COREDNS, vantage: 'kube-system/coredns-1' },
      ),
      port: fc.integer({ min: 40_000, max: 40_004 }),
      id: fc.nat(5),
      name: fc.constantFrom('a.example.com', 'b.example.com', 'c.shop.svc.cluster.local'),
      type: fc.constantFrom('A', 'AAAA'),
      rcode: fc.constantFrom('NOERROR', 'SERVFAIL', 'NXDOMAIN', 'REFUSED'),
      answers: fc.constantFrom([], ['192.0.2.1'], ['192.0.2.1', '192.0.2.2']),
      proto: fc.constantFrom('udp' as const, 'tcp' as const),
      queryLost: fc.boolean(),
    })
    .map(({ way, took, type, answers, ...rest }) => ({
      ...rest,
      ...way,
      type,
      answers: type === 'A' ? answers : [],
      ...(took === undefined ? {} : { took }),
    })),
  { minLength: 1, maxLength: 40 },
);

const storyOf = (told: readonly Leg[]): Story =>
  told.reduce((story, leg) => story.leg(leg), watchedStory().withFaults(100));

const TOPOLOGY: Topology = {
  ...emptyTopology,
  pods: [
    placedPod('shop/order-service', POD, { node: 'worker-2' }),
    placedPod('kube-system/coredns-1', COREDNS, { role: 'coredns', node: 'worker-1' }),
  ],
  services: [KUBE_DNS],
};

/** A trace that grows: `more` feeds the rest of each capture. */
function growing(story: Story, isNamed: boolean): { readonly engine: TraceEngine; readonly more: () => void } {
  const engine = new TraceEngine();
  const captures = [...story.captures().values()];
  for (const { vantage, bytes } of captures)
    engine.addVantage(vantage, (offset, length) => bytes.slice(offset, offset + length));
  if (isNamed) engine.setTopology(TOPOLOGY);
  const streams = captures.map((_, index) => engine.openStream(index));
  captures.forEach(({ bytes }, index) => streams[index]!.push(bytes.slice(0, bytes.length >> 1)));
  engine.refresh();
  const more = (): void => {
    captures.forEach(({ bytes }, index) => {
      streams[index]!.push(bytes.slice(bytes.length >> 1));
      streams[index]!.end();
    });
    engine.finish();
    engine.refresh();
  };
  return { engine, more };
}

const isEvent = (row: GridRow): row is EventRow => row.kind !== 'lookup';
const rowsOf = (view: EventView): readonly EventRow[] => view.read(0, view.count).filter(isEvent);
const ids = (rows: readonly EventRow[]): readonly number[] => rows.map(({ id }) => id);

test('rows in the order of any column are those of a stable sort by what they show, also after the trace grew', () => {
  fc.assert(
    fc.property(
      legs,
      fc.constantFrom<EventLevel>('transactions', 'messages'),
      fc.constantFrom(...EVENT_SORT_COLUMNS),
      fc.constantFrom('', 'rcode == SERVFAIL or qr == Q', 'name:a'),
      fc.boolean(),
      fc.boolean(),
      (told, level, column, filter, descending, isNamed) => {
        // What a message alone shows.
        fc.pre(level === 'messages' || !NODE_SORT_COLUMNS.some((one) => one === column));
        const { engine, more } = growing(storyOf(told), isNamed);
        const lookups = new LookupView(engine);
        lookups.update(evaluateFindings(engine));
        lookups.set(filter, undefined);
        const [plain, sorted] = [new EventView(engine, lookups, level), new EventView(engine, lookups, level)];
        const check = (): void => {
          const naive = rowsOf(plain).toSorted(
            (a, b) => compared(shownBy(column, a), shownBy(column, b)) || a.id - b.id,
          );
          const rows = rowsOf(sorted);
          assert.deepEqual(ids(rows), ids(descending ? naive.reverse() : naive));
          assert.ok(rows.every(({ index }, at) => index === at));
        };
        plain.update();
        sorted.set({ column, descending });
        check();
        more();
        lookups.update(evaluateFindings(engine));
        plain.update();
        sorted.update();
        check();
      },
    ),
    { numRuns: 120 },
  );
});

test('the next failure follows the order on screen', () => {
  fc.assert(
    fc.property(
      legs,
      fc.constantFrom<EventLevel>('transactions', 'messages'),
      fc.constantFrom(...EVENT_SORT_COLUMNS),
      fc.boolean(),
      fc.nat(100),
      (told, level, column, descending, from) => {
        const { engine, more } = growing(storyOf(told), true);
        more();
        const lookups = new LookupView(engine);
        lookups.update(evaluateFindings(engine));
        const view = new EventView(engine, lookups, level);
        view.set({ column, descending });
        const plain = new EventView(engine, lookups, level);
        plain.update();
        const failed = new Set<number>();
        for (let at = plain.nextFailure(0); at >= 0 && !failed.has(at); at = plain.nextFailure(at + 1)) failed.add(at);
        const rows = rowsOf(view);
        const start = from % Math.max(1, rows.length);
        const turned = [...rows.slice(start), ...rows.slice(0, start)];
        assert.equal(view.nextFailure(start), turned.find(({ id }) => failed.has(id))?.index ?? -1);
      },
    ),
  );
});

test('turning the order round takes no work, another column does', () => {
  const { engine, more } = growing(
    storyOf([
      {
        at: 0,
        took: 3,
        client: POD,
        port: 1,
        server: VIP,
        id: 1,
        name: 'a.example.com',
        vantage: 'shop/order-service',
      },
    ]),
    false,
  );
  more();
  const lookups = new LookupView(engine);
  lookups.update(evaluateFindings(engine));
  const view = new EventView(engine, lookups, 'messages');
  const steps = (sort: NonNullable<EventView['sort']>): number => [...view.setting(sort)].length;
  assert.ok(steps({ column: 'size', descending: false }) > 0);
  assert.equal(steps({ column: 'size', descending: true }), 0);
  assert.deepEqual(ids(rowsOf(view)), [1, 0]);
  assert.ok(steps({ column: 'packet', descending: true }) > 0);
});
