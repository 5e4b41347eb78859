/** What the node level shows of a message, and that filter, order, exports and saved traces have the same. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { evaluateFindings } from '../../../src/core/findings/evaluateFindings.ts';
import { gadgetEvents } from '../../../src/core/export/gadgetEvent.ts';
import type { TraceEngine } from '../../../src/core/trace/traceEngine.ts';
import { EventView } from '../../../src/core/view/eventView.ts';
import { LookupView } from '../../../src/core/view/lookupView.ts';
import { NODE_SORT_COLUMNS, type NodeSortColumn } from '../../../src/core/view/order/nodeOrder.ts';
import type { MessageRow } from '../../../src/core/view/rows.ts';
import { CURL, engineOf, HOST_NETNS, nodeCapture, POD_NETNS } from '../../support/nodeStory.ts';
import { COREDNS, POD, VIP } from '../../support/story.ts';

function rowsOf(engine: TraceEngine, filter = '', column?: NodeSortColumn): readonly MessageRow[] {
  const lookups = new LookupView(engine);
  lookups.update(evaluateFindings(engine));
  assert.equal(lookups.set(filter, undefined), true);
  const view = new EventView(engine, lookups, 'messages');
  view.set(column === undefined ? undefined : { column, descending: false });
  return view.read(0, 100).filter((row) => row.kind === 'message');
}

interface Event {
  readonly netns_id: number;
  readonly exepath: string;
  readonly proc: { readonly comm: string; readonly pid: number; readonly tid: number; readonly creds: object };
}

const eventsOf = (engine: TraceEngine): readonly Event[] =>
  [...gadgetEvents(engine, undefined)].map((line) => JSON.parse(line) as Event);

const way = ({ netns, srcAddress, srcPort, dstAddress, dstPort, qr, packetType }: MessageRow): readonly unknown[] => [
  netns,
  `${srcAddress}:${String(srcPort)}`,
  `${dstAddress}:${String(dstPort)}`,
  qr,
  packetType,
];

test('a query is followed through the node: namespace by namespace, before and after the translation', () => {
  const rows = rowsOf(engineOf(nodeCapture()), 'name == www.example.com');
  assert.deepEqual(rows.map(way), [
    [POD_NETNS, `${POD}:40000`, `${VIP}:53`, 'Q', 'OUTGOING'],
    [HOST_NETNS, `${POD}:40000`, `${VIP}:53`, 'Q', 'OTHERHOST'],
    [HOST_NETNS, `${POD}:40000`, `${COREDNS}:53`, 'Q', 'OTHERHOST'],
    [undefined, `${POD}:40000`, `${COREDNS}:53`, 'Q', 'HOST'],
    [undefined, `${COREDNS}:53`, `${POD}:40000`, 'R', 'OUTGOING'],
    [HOST_NETNS, `${COREDNS}:53`, `${POD}:40000`, 'R', 'OTHERHOST'],
    [HOST_NETNS, `${VIP}:53`, `${POD}:40000`, 'R', 'OTHERHOST'],
    [POD_NETNS, `${VIP}:53`, `${POD}:40000`, 'R', 'HOST'],
  ]);
  assert.deepEqual(
    rows.map(({ process }) => process),
    [CURL, ...new Array<undefined>(6).fill(undefined), CURL],
    'only what a source told',
  );
  assert.deepEqual(
    rows.map(({ seenNode }) => seenNode),
    ['worker-1', 'worker-1', 'worker-1', '', '', 'worker-1', 'worker-1', 'worker-1'],
  );
});

test('the names of Inspektor Gadget filter by all of it', () => {
  const engine = engineOf(nodeCapture());
  const count = (filter: string): number => rowsOf(engine, filter).length;
  assert.equal(rowsOf(engine).length, 16);
  const found: Readonly<Record<string, number>> = {
    'netns_id==4026532220': 8,
    'netns_id==4026532220,dst.addr==10.244.0.5': 2,
    'netns != 4026532220': 4,
    'k8s.node==worker-1': 12,
    'pkt_type==OUTGOING,qr==Q': 2,
    'proc.pid==4711': 4,
    'pid!=4711': 0,
    'proc.comm==CURL,qr==R': 2,
    'comm:ur': 4,
    'not proc.comm==curl': 12,
    'exepath~^/usr/': 4,
    'proc.creds.uid>=1000 and tid==4712': 4,
  };
  for (const [filter, expected] of Object.entries(found)) assert.equal(count(filter), expected, filter);
  assert.equal(rowsOf(engineOf(nodeCapture({ pid: 1 })), 'comm!=curl').length, 0, 'no command is no other command');
});

test('rows sort by each of its columns, those of whom nothing is known last', () => {
  const engine = engineOf(nodeCapture());
  for (const column of NODE_SORT_COLUMNS) {
    const rows = rowsOf(engine, '', column);
    const valueOf = (row: MessageRow): string | number | undefined =>
      column === 'pid' || column === 'tid' || column === 'command' || column === 'uid'
        ? row.process?.[column]
        : row[column];
    const values = rows.map(valueOf);
    const sorted = values.toSorted((a, b) => (a! < b! ? -1 : a! > b! ? 1 : 0));
    assert.deepEqual(values, sorted, column);
    assert.equal(values.length, 16);
  }
});

test('exported events have what is known, and empty places for the rest', () => {
  const [first, second] = eventsOf(engineOf(nodeCapture()));
  assert.equal(first!.netns_id, POD_NETNS);
  assert.equal(first!.exepath, '/usr/bin/curl');
  assert.deepEqual(first!.proc, {
    comm: 'curl',
    creds: { gid: 0, group: '', uid: 1000, user: 'app' },
    mntns_id: 0,
    parent: { comm: '', pid: 0 },
    pid: 4711,
    tid: 4712,
  });
  assert.deepEqual([second!.netns_id, second!.proc.comm, second!.proc.pid], [HOST_NETNS, '', 0]);
});

test('a command with controls in it is made visible, in rows and in exports', () => {
  const engine = engineOf(nodeCapture({ pid: 1, command: 'a\u001b[31m\u202eb' }));
  const [row] = rowsOf(engine);
  const isHarmless = (text: string): boolean => !text.includes('\u001b') && !text.includes('\u202e');
  assert.ok(isHarmless(row!.process!.command!));
  assert.ok(isHarmless(eventsOf(engine)[0]!.proc.comm));
  assert.ok(rowsOf(engine, `proc.comm == "${row!.process!.command!}"`).length > 0, 'filtered for as it is shown');
});
