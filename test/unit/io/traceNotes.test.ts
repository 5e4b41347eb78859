/** A person's notes: checked at every border, saved with the trace, read again, told in the report, and in nothing that is redacted. */
import assert from 'node:assert/strict';
import * as fs from 'node:fs';
import * as os from 'node:os';
import * as path from 'node:path';
import { after, test } from 'node:test';
import fc from 'fast-check';
import type { TraceNote } from '../../../src/core/trace/traceNote.ts';
import type { VantageId } from '../../../src/core/trace/vantage.ts';
import { LocalTraceStore } from '../../../src/io/localTraceStore.ts';
import { saveLostTrace } from '../../../src/io/saveLostTrace.ts';
import { TraceWorkerClient } from '../../../src/io/traceWorkerClient.ts';
import { LONGEST_COMMENT } from '../../../src/protocol/sessionFile.ts';
import {
  asTraceNotes,
  LONGEST_NOTE,
  MOST_NOTES,
  notesComment,
  parseNotesComment,
} from '../../../src/protocol/traceNotes.ts';
import { asJson, asPanelMessage } from '../../../src/protocol/webview.ts';
import { exported, exportStory, storeOf } from '../../support/exportStory.ts';
import { EPOCH_NS } from '../../support/story.ts';

const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'dnscope-notes-'));
after(() => fs.rmSync(folder, { recursive: true, force: true }));

const START_US = Number(EPOCH_NS / 1000n);
const NOTES: readonly TraceNote[] = [
  { kind: 'hypothesis', atUs: START_US, text: 'The upstream loses it <script>' },
  { kind: 'action', atUs: START_US + 1_000_000, toUs: START_US + 2_000_000, text: 'Restarted \u202e CoreDNS\n# twice' },
];

const anyNote = fc
  .record({
    kind: fc.constantFrom('hypothesis', 'action', 'observation'),
    atUs: fc.integer({ min: 0, max: 9e15 }),
    lasts: fc.option(fc.integer({ min: 1, max: 1e9 }), { nil: undefined }),
    text: fc.string({ unit: 'binary', minLength: 1, maxLength: LONGEST_NOTE }).filter((text) => text.trim() !== ''),
  })
  .filter(({ atUs, lasts = 0, text }) => atUs + lasts <= 9e15 && text.length <= LONGEST_NOTE)
  .map(({ kind, atUs, lasts, text }): TraceNote => ({
    kind,
    atUs,
    ...(lasts === undefined ? {} : { toUs: atUs + lasts }),
    text,
  }));

test('notes survive the round through a comment, as many as fit', () => {
  fc.assert(
    fc.property(fc.array(anyNote, { maxLength: MOST_NOTES }), (notes) => {
      const sorted = asTraceNotes(notes);
      assert.equal(sorted.length, notes.length);
      const comment = notesComment(sorted);
      assert.ok((comment?.length ?? 0) <= LONGEST_COMMENT);
      const read = parseNotesComment(comment === undefined ? undefined : ['other', comment]);
      assert.deepEqual(read, sorted.slice(0, read.length));
      assert.ok(read.length === sorted.length || comment!.length > LONGEST_COMMENT / 2);
    }),
    { numRuns: 40 },
  );
});

test('whatever a file says, what is read of it is notes', () => {
  fc.assert(
    fc.property(fc.oneof(fc.string(), fc.json()), (body) => {
      const notes = parseNotesComment([`dnscope:notes:${body}`]);
      assert.deepEqual(asTraceNotes(notes), notes);
    }),
  );
  const many = Array.from({ length: MOST_NOTES + 5 }, (_, k) => ({ kind: 'action', atUs: k, text: 'x'.repeat(9000) }));
  const kept = asTraceNotes(many);
  assert.deepEqual([kept.length, kept[0]!.text.length], [MOST_NOTES, LONGEST_NOTE]);
  assert.deepEqual(
    asTraceNotes([
      { kind: 'deed', atUs: 1, text: 'x' },
      { kind: 'action', atUs: -1, text: 'x' },
    ]),
    [],
  );
  assert.deepEqual(asTraceNotes([{ kind: 'action', atUs: 5, toUs: 5, text: 'x' }]), [
    { kind: 'action', atUs: 5, text: 'x' },
  ]);
});

test('the panel may set sound notes in time order alone', () => {
  const asked = (notes: unknown): boolean =>
    asPanelMessage({ type: 'request', id: 1, request: { kind: 'notes/set', notes } }) !== undefined;
  assert.ok(asked(NOTES));
  assert.ok(asked([]));
  for (const notes of [undefined, 'x', [...NOTES].reverse(), [{ ...NOTES[0]!, text: 'x'.repeat(LONGEST_NOTE + 1) }]])
    assert.equal(asked(notes), false);
  assert.equal(asked(Array.from({ length: MOST_NOTES + 1 }, () => NOTES[0])), false);
});

test('notes are saved with the trace and are there when it is opened again', async () => {
  const store = storeOf(exportStory());
  await store.query({ kind: 'notes/set', notes: NOTES });
  assert.deepEqual((await store.query({ kind: 'panel/ready' })).notes, NOTES);
  const file = path.join(folder, 'noted.pcapng');
  await store.save(file);
  store.dispose();
  const reopened = new LocalTraceStore({ slowNs: 5e6 });
  await reopened.openFiles([file]);
  assert.deepEqual((await reopened.query({ kind: 'panel/ready' })).notes, NOTES);
  await reopened.clear();
  assert.deepEqual((await reopened.query({ kind: 'panel/ready' })).notes, NOTES);
  reopened.dispose();
});

test('notes of a live trace are there after its process died, the latest and no others', async () => {
  const keepIn = path.join(folder, 'traces');
  const store = new LocalTraceStore({ slowNs: 5e6, keepIn });
  const [capture] = exportStory().captures().values();
  await store.query({ kind: 'notes/set', notes: [NOTES[0]!] });
  store.addVantage(0 as VantageId, capture!.vantage);
  store.push(0 as VantageId, capture!.bytes);
  await store.query({ kind: 'notes/set', notes: [NOTES[0]!] });
  await store.query({ kind: 'notes/set', notes: NOTES });
  const left = fs.readdirSync(keepIn).map((name) => path.join(keepIn, name));
  // As it lies on disk in the middle of a line, which is what a crash leaves.
  fs.appendFileSync(path.join(left[0]!, 'notes.txt'), 'notes dnscope:notes:[{"kind":"obs');
  const file = path.join(folder, 'lost.pcapng');
  await saveLostTrace(left[0]!, file);
  store.dispose();
  const reopened = new LocalTraceStore({ slowNs: 5e6 });
  await reopened.openFiles([file]);
  assert.deepEqual((await reopened.query({ kind: 'panel/ready' })).notes, NOTES);
  reopened.dispose();
});

test('what the panel sends goes through the checks of the host and its thread, and comes back in the next snapshot', async () => {
  const client = new TraceWorkerClient(new URL('../../../src/worker/traceWorker.ts', import.meta.url), { slowNs: 5e6 });
  try {
    const sent = { type: 'request', id: 7, request: { kind: 'notes/set', notes: NOTES } };
    const request = asPanelMessage(structuredClone(sent))?.request;
    assert.ok(request?.kind === 'notes/set');
    assert.deepEqual(await client.query(request), { done: true });
    const push = asJson({ type: 'push', push: await client.query({ kind: 'panel/ready' }) });
    assert.deepEqual((push as { push?: { notes?: unknown } }).push?.notes, NOTES);
  } finally {
    client.dispose();
  }
});

test('the report tells them as text; what is redacted does not tell them', async () => {
  const store = storeOf(exportStory());
  await store.query({ kind: 'notes/set', notes: NOTES });
  const { text } = await exported(store, { format: 'markdown' });
  assert.match(text, /\n## Notes\n\n- 2025-11-21T04:40:00\.000Z, Hypothesis: The upstream loses it \\<script\\>\n/u);
  assert.match(text, /\n- \S+Z to \S+Z, Action: Restarted \S*u\\\{202e\\\} CoreDNS\S*u\\\{a\\\}\\# twice\n/u);
  for (const format of ['markdown', 'pcapng'] as const) {
    const redacted = await exported(store, { format, redactionKey: 'a'.repeat(32) });
    assert.ok(!redacted.text.includes('Restarted'), format);
  }
  store.dispose();
});
