/** A reopened trace may not claim more than the live one did: what was not seen is saved with what was. */
import assert from 'node:assert/strict';
import * as fs from 'node:fs';
import * as os from 'node:os';
import * as path from 'node:path';
import { afterEach, beforeEach, test } from 'node:test';
import type { VantageId } from '../../../src/core/trace/vantage.ts';
import { LocalTraceStore } from '../../../src/io/localTraceStore.ts';
import type { TraceSnapshot } from '../../../src/protocol/webview.ts';
import { ask, COREDNS, EPOCH_NS, POD, Story, VIP } from '../../support/story.ts';

let folder = '';
const stores: LocalTraceStore[] = [];
beforeEach(() => {
  folder = fs.mkdtempSync(path.join(os.tmpdir(), 'dnscope-test-'));
});
afterEach(() => {
  for (const store of stores.splice(0)) store.dispose();
  fs.rmSync(folder, { recursive: true, force: true });
});

const CLIENT = 0 as VantageId;
const SERVER = 1 as VantageId;

/** CoreDNS listened all the time, from before the first packet, and none came. */
function nothingArrives(): Story {
  const story = new Story()
    .vantage('shop/order-service', 'client', POD)
    .vantage('kube-system/coredns-1', 'coredns', COREDNS);
  const lost = { client: POD, port: 43_000, server: VIP, id: 500, name: 'www.example.com' };
  return story
    .leg({ ...lost, at: 1000, vantage: 'shop/order-service' })
    .leg({ ...lost, at: 6000, vantage: 'shop/order-service' })
    .leg({ ...lost, port: 43_001, id: 501, at: 9000, vantage: 'shop/order-service' });
}

test('a CoreDNS pod that listened and saw no packet at all counts as watched, live, when it has ended, and reopened', async () => {
  const store = newStore();
  const captures = [...nothingArrives().captures().values()];
  captures.forEach(({ vantage }, id) => {
    store.addVantage(id as VantageId, vantage);
  });
  store.tick(EPOCH_NS);
  const header = 24;
  captures.forEach(({ bytes }, id) => {
    store.push(id as VantageId, bytes.slice(0, header));
  });
  store.push(CLIENT, captures[0]!.bytes.slice(header));
  store.tick(EPOCH_NS + 9_000_000_000n);
  store.tick(EPOCH_NS + 20_000_000_000n);
  const lost = ['dropped-before-coredns exact'];
  assert.deepEqual(told(store.snapshot()), lost);
  store.endStream(CLIENT);
  store.endStream(SERVER);
  assert.deepEqual(told(store.snapshot()), lost);
  assert.deepEqual(told((await reopened(store)).snapshot()), lost);
});

/** A query that leaves the pod and reaches no CoreDNS, among others that do. */
function lostStory(role: 'coredns' | 'unknown' = 'coredns'): Story {
  const story = new Story()
    .vantage('shop/order-service', 'client', POD)
    .vantage('kube-system/coredns-1', role, COREDNS);
  ask(story, { at: 0, took: 1, name: 'kubernetes.default.svc.cluster.local', answers: ['10.96.0.1'] });
  const lost = { client: POD, port: 43_000, server: VIP, id: 500, name: 'www.example.com' };
  story.leg({ ...lost, at: 1000, vantage: 'shop/order-service' });
  ask(story, { at: 9000, took: 1, name: 'kubernetes.default.svc.cluster.local', answers: ['10.96.0.1'] });
  return story;
}

function newStore(): LocalTraceStore {
  const store = new LocalTraceStore({ slowNs: 5e6 });
  stores.push(store);
  return store;
}

function live(story: Story, prepare: (store: LocalTraceStore) => void = () => undefined): LocalTraceStore {
  const store = newStore();
  const captures = [...story.captures().values()];
  captures.forEach(({ vantage }, id) => {
    store.addVantage(id as VantageId, vantage);
  });
  prepare(store);
  captures.forEach(({ bytes }, id) => {
    store.push(id as VantageId, bytes);
  });
  captures.forEach((_, id) => {
    store.endStream(id as VantageId);
  });
  store.engine.finish();
  return store;
}

async function reopened(store: LocalTraceStore, name = 'trace.pcapng'): Promise<LocalTraceStore> {
  const file = path.join(folder, name);
  await store.save(file);
  const again = newStore();
  const [opened] = await again.openFiles([file]);
  assert.deepEqual([opened!.problem, opened!.truncated], [undefined, false]);
  return again;
}

function told(snapshot: TraceSnapshot): readonly string[] {
  return snapshot.findings.map((finding) => `${finding.id} ${finding.confidence}`);
}

test('without loss the claim is exact, live and reopened', async () => {
  const store = live(lostStory());
  assert.deepEqual(told(store.snapshot()), ['dropped-before-coredns exact']);
  assert.deepEqual(told((await reopened(store)).snapshot()), ['dropped-before-coredns exact']);
});

test('a claim that loss made inferred stays inferred, also when the reopened trace is saved again', async () => {
  const store = live(lostStory(), (into) => {
    into.reportLoss(CLIENT, { packets: undefined, kind: 'gap', fromNs: 10n, toNs: 20n, reason: 'connection lost' });
    into.reportLoss(CLIENT, { packets: undefined, kind: 'gap', fromNs: 20n, toNs: 30n, reason: 'interrupted' });
    into.reportLoss(SERVER, { packets: 3, kind: 'kernel', fromNs: 0n, toNs: 5n, reason: 'kernel dropped packets' });
  });
  const before = store.snapshot();
  assert.deepEqual(told(before), ['dropped-before-coredns inferred']);
  const once = await reopened(store);
  const twice = await reopened(once, 'again.pcapng');
  for (const again of [once, twice]) {
    const after = again.snapshot();
    assert.deepEqual(told(after), told(before));
    assert.deepEqual([after.loss.packets, after.loss.gaps], [before.loss.packets, before.loss.gaps]);
    assert.deepEqual([after.loss.packets, after.loss.gaps], [3, 1]);
    assert.deepEqual(
      again.engine.trace.vantages.map((state) => state.losses),
      [
        [{ packets: undefined, kind: 'gap', fromNs: 10n, toNs: 30n, reason: 'connection lost' }],
        [{ packets: 3, kind: 'kernel', fromNs: 0n, toNs: 5n, reason: 'kernel dropped packets' }],
      ],
    );
  }
});

test('a CoreDNS pod that was not watched still forbids the claim', async () => {
  const store = live(lostStory(), (into) => {
    into.setUnwatched(['kube-system/coredns-2']);
  });
  assert.deepEqual(told(store.snapshot()), ['unanswered inferred']);
  const again = await reopened(store);
  assert.deepEqual(again.engine.trace.unwatched, ['kube-system/coredns-2']);
  assert.deepEqual(told(again.snapshot()), told(store.snapshot()));
});

test('a guessed role comes back as a guess, and what rests on it as inferred', async () => {
  const store = live(lostStory('unknown'));
  const before = store.snapshot();
  assert.deepEqual(told(before), ['dropped-before-coredns inferred']);
  const again = await reopened(store);
  const after = again.snapshot();
  assert.deepEqual(
    again.engine.trace.vantages.map((state) => state.vantage.role),
    ['client', 'unknown'],
  );
  assert.deepEqual(
    after.vantages.map((view) => view.role),
    ['client', 'coredns'],
  );
  assert.deepEqual(told(after), told(before));
});

test('files opened together leave each loss with its own vantage, and unwatched what any left unwatched', async () => {
  const files = ['a', 'b'].map((name) => path.join(folder, `${name}.pcapng`));
  for (const [index, file] of files.entries()) {
    const store = live(lostStory(), (into) => {
      const packets = index + 1;
      into.reportLoss(SERVER, { packets, kind: 'kernel', fromNs: 0n, toNs: 0n, reason: 'kernel dropped packets' });
      into.setUnwatched(['kube-system/coredns-2', `kube-system/only-${String(index)}`]);
    });
    await store.save(file);
  }
  const together = newStore();
  await together.openFiles(files);
  const { vantages, unwatched } = together.engine.trace;
  const byName = vantages.map((state) => `${state.vantage.name} ${String(state.dropped)}`).sort();
  assert.deepEqual(byName, [
    'kube-system/coredns-1 1',
    'kube-system/coredns-1 2',
    'shop/order-service 0',
    'shop/order-service 0',
  ]);
  assert.deepEqual([...unwatched].sort(), ['kube-system/coredns-2', 'kube-system/only-0', 'kube-system/only-1']);
});
