import assert from 'node:assert/strict';
import * as fs from 'node:fs';
import * as os from 'node:os';
import * as path from 'node:path';
import { afterEach, beforeEach, test } from 'node:test';
import type { VantageId } from '../../../src/core/trace/vantage.ts';
import { LocalTraceStore } from '../../../src/io/localTraceStore.ts';
import { TraceWorkerClient } from '../../../src/io/traceWorkerClient.ts';
import type { TraceStore } from '../../../src/session/trace/traceStore.ts';
import { exportTopology } from '../../support/exportStory.ts';
import { ask, forward, UPSTREAM, VIP, watchedStory, type Story } from '../../support/story.ts';

let folder = '';
beforeEach(() => {
  folder = fs.mkdtempSync(path.join(os.tmpdir(), 'dnscope-test-'));
});
afterEach(() => {
  fs.rmSync(folder, { recursive: true, force: true });
});

function failingStory(): Story {
  const story = watchedStory();
  ask(story, { at: 0, took: 2, name: 'www.example.com', answers: ['192.0.2.1'] });
  forward(story, { at: 0.4, took: 1, name: 'www.example.com', answers: ['192.0.2.1'] });
  ask(story, { at: 100, took: 4002, name: 'myexternalendpoint.com', rcode: 'SERVFAIL' });
  forward(story, { at: 501, name: 'myexternalendpoint.com' });
  forward(story, { at: 2501, name: 'myexternalendpoint.com' });
  return story;
}

function feed(store: TraceStore, story: Story, cut: number): void {
  const captures = [...story.captures().values()];
  captures.forEach(({ vantage }, id) => {
    store.addVantage(id as VantageId, vantage);
  });
  captures.forEach(({ bytes }, id) => {
    for (let at = 0; at < bytes.length; at += cut) store.push(id as VantageId, bytes.slice(at, at + cut));
  });
}

test('rows of a live trace carry seed 001’s fields, with who is behind each address', async () => {
  const store = new LocalTraceStore({ slowNs: 5e6 });
  store.setTopology(exportTopology);
  feed(store, failingStory(), 100);
  const { view } = (await store.query({ kind: 'panel/ready' })).view;
  const [row] = (await store.query({ kind: 'rows/read', view, from: 0, to: 10 })).rows;
  assert.deepEqual(
    [row!.node, row!.namespace, row!.pod, row!.dst, row!.nameserver, row!.numAnswers, row!.addresses.join()],
    ['worker-seven', 'shop', 'order-service', 's/kube-system/kube-dns:53', VIP, 1, '192.0.2.1'],
  );
  const { upstreams } = await store.query({ kind: 'panel/ready' });
  assert.deepEqual(upstreams, [{ address: UPSTREAM, port: 53, queries: 3, answered: 1, unanswered: 2 }]);
  assert.match(row!.src, /^p\/shop\/order-service:\d+$/);
  store.dispose();
});

test('what is saved opens again, with the same rows, names, roles and findings', async () => {
  const store = new LocalTraceStore({ slowNs: 5e6 });
  store.setTopology(exportTopology);
  feed(store, failingStory(), 64);
  const file = path.join(folder, 'trace.pcapng');
  const saved = await store.save(file);
  assert.equal(saved.packets, 12);
  assert.equal(saved.bytes, fs.statSync(file).size);
  const before = await store.query({ kind: 'panel/ready' });
  store.dispose();

  const reopened = new LocalTraceStore({ slowNs: 5e6 });
  const [opened] = await reopened.openFiles([file]);
  assert.deepEqual([opened!.packets, opened!.truncated, opened!.problem], [12, false, undefined]);
  const after = await reopened.query({ kind: 'panel/ready' });
  assert.deepEqual(
    after.vantages.map(({ name, role }) => `${name} ${role}`),
    before.vantages.map(({ name, role }) => `${name} ${role}`),
  );
  assert.deepEqual(
    after.findings.map((finding) => finding.title),
    before.findings.map((finding) => finding.title),
  );
  const rows = await reopened.query({ kind: 'rows/read', view: after.view.view, from: 0, to: 10 });
  assert.equal(rows.rows[1]!.dst, 's/kube-system/kube-dns:53');
  reopened.dispose();
});

test('clearing while a capture runs goes on in the middle of a packet, and old packets are not saved', async () => {
  const store = new LocalTraceStore({ slowNs: 5e6 });
  const story = failingStory();
  const captures = [...story.captures().values()];
  captures.forEach(({ vantage }, id) => {
    store.addVantage(id as VantageId, vantage);
  });
  const first = captures[0]!.bytes;
  const cut = Math.floor(first.length / 2) + 7;
  store.push(0 as VantageId, first.slice(0, cut));
  const before = await store.query({ kind: 'panel/ready' });
  await store.clear();
  store.push(0 as VantageId, first.slice(cut));
  const after = await store.query({ kind: 'panel/ready' });
  assert.equal(after.generation, before.generation + 1);
  assert.equal(after.counts.packets, 4 - before.counts.packets);
  const saved = await store.save(path.join(folder, 'rest.pcapng'));
  assert.equal(saved.packets, after.counts.packets);
  await assert.rejects(store.query({ kind: 'rows/read', view: before.view.view, from: 0, to: 1 }), /view has changed/);
  store.dispose();
});

test('a restarted stream begins with a header again; offsets go on, so details still find their bytes', async () => {
  const store = new LocalTraceStore({ slowNs: 5e6 });
  const [pod] = [...failingStory().captures().values()];
  store.addVantage(0 as VantageId, pod!.vantage);
  store.push(0 as VantageId, pod!.bytes.slice(0, pod!.bytes.length - 30));
  store.restartStream(0 as VantageId);
  store.reportLoss(0 as VantageId, {
    packets: undefined,
    kind: 'gap',
    fromNs: 0n,
    toNs: 1n,
    reason: 'connection lost',
  });
  const again = watchedStory();
  ask(again, { at: 60_000, took: 1, name: 'again.example.com', answers: ['192.0.2.9'] });
  store.push(0 as VantageId, [...again.captures().values()][0]!.bytes);
  const snapshot = await store.query({ kind: 'panel/ready' });
  assert.equal(snapshot.loss.gaps, 1);
  const rows = (await store.query({ kind: 'rows/read', view: snapshot.view.view, from: 0, to: 10 })).rows;
  const last = rows.at(-1)!;
  assert.deepEqual([last.name, last.addresses.join()], ['again.example.com.', '192.0.2.9']);
  assert.equal((await store.save(path.join(folder, 'both.pcapng'))).packets, 5);
  store.dispose();
});

test('truncated, empty and foreign files say what they are', async () => {
  const whole = [...failingStory().captures().values()][0]!.bytes;
  const files = {
    truncated: whole.slice(0, whole.length - 20),
    empty: new Uint8Array(0),
    foreign: new TextEncoder().encode('this is a text, not a capture\n'),
  };
  for (const [name, bytes] of Object.entries(files)) fs.writeFileSync(path.join(folder, name), bytes);
  const store = new LocalTraceStore({ slowNs: 5e6 });
  const opened = await store.openFiles(
    Object.keys(files)
      .map((name) => path.join(folder, name))
      .concat(path.join(folder, 'absent')),
  );
  assert.deepEqual(
    opened.map((file) => [file.truncated, file.packets, file.problem?.code]),
    [
      [true, 3, undefined],
      [false, 0, 'empty-capture'],
      [false, 0, 'not-a-capture'],
      [false, 0, 'file-not-found'],
    ],
  );
  store.dispose();
});

test('a save that cannot be written leaves no half file and an old one unharmed', async () => {
  const store = new LocalTraceStore({ slowNs: 5e6 });
  feed(store, failingStory(), 1000);
  await assert.rejects(store.save(path.join(folder, 'no-such-folder', 'x.pcapng')), /could not be saved/);
  const taken = path.join(folder, 'taken');
  fs.mkdirSync(taken);
  await assert.rejects(store.save(taken), /could not be saved/);
  assert.deepEqual(fs.readdirSync(folder), ['taken']);
  store.dispose();
});

test('disposing deletes the spool', () => {
  const spools = (): readonly string[] =>
    fs.readdirSync(os.tmpdir()).filter((name) => name.startsWith(`dnscope-trace-${String(process.pid)}-`));
  const store = new LocalTraceStore({ slowNs: 5e6 });
  const before = spools().length;
  feed(store, failingStory(), 1000);
  assert.equal(spools().length, before + 1);
  store.dispose();
  assert.equal(spools().length, before);
});

test('behind a worker thread it tells the same, and every call settles after it is gone', async () => {
  const local = new LocalTraceStore({ slowNs: 5e6 });
  const entry = new URL('../../../src/worker/traceWorker.ts', import.meta.url);
  const remote = new TraceWorkerClient(entry, { slowNs: 5e6 });
  feed(local, failingStory(), 50);
  feed(remote, failingStory(), 50);
  const [mine, theirs] = await Promise.all([
    local.query({ kind: 'panel/ready' }),
    remote.query({ kind: 'panel/ready' }),
  ]);
  assert.deepEqual(theirs.counts, mine.counts);
  assert.deepEqual(theirs.findings, mine.findings);
  assert.equal(remote.backlogBytes, 0);
  remote.dispose();
  local.dispose();
  await assert.rejects(remote.query({ kind: 'panel/ready' }), /closed/);
});

test('a clear keeps filter and sort, and a second one does not bring cleared packets back', async () => {
  const store = new LocalTraceStore({ slowNs: 5e6 });
  feed(store, failingStory(), 500);
  await store.query({ kind: 'view/set', filter: 'servfail', sort: { column: 'name', descending: true } });
  await store.clear();
  await store.clear();
  const { view } = await store.query({ kind: 'panel/ready' });
  assert.equal(view.filter, 'servfail');
  assert.equal((await store.save(path.join(folder, 'nothing.pcapng'))).packets, 0);
  store.dispose();
});

test('when the last stream ends, what still waits settles', async () => {
  const store = new LocalTraceStore({ slowNs: 5e6 });
  const story = watchedStory();
  ask(story, { at: 0, name: 'lost.example.com' });
  ask(story, { at: 3000, took: 1, name: 'www.example.com', answers: ['192.0.2.1'] });
  feed(store, story, 500);
  assert.equal((await store.query({ kind: 'panel/ready' })).counts.pending, 1);
  store.endStream(0 as VantageId);
  store.endStream(1 as VantageId);
  const { counts } = await store.query({ kind: 'panel/ready' });
  assert.deepEqual([counts.pending, counts.failed], [0, 1]);
  store.dispose();
});

test('a broken filter keeps view and rows and names the column; completion knows the trace', async () => {
  const store = new LocalTraceStore({ slowNs: 5e6 });
  feed(store, failingStory(), 4096);
  const sound = await store.query({ kind: 'view/set', filter: 'servfail, took > 1s' });
  assert.deepEqual([sound.lookups, sound.terms, sound.problem], [1, ['servfail', 'took > 1s'], undefined]);
  const broken = await store.query({ kind: 'view/set', filter: 'servfail and took >' });
  assert.deepEqual([broken.view, broken.filter, broken.lookups], [sound.view, 'servfail, took > 1s', 1]);
  assert.deepEqual([broken.problem?.column, broken.problem?.expected], [20, 'a duration with its unit, such as 5ms']);
  assert.equal(store.snapshot().view.problem?.column, 20);
  assert.equal((await store.query({ kind: 'rows/read', view: sound.view, from: 0, to: 5 })).rows.length, 1);
  const { items } = await store.query({ kind: 'filter/complete', text: 'name == my', cursor: 10 });
  assert.deepEqual(
    items.map(({ insert }) => insert),
    ['myexternalendpoint.com.'],
  );
  const sorted = await store.query({ kind: 'view/set', filter: '(', sort: { column: 'name', descending: true } });
  assert.ok(sorted.view > sound.view && sorted.lookups === 1);
  store.dispose();
});

test('sorted rows stay in order while a trace goes on', async () => {
  const story = watchedStory();
  for (let i = 0; i < 30; i++)
    ask(story, { at: i * 100, took: 2, name: `n${String((i * 7) % 30)}.example.com`, answers: ['192.0.2.1'] });
  const store = new LocalTraceStore({ slowNs: 5e6 });
  try {
    const captures = [...story.captures().values()];
    captures.forEach(({ vantage }, id) => {
      store.addVantage(id as VantageId, vantage);
    });
    const half = (bytes: Uint8Array): number => bytes.length >> 1;
    captures.forEach(({ bytes }, id) => {
      store.push(id as VantageId, bytes.slice(0, half(bytes)));
    });
    await store.query({ kind: 'view/set', filter: 'n', sort: { column: 'name', descending: true } });
    captures.forEach(({ bytes }, id) => {
      store.push(id as VantageId, bytes.slice(half(bytes)));
    });
    const { view } = store.snapshot();
    const { rows } = await store.query({ kind: 'rows/read', view: view.view, from: 0, to: 100 });
    const shown = rows.map((row) => row.name);
    assert.equal(shown.length, 30);
    assert.deepEqual(shown, [...shown].sort().reverse());
  } finally {
    store.dispose();
  }
});

test('the number of a network namespace stays with its place when the trace is cleared, and is saved', async () => {
  const store = new LocalTraceStore({ slowNs: 5e6 });
  feed(store, failingStory(), 1000);
  store.noteNetns(0 as VantageId, 4_026_532_220);
  store.noteNetns(9 as VantageId, 1);
  await store.clear();
  const file = path.join(folder, 'netns.pcapng');
  await store.save(file);
  const numbers = (of: LocalTraceStore): readonly unknown[] => of.engine.trace.vantages.map(({ netns }) => netns);
  assert.deepEqual(numbers(store), [4_026_532_220, undefined]);
  store.dispose();
  const again = new LocalTraceStore({ slowNs: 5e6 });
  await again.openFiles([file]);
  assert.deepEqual(numbers(again), [4_026_532_220, undefined]);
  again.dispose();
});
