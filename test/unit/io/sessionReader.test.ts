/** A session file that was cut, damaged, or written by another version: never a throw, and always what was readable. */
import assert from 'node:assert/strict';
import * as fs from 'node:fs';
import * as os from 'node:os';
import * as path from 'node:path';
import { after, before, test } from 'node:test';
import type { VantageId } from '../../../src/core/trace/vantage.ts';
import { LocalTraceStore } from '../../../src/io/localTraceStore.ts';
import { formatComment, parseFormatComment, SESSION_FORMAT } from '../../../src/protocol/sessionFile.ts';
import type { OpenedFile } from '../../../src/session/trace/traceStore.ts';
import { exported, exportStory, storeOf } from '../../support/exportStory.ts';
import { savedTraceReader } from '../../support/hostileReaders.ts';
import { CURL, HOST_NETNS, nodeCapture, POD_NETNS } from '../../support/nodeStory.ts';
import { mutated, rotatingSeed, seededRandom } from '../../support/rotatingSeed.ts';

let folder = '';
let session: Uint8Array;
before(async () => {
  folder = fs.mkdtempSync(path.join(os.tmpdir(), 'dnscope-session-'));
  const store = storeOf(exportStory());
  const at = store.engine.trace.epochNs(0);
  store.reportLoss(0 as VantageId, { packets: 3, kind: 'kernel', fromNs: at, toNs: at, reason: 'drops' });
  store.setUnwatched(['kube-system/coredns-2']);
  store.engine.dnsChanges.add([{ atNs: at, text: 'CoreDNS pod coredns-2 came' }]);
  session = Uint8Array.from((await exported(store, { format: 'pcapng' })).whole);
  store.dispose();
});
after(() => {
  fs.rmSync(folder, { recursive: true, force: true });
});

interface Reopened {
  readonly opened: OpenedFile;
  readonly names: readonly string[];
  readonly losses: number;
  readonly unwatched: readonly string[];
  readonly changes: readonly string[];
  readonly owner: string;
}

async function reopen(bytes: Uint8Array): Promise<Reopened> {
  const file = path.join(folder, 'session.pcapng');
  fs.writeFileSync(file, bytes);
  const store = new LocalTraceStore({ slowNs: 5e6 });
  const [opened] = await store.openFiles([file]);
  const { trace, topology } = store.engine;
  const result = {
    opened: opened!,
    names: trace.vantages.map((state) => `${state.vantage.name} ${state.vantage.role}`),
    losses: trace.vantages.reduce((sum, state) => sum + state.dropped, 0),
    unwatched: trace.unwatched,
    changes: store.engine.dnsChanges.all.map(({ text }) => text),
    owner: topology.shortName('10.244.1.12'),
  };
  store.dispose();
  return result;
}

/** Where each packet's block begins, and the end of the last. */
function packetStarts(): readonly number[] {
  const starts: number[] = [];
  const view = new DataView(session.buffer);
  for (let at = 0; at < session.length; at += view.getUint32(at + 4, true))
    if (view.getUint32(at, true) === 6) starts.push(at);
  return [...starts, session.length];
}

test('cut anywhere behind its head it reopens up to the cut, with all names, roles and losses', async () => {
  const starts = packetStarts();
  const whole = await reopen(session);
  assert.deepEqual(whole.changes, ['CoreDNS pod coredns-2 came']);
  assert.deepEqual([whole.opened.packets, whole.opened.truncated, whole.opened.problem], [15, false, undefined]);
  for (let packets = 0; packets < starts.length - 1; packets++) {
    const start = starts[packets]!;
    for (const cut of [start, start + 7, start + 33, starts[packets + 1]! - 1]) {
      const { opened, ...facts } = await reopen(session.slice(0, cut));
      assert.deepEqual([opened.packets, opened.truncated], [packets, cut > start], `cut at ${String(cut)}`);
      assert.equal(opened.problem, undefined);
      assert.deepEqual({ ...facts, opened: undefined }, { ...whole, opened: undefined });
    }
  }
});

test('cut within its head it is a capture without packets, and no error', async () => {
  const head = packetStarts()[0]!;
  for (let cut = 4; cut < head; cut += 211) {
    const { opened } = await reopen(session.slice(0, cut));
    assert.deepEqual([opened.packets, opened.problem], [0, undefined], `cut at ${String(cut)}`);
  }
});

test('a newer version is read and told, an older one without a mark is version 1, a capture has none', async () => {
  assert.equal(parseFormatComment([formatComment()]), SESSION_FORMAT);
  assert.equal(parseFormatComment(['dnscope:topology:{}']), 1);
  assert.equal(parseFormatComment(['something else']), undefined);
  assert.equal(parseFormatComment(['dnscope:format:{"version":"2"}']), undefined);
  const newer = Buffer.from(session).toString('latin1').replace('{"version":1}', '{"version":2}');
  const { opened, names } = await reopen(Buffer.from(newer, 'latin1'));
  assert.deepEqual([opened.packets, opened.problem?.code], [15, 'newer-session']);
  assert.deepEqual(names, ['shop/order-service client', 'kube-system/coredns-1 coredns']);
});

test('100,000 damaged sessions: no throw', (t) => {
  const seed = rotatingSeed();
  t.diagnostic(`DNSCOPE_SEED=${String(seed)}`);
  const random = seededRandom(seed);
  let values = 0;
  const reader = savedTraceReader(session);
  for (let round = 0; round < 100_000; round++) values += Number(reader.read(reader.make(random), random));
  // Most of most files is still read: the damage does not hide behind an early refusal.
  assert.ok(values > 400_000, String(values));
});

test('100 damaged sessions opened as traces: no throw, and rows for what was readable', async (t) => {
  const seed = rotatingSeed();
  t.diagnostic(`DNSCOPE_SEED=${String(seed)}`);
  const random = seededRandom(seed);
  for (let round = 0; round < 100; round++) {
    const { opened } = await reopen(mutated(session, random));
    assert.ok(opened.packets >= 0);
  }
});

test('processes, network namespaces and what else was said of a packet are there again when the trace was saved', async () => {
  const file = path.join(folder, 'node.pcapng');
  fs.writeFileSync(file, nodeCapture());
  const facts = async (at: string): Promise<{ readonly saved: Uint8Array; readonly facts: readonly unknown[] }> => {
    const store = new LocalTraceStore({ slowNs: 5e6 });
    await store.openFiles([at]);
    const { trace } = store.engine;
    const facts = [
      trace.vantages.map(({ netns }) => netns),
      trace.vantages.map((state) => [1, 2, 3, 4].map((packet) => trace.processes.of(state.processes.of(packet)))),
      trace.vantages.map(({ comments }) => [...comments]),
    ];
    const saved = Uint8Array.from((await exported(store, { format: 'pcapng' })).whole);
    store.dispose();
    return { saved, facts };
  };
  const first = await facts(file);
  assert.deepEqual(first.facts[0], [POD_NETNS, HOST_NETNS, undefined]);
  assert.deepEqual((first.facts[1] as unknown[][])[0], [CURL, CURL, CURL, CURL]);
  const again = path.join(folder, 'node-again.pcapng');
  fs.writeFileSync(again, first.saved);
  assert.deepEqual((await facts(again)).facts, first.facts);
});
