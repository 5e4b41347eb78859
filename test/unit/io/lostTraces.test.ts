import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import * as fs from 'node:fs';
import * as os from 'node:os';
import * as path from 'node:path';
import * as readline from 'node:readline';
import { afterEach, beforeEach, test } from 'node:test';
import { setImmediate } from 'node:timers/promises';
import { TraceEngine } from '../../../src/core/trace/traceEngine.ts';
import type { VantageId } from '../../../src/core/trace/vantage.ts';
import { readCaptureFiles } from '../../../src/io/captureFiles.ts';
import { KeptTrace } from '../../../src/io/keptTrace.ts';
import { LocalTraceStore } from '../../../src/io/localTraceStore.ts';
import { LostTraceFiles } from '../../../src/io/lostTraceFiles.ts';
import { forgetTrace, isLost, leaveTraces, lostTraces } from '../../../src/io/lostTraces.ts';
import { saveLostTrace } from '../../../src/io/saveLostTrace.ts';
import { TraceWorkerClient } from '../../../src/io/traceWorkerClient.ts';
import { exportStory, storeOf } from '../../support/exportStory.ts';

let folder = '';
let kept = '';
beforeEach(() => {
  folder = fs.mkdtempSync(path.join(os.tmpdir(), 'dnscope-test-'));
  kept = path.join(folder, 'traces');
});
afterEach(() => {
  fs.rmSync(folder, { recursive: true, force: true });
});

/** Writes a trace in another process and kills that in the middle of a packet. */
async function killedWriter(): Promise<void> {
  const writer = spawn(process.execPath, [path.join(import.meta.dirname, '../../support/keptTraceWriter.ts'), kept], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  await once(writer.stdout, 'data');
  const lost = lostTraces(kept);
  writer.kill('SIGKILL');
  assert.ok(
    !lost.some(({ folder: one }) => one.includes(`trace-${String(writer.pid)}-`)),
    'a trace that runs is not lost',
  );
  await once(writer, 'exit');
}

test('a trace whose process was killed reopens up to the last whole packet, with names, roles and losses', async () => {
  await killedWriter();
  const [lost, ...others] = lostTraces(kept);
  assert.equal(others.length, 0);
  assert.equal(lost!.title, 'shop/order-service');
  const file = path.join(folder, 'lost.pcapng');
  const { packets } = await saveLostTrace(lost!.folder, file);
  const { engine, files, close } = await readCaptureFiles(() => new TraceEngine(), [file]);
  engine.finish();
  close();
  const whole = storeOf(exportStory());
  assert.equal(packets, whole.engine.trace.totals.packets);
  assert.equal(files[0]!.state.packets, packets);
  assert.deepEqual(engine.counts, whole.engine.counts);
  assert.deepEqual(
    engine.trace.vantages.map(({ vantage }) => vantage),
    whole.engine.trace.vantages.map(({ vantage }) => vantage),
  );
  whole.dispose();
  assert.deepEqual(engine.trace.unwatched, ['kube-system/coredns-2']);
  assert.equal(engine.trace.vantages[0]!.losses[0]!.reason, 'buffer was full');
  assert.equal(engine.topology.shortName('10.96.0.10'), 'kube-system/kube-dns');
  forgetTrace(lost!.folder);
  assert.deepEqual(lostTraces(kept), []);
});

test('losses without end, and notes longer than are read, cost no packets', async () => {
  const [capture] = exportStory().captures().values();
  const trace = new KeptTrace(kept);
  trace.open(0, capture!.vantage).append(capture!.bytes);
  const losses = 20_000;
  for (let n = 0; n < losses; n++)
    trace.loss(0, { packets: 1, kind: 'kernel', fromNs: BigInt(n), toNs: BigInt(n), reason: 'buffer was full' });
  const running = path.join(kept, fs.readdirSync(kept)[0]!);
  const notes = path.join(running, 'notes.txt');
  assert.ok(fs.statSync(notes).size < 200_000, String(fs.statSync(notes).size));
  fs.appendFileSync(notes, `${'cleared x'.padEnd(1023)}\n`.repeat(17_000));
  const file = path.join(folder, 'lost.pcapng');
  assert.ok((await saveLostTrace(running, file)).packets > 0);
  const { engine, close } = await readCaptureFiles(() => new TraceEngine(), [file]);
  close();
  const counted = engine.trace.vantages[0]!.losses.reduce((sum, { packets }) => sum + (packets ?? 0), 0);
  assert.ok(counted > losses * 0.9 && counted <= losses, String(counted));
  trace.dispose();
});

test('the trace’s thread makes the file, so that the editor goes on meanwhile', async () => {
  await killedWriter();
  const [lost] = lostTraces(kept);
  const client = new TraceWorkerClient(new URL('../../../src/worker/traceWorker.ts', import.meta.url), { slowNs: 5e6 });
  try {
    const file = path.join(folder, 'lost.pcapng');
    const { packets } = await client.saveLostTrace(lost!.folder, file);
    const [opened] = await client.openFiles([file]);
    assert.ok(packets > 0);
    assert.equal(opened!.packets, packets);
    await assert.rejects(
      client.saveLostTrace(lost!.folder, path.join(folder, 'nowhere', 'x.pcapng')),
      /could not be saved/u,
    );
  } finally {
    client.dispose();
  }
});

test('damaged notes cost what they say, and nothing throws', async () => {
  await killedWriter();
  const [lost] = lostTraces(kept);
  const file = path.join(lost!.folder, 'notes.txt');
  const lines = fs.readFileSync(file, 'utf8').split('\n');
  fs.writeFileSync(
    file,
    [
      'segment 9 5',
      'losses 7 dnscope:losses:[{}]',
      'cleared -1',
      'title {',
      'vantage 5 x',
      ...lines,
      'segment 0 99999999999',
      'vantage 2 dnscope:vantage:{"name":"x","role":"client","addresses":[]}',
      'cleared 1',
    ].join('\n'),
  );
  const target = path.join(folder, 'lost.pcapng');
  assert.ok((await saveLostTrace(lost!.folder, target)).packets > 0);
  fs.writeFileSync(file, Buffer.from([0xff, 0, 10, 0xfe]));
  assert.equal((await saveLostTrace(lost!.folder, target)).packets, 0);
});

test('a trace that is closed leaves nothing, one of last week is deleted unasked', async () => {
  const store = keptStore();
  assert.equal(fs.readdirSync(kept).length, 1);
  assert.equal(fs.statSync(path.join(kept, fs.readdirSync(kept)[0]!)).mode & 0o77, 0);
  store.dispose();
  assert.deepEqual(fs.readdirSync(kept), []);
  await killedWriter();
  assert.equal(lostTraces(kept, Date.now() + 6 * 24 * 3600e3).length, 1);
  assert.equal(lostTraces(kept, Date.now() + 8 * 24 * 3600e3).length, 0);
  assert.deepEqual(fs.readdirSync(kept), []);
});

test('what a cleared trace had is not brought back', async () => {
  const store = new LocalTraceStore({ slowNs: 5e6, keepIn: kept });
  const [capture] = exportStory().captures().values();
  store.addVantage(0 as VantageId, capture!.vantage);
  store.push(0 as VantageId, capture!.bytes);
  await store.clear();
  const [running] = fs.readdirSync(kept);
  const file = path.join(folder, 'lost.pcapng');
  assert.equal((await saveLostTrace(path.join(kept, running!), file)).packets, 0);
  store.dispose();
});

test('a dead process that nobody buried counts as dead', async () => {
  const writer = path.join(import.meta.dirname, '../../support/keptTraceWriter.ts');
  // The shell becomes a program that never asks how its child ended.
  const parent = spawn(
    'sh',
    ['-c', '"$0" "$1" "$2" & echo $! && exec sleep 1000 >/dev/null', process.execPath, writer, kept],
    {
      stdio: ['ignore', 'pipe', 'inherit'],
    },
  );
  try {
    const lines = readline.createInterface({ input: parent.stdout });
    const [pid] = (await once(lines, 'line')) as [string];
    await once(lines, 'line');
    assert.deepEqual(lostTraces(kept), []);
    process.kill(Number(pid), 'SIGKILL');
    await once(lines, 'close');
    // Where its state cannot be read, its silence tells.
    const seenMs = process.platform === 'linux' ? 0 : 61_000;
    while (lostTraces(kept, Date.now() + seenMs).length === 0) await setImmediate();
    assert.doesNotThrow(() => process.kill(Number(pid), 0), 'its id is still in use');
  } finally {
    parent.kill('SIGKILL');
  }
});

test('a process id in use says nothing once the notes were not renewed for a minute', async () => {
  const [capture] = exportStory().captures().values();
  const trace = new KeptTrace(kept, 1);
  trace.open(0, capture!.vantage).append(capture!.bytes);
  const running = path.join(kept, fs.readdirSync(kept)[0]!);
  assert.deepEqual([lostTraces(kept).length, isLost(running)], [0, false]);
  for (const aside of [-3600, 3600]) {
    setTime(path.join(running, 'notes.txt'), aside);
    // It lives, so it says so.
    while (isLost(running)) await setImmediate();
  }
  trace.dispose();
  assert.equal(isLost(running), false, 'it is gone');
  const silent = new KeptTrace(kept, 3600e3);
  silent.open(0, capture!.vantage).append(capture!.bytes);
  assert.equal(lostTraces(kept, Date.now() + 50_000).length, 0);
  assert.equal(lostTraces(kept, Date.now() + 70_000).length, 1);
  silent.dispose();
});

test('a folder that was made a moment ago is left alone', () => {
  const made = path.join(kept, `trace-${String(process.pid)}-abcdef`);
  fs.mkdirSync(made, { recursive: true });
  assert.deepEqual(lostTraces(kept), []);
  assert.ok(fs.existsSync(made));
  setTime(made, -3600);
  assert.deepEqual(lostTraces(kept), []);
  assert.ok(!fs.existsSync(made));
});

test('a window that closes leaves its traces to the next one', () => {
  const store = keptStore();
  leaveTraces(kept);
  store.push(0 as VantageId, exportStory().captures().values().next().value!.bytes);
  store.dispose();
  const [left, ...others] = lostTraces(kept);
  assert.ok(left !== undefined && left.bytes > 0 && isLost(left.folder));
  assert.deepEqual(others, []);
});

test('a trace that was saved or cleared is lost only with what came after', async () => {
  const [capture] = exportStory().captures().values();
  for (const settle of [(store: LocalTraceStore) => store.save(path.join(folder, 'saved.pcapng')), clear]) {
    const store = keptStore();
    await settle(store);
    leaveTraces(kept);
    assert.deepEqual(fs.readdirSync(kept), []);
    store.dispose();
    const more = keptStore();
    await settle(more);
    more.push(0 as VantageId, capture!.bytes.slice(24));
    leaveTraces(kept);
    const [left] = lostTraces(kept);
    assert.ok(left !== undefined);
    forgetTrace(left.folder);
    more.dispose();
  }
});

test('a trace without packets is none', () => {
  const [capture] = exportStory().captures().values();
  const store = new LocalTraceStore({ slowNs: 5e6, keepIn: kept });
  store.addVantage(0 as VantageId, capture!.vantage);
  store.push(0 as VantageId, capture!.bytes.slice(0, 24));
  leaveTraces(kept);
  assert.deepEqual(fs.readdirSync(kept), []);
  store.dispose();
});

test('a recovered trace is a file beside, named after what was traced, and lost no more', async () => {
  await killedWriter();
  await killedWriter();
  const entry = new URL('../../../src/worker/traceWorker.ts', import.meta.url);
  const files = new LostTraceFiles(kept, () => new TraceWorkerClient(entry, { slowNs: 5e6 }));
  const [lost, other] = files.list();
  const hostile = await files.recover({ ...other!, title: '../../..\u202e' });
  assert.match(path.relative(kept, hostile), /^recovered[/\\]trace-\d[^/\\]*$/u);
  const file = await files.recover(lost!);
  assert.match(path.relative(kept, file), /^recovered[/\\]shop-order-service-\d{4}-[\dTZ-]+\.pcapng$/u);
  assert.deepEqual(files.list(), []);
  await assert.rejects(files.recover(lost!), /another window/u);
  const old = 8 * 24 * 3600;
  setTime(file, -old);
  files.list();
  assert.deepEqual([fs.existsSync(file), fs.existsSync(hostile)], [false, true]);
});

test('another window’s running trace is neither recovered nor forgotten', async () => {
  const store = keptStore();
  const files = new LostTraceFiles(kept, () => assert.fail('no thread is needed'));
  const trace = { folder: path.join(kept, fs.readdirSync(kept)[0]!), title: '', endedMs: 0, bytes: 1 };
  await assert.rejects(files.recover(trace), /still writes it/u);
  files.forget(trace);
  assert.ok(fs.existsSync(trace.folder));
  store.dispose();
});

const clear = (store: LocalTraceStore): Promise<void> => store.clear();

/** @param seconds from now */
function setTime(file: string, seconds: number): void {
  const time = Date.now() / 1000 + seconds;
  fs.utimesSync(file, time, time);
}

function keptStore(): LocalTraceStore {
  const store = new LocalTraceStore({ slowNs: 5e6, keepIn: kept });
  [...exportStory().captures().values()].forEach(({ vantage, bytes }, id) => {
    store.addVantage(id as VantageId, vantage);
    store.push(id as VantageId, bytes);
  });
  return store;
}
