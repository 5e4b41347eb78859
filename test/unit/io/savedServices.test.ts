/** Answers are held against the Services of the cluster; a trace that is saved, found again or redacted tells the same of them as the live one. */
import assert from 'node:assert/strict';
import * as fs from 'node:fs';
import * as os from 'node:os';
import * as path from 'node:path';
import { afterEach, beforeEach, test } from 'node:test';
import { evaluateFindings } from '../../../src/core/findings/evaluateFindings.ts';
import type { Topology, TopologyService } from '../../../src/core/topology/topology.ts';
import { TraceEngine } from '../../../src/core/trace/traceEngine.ts';
import type { VantageId } from '../../../src/core/trace/vantage.ts';
import { readCaptureFiles } from '../../../src/io/captureFiles.ts';
import { LocalTraceStore } from '../../../src/io/localTraceStore.ts';
import { saveLostTrace } from '../../../src/io/saveLostTrace.ts';
import { exported, exportTopology } from '../../support/exportStory.ts';
import { ask, watchedStory, type Story } from '../../support/story.ts';

let folder = '';
const stores: LocalTraceStore[] = [];
beforeEach(() => {
  folder = fs.mkdtempSync(path.join(os.tmpdir(), 'dnscope-test-'));
});
afterEach(() => {
  for (const store of stores.splice(0)) store.dispose();
  fs.rmSync(folder, { recursive: true, force: true });
});

/** A namespace that is also the name of a top-level domain. */
function service(name: string, more: Partial<TopologyService> = {}): TopologyService {
  return { namespace: 'dev', name, addresses: ['10.96.7.7'], isDns: false, endpoints: ['10.244.2.1'], ...more };
}

const CART = service('cart');
const UNASKED = service('unasked', { addresses: ['10.96.8.8'] });

function clusterOf(...services: readonly TopologyService[]): Topology {
  return { ...exportTopology, services: [...exportTopology.services, ...services] };
}

function asking(...answers: readonly string[]): Story {
  const story = watchedStory();
  answers.forEach((address, n) => {
    ask(story, { at: n * 1000, took: 1, name: 'cart.dev.svc.cluster.local', answers: [address] });
  });
  return story;
}

const WRONG = '10.96.0.99';
const TOLD = ['answers-not-endpoints not-in-topology-other-address'];

function toldBy(engine: TraceEngine): readonly string[] {
  return evaluateFindings(engine).findings.map(({ id, cause }) => `${id} ${cause}`);
}

async function reopened(file: string): Promise<TraceEngine> {
  const { engine, close } = await readCaptureFiles(() => new TraceEngine(), [file]);
  engine.finish();
  close();
  return engine;
}

async function saved(store: LocalTraceStore): Promise<TraceEngine> {
  const file = path.join(folder, 'saved.pcapng');
  await store.save(file);
  return reopened(file);
}

/** A trace that runs. */
function live(story: Story, topology: Topology, keepIn?: string): LocalTraceStore {
  const store = new LocalTraceStore({ slowNs: 5e6, ...(keepIn === undefined ? {} : { keepIn }) });
  stores.push(store);
  store.setTopology(topology);
  const captures = [...story.captures().values()];
  captures.forEach(({ vantage }, id) => {
    store.addVantage(id as VantageId, vantage);
  });
  captures.forEach(({ bytes }, id) => {
    store.push(id as VantageId, bytes);
  });
  store.snapshot();
  return store;
}

test('a wrong answer for a Service is told again by the saved trace, which holds the Services that were asked and no others', async () => {
  const store = live(asking(WRONG, WRONG), clusterOf(CART, UNASKED));
  assert.deepEqual(toldBy(store.engine), TOLD);
  const again = await saved(store);
  assert.deepEqual(toldBy(again), TOLD);
  const names = again.topology.topology.services.map(({ name }) => name);
  assert.deepEqual(names, ['kube-dns', 'cart']);
});

test('so is an answer with an endpoint that a headless Service does not have', async () => {
  const headless = service('cart', { addresses: [], kind: 'headless' });
  const answers = Array.from({ length: 40 }, () => '10.244.9.9');
  const store = live(asking(...answers), clusterOf(headless));
  assert.deepEqual(toldBy(store.engine), TOLD);
  assert.deepEqual(toldBy(await saved(store)), TOLD);
});

test('what a Service had earlier in the trace is no fault after saving either, and saving once more', async () => {
  const store = live(asking(WRONG), clusterOf(service('cart', { addresses: [WRONG] })));
  store.setTopology(clusterOf(CART));
  assert.deepEqual(toldBy(store.engine), []);
  const again = await saved(store);
  assert.deepEqual(toldBy(again), []);
  assert.deepEqual(again.topology.serviceNamed('cart.dev.svc.cluster.local.')?.earlier, [WRONG, '10.244.2.1']);
  const opened = new LocalTraceStore({ slowNs: 5e6 });
  stores.push(opened);
  await opened.openFiles([path.join(folder, 'saved.pcapng')]);
  assert.deepEqual(toldBy(await saved(opened)), []);
});

test('a trace whose process died tells it too', async () => {
  const kept = path.join(folder, 'kept');
  live(asking(WRONG, WRONG), clusterOf(CART), kept);
  const file = path.join(folder, 'lost.pcapng');
  await saveLostTrace(path.join(kept, fs.readdirSync(kept)[0]!), file);
  assert.deepEqual(toldBy(await reopened(file)), TOLD);
});

test('a redacted trace tells it under pseudonyms, and keeps silent where Services are left out', async () => {
  const leavingOut: Topology = { ...clusterOf(CART), leavesServicesOut: true };
  for (const [topology, told] of [
    [clusterOf(CART), TOLD],
    [leavingOut, []],
  ] as const) {
    const store = live(asking(WRONG, WRONG), topology);
    const { whole } = await exported(store, { format: 'pcapng', redactionKey: 'a secret of more than sixteen bytes' });
    const file = path.join(folder, 'redacted.pcapng');
    fs.writeFileSync(file, whole);
    assert.deepEqual(toldBy(await reopened(file)), told);
    const clear = Buffer.from(whole).toString('latin1');
    for (const secret of ['cart', '"dev"', CART.addresses[0]!, CART.endpoints[0]!, WRONG])
      assert.ok(!clear.includes(secret), secret);
  }
});
