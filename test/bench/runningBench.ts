/**
 * `node test/bench/runningBench.ts` after `npm run build`: the panel while packets come in. From a packet that reaches the extension to its row
 * on the screen at 1,000 packets a second (a row is there when it or a later one has been painted at the end of the list), and from a key in
 * the filter field to what it changed at 85,000. The trace's worker thread, its snapshots and the shipped panel in Chromium are real;
 * between host and panel lies the browser's debugging channel instead of VS Code's.
 */
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { pathToFileURL } from 'node:url';
import { repositoryRoot } from '../../scripts/paths.ts';
import type { VantageId } from '../../src/core/trace/vantage.ts';
import { TraceWorkerClient } from '../../src/io/traceWorkerClient.ts';
import { type Reply, asJson, asPanelMessage } from '../../src/protocol/webview.ts';
import type { TraceQuery } from '../../src/session/trace/traceStore.ts';
import { toProblem } from '../../src/base/problem.ts';
import { CaptureBuilder, dnsQuery, dnsResponse } from '../support/packetBuilder.ts';
import { openPanelPage, type PanelPage } from '../support/panelPage.ts';
import { POD, VIP } from '../support/story.ts';
import { tell } from './percentiles.ts';

const SECONDS = 10;
const KEYS = 60;
const TICK_MS = 200;
const PCAP_HEADER = 24;
const PCAP_RECORD = 16;
const VANTAGE = 0 as VantageId;

export async function benchRunningPanel(): Promise<void> {
  const entry = pathToFileURL(path.join(repositoryRoot, 'dist/traceWorker.cjs'));
  const store = new TraceWorkerClient(entry, { slowNs: 1e9 });
  const opening = openPanelPage((message) => void answer(message));
  const answer = async (message: unknown): Promise<void> => {
    const asked = asPanelMessage(message);
    if (asked === undefined || asked.request.kind === 'action/run') return;
    const reply = await store.query<TraceQuery>(asked.request).then(
      (value): Reply => ({ id: asked.id, ok: true, value }),
      (error: unknown): Reply => ({ id: asked.id, ok: false, problem: toProblem(error, 'unexpected') }),
    );
    // The page asks before it is told to be there.
    await (await opening).send(asJson({ type: 'reply', reply }));
  };
  const panel = await opening;
  try {
    store.addVantage(VANTAGE, { name: 'shop/order-service', role: 'client', addresses: [POD] });
    store.setSource({ kind: 'live', title: 'Bench', state: 'running', problems: [] });
    store.onDidChange((push) => void panel.send(asJson({ type: 'push', push })));
    store.push(VANTAGE, new CaptureBuilder({ format: 'pcap', nanos: true }).bytes());
    await panel.page.locator('.verdict').waitFor();
    tell('packet to row at 1,000 packets/s', await arrivals(store, panel), 250);
    tell('input delay at 85,000 packets/s', await inputDelays(store, panel), 50);
  } finally {
    store.dispose();
    await panel[Symbol.asyncDispose]();
  }
}

/** Lookups of two packets each, until the work is done: told how many are due after so many milliseconds. */
async function feed(
  store: TraceWorkerClient,
  packetsASecond: number,
  push: (lookups: number) => void,
  until: Promise<unknown>,
): Promise<void> {
  let isOver = false;
  void until.finally(() => (isOver = true));
  const begun = performance.now();
  let pushed = 0;
  for (let nextTick = begun; !isOver; await sleep(10)) {
    const due = Math.floor(((performance.now() - begun) * packetsASecond) / 2000) - pushed;
    push(due);
    pushed += due;
    if (performance.now() < nextTick) continue;
    store.tick(nowNs());
    nextTick += TICK_MS;
  }
}

async function arrivals(store: TraceWorkerClient, { page }: PanelPage): Promise<readonly number[]> {
  await page.evaluate(watchRows);
  const sent: number[] = [];
  const push = (lookups: number): void => {
    if (lookups > 0) store.push(VANTAGE, capture(sent.length, lookups));
    for (let count = 0; count < lookups; count++) sent.push(nowMs());
  };
  await feed(store, 1000, push, sleep(SECONDS * 1000));
  await sleep(1000);
  const painted = await page.evaluate(() => (window as unknown as { painted: [number, number][] }).painted);
  let at = 0;
  return sent.map((then, number) => {
    while (at < painted.length && painted[at]![0] < number) at++;
    return (painted[at]?.[1] ?? Number.POSITIVE_INFINITY) - then;
  });
}

async function inputDelays(store: TraceWorkerClient, { page }: PanelPage): Promise<readonly number[]> {
  await page.locator('.combo-input').focus();
  await page.evaluate(watchKeys);
  // The same thousand lookups again and again, each time now: making them anew would cost more than tracing them.
  const thousand = capture(0, 1000);
  let due = 0;
  const push = (lookups: number): void => {
    for (due += lookups; due >= 1000; due -= 1000) {
      const again = thousand.slice();
      setTimes(again);
      store.push(VANTAGE, again);
    }
  };
  const typing = (async () => {
    await sleep(2000);
    for (let key = 0; key < KEYS; key++) {
      await page.keyboard.press(key % 8 === 7 ? 'Backspace' : 'n');
      await sleep(50);
    }
  })();
  await feed(store, 85_000, push, typing);
  return page.evaluate(() => (window as unknown as { delays: readonly number[] }).delays);
}

const nowMs = (): number => performance.timeOrigin + performance.now();
const nowNs = (): bigint => BigInt(Math.round(nowMs() * 1000)) * 1000n;

/** Queries and their responses without the file's header, as they come from a pod's capture. */
function capture(first: number, lookups: number): Uint8Array {
  const builder = new CaptureBuilder({ format: 'pcap', nanos: true });
  for (let number = first; number < first + lookups; number++) {
    const spec = { id: number & 0xffff, name: `n${String(number)}.example.com`, type: 'A' };
    const timeNs = nowNs();
    const sport = 1024 + (number % 60_000);
    builder.udp({ timeNs, src: POD, sport, dst: VIP, dport: 53, payload: dnsQuery(spec) });
    const back = { src: VIP, sport: 53, dst: POD, dport: sport };
    builder.udp({ timeNs: timeNs + 200_000n, ...back, payload: dnsResponse({ ...spec, answers: [] }) });
  }
  return builder.bytes().slice(PCAP_HEADER);
}

/** pcap records with nanoseconds, little-endian (pcap-savefile(5)): packets a microsecond apart, from now on. */
function setTimes(records: Uint8Array): void {
  const view = new DataView(records.buffer, records.byteOffset, records.byteLength);
  let time = nowNs();
  for (let at = 0; at < records.length; at += PCAP_RECORD + view.getUint32(at + 8, true)) {
    view.setUint32(at, Number(time / 1_000_000_000n), true);
    view.setUint32(at + 4, Number(time % 1_000_000_000n), true);
    time += 1000n;
  }
}

/** In the browser: after each paint, the last row on the screen and when it was seen. */
function watchRows(): void {
  const painted: [number, number][] = [];
  Object.assign(window, { painted });
  const { port1, port2 } = new MessageChannel();
  port1.onmessage = () => {
    const names = document.querySelectorAll('.grid-row:not([aria-busy]) .cell-name');
    const numbers = [...names].map((cell) => Number(/n(\d+)\.example/.exec(cell.textContent ?? '')?.[1] ?? -1));
    const last = Math.max(-1, ...numbers);
    if (last > (painted.at(-1)?.[0] ?? -1)) painted.push([last, performance.timeOrigin + performance.now()]);
  };
  const look = (): void => {
    port2.postMessage(undefined);
    requestAnimationFrame(look);
  };
  requestAnimationFrame(look);
}

/** In the browser: from each key to the paint after it. */
function watchKeys(): void {
  const delays: number[] = [];
  Object.assign(window, { delays });
  document.querySelector('.combo-input')!.addEventListener('keydown', (event) => {
    requestAnimationFrame(() => {
      const { port1, port2 } = new MessageChannel();
      port1.onmessage = () => delays.push(performance.now() - event.timeStamp);
      port2.postMessage(undefined);
    });
  });
}

if (import.meta.main) await benchRunningPanel();
