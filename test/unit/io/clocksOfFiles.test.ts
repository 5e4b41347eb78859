/** How much is read, and how much is held, to bring captures of several clocks into one time: told by rows, not by the time it takes. */
import assert from 'node:assert/strict';
import * as fs from 'node:fs';
import * as os from 'node:os';
import * as path from 'node:path';
import { afterEach, beforeEach, test } from 'node:test';
import * as zlib from 'node:zlib';
import { TraceEngine } from '../../../src/core/trace/traceEngine.ts';
import { readCaptureFiles } from '../../../src/io/captureFiles.ts';
import { shiftedCapture } from '../../support/shiftedCapture.ts';
import { ask, watchedStory } from '../../support/story.ts';

const LOOKUPS = 2000;
const AHEAD_NS = 90_000_000_000n;

const story = watchedStory();
for (let k = 0; k < LOOKUPS; k++)
  ask(story, { at: k * 10, took: 4, name: `n${String(k % 50)}.example.com`, answers: ['192.0.2.1'] });
const [pod, coredns] = [...story.captures().values()].map(({ bytes }) => bytes) as [Uint8Array, Uint8Array];

let folder = '';
beforeEach(() => {
  folder = fs.mkdtempSync(path.join(os.tmpdir(), 'dnscope-test-'));
});
afterEach(() => {
  fs.rmSync(folder, { recursive: true, force: true });
});

function put(name: string, bytes: Uint8Array): string {
  fs.writeFileSync(path.join(folder, name), bytes);
  return path.join(folder, name);
}

/** Messages that each engine held, in the order in which they were made, and what the clocks are apart by, in seconds. */
async function rowsRead(
  files: readonly string[],
  probedPackets: number,
): Promise<{ readonly rows: readonly number[]; readonly apart: number; readonly lookups: number }> {
  const engines: TraceEngine[] = [];
  const makeEngine = (): TraceEngine => {
    const engine = new TraceEngine();
    engines.push(engine);
    return engine;
  };
  const { engine, close } = await readCaptureFiles(makeEngine, files, { probedPackets });
  engine.finish();
  const [first, second] = engine.trace.vantages.map((state) => state.clock!);
  close();
  return {
    rows: engines.map(({ trace }) => trace.messages.length),
    apart: (first!.offsetNs - second!.offsetNs) / 1e9,
    lookups: engine.counts.lookups,
  };
}

test('clocks are compared on the beginnings of the captures, and all is read once, with corrected times', async () => {
  assert.ok(pod.length > 200_000, 'the captures have to be larger than what is read of them at a time');
  const together = await rowsRead([put('p.pcap', pod), put('c.pcap', coredns)], 400);
  for (const [first, second] of [
    [put('pod.pcap', shiftedCapture(pod, AHEAD_NS)), put('coredns.pcap', coredns)],
    [put('pod.gz', zlib.gzipSync(shiftedCapture(pod, AHEAD_NS))), put('coredns.zst', zlib.zstdCompressSync(coredns))],
  ] as const) {
    const { rows, apart, lookups } = await rowsRead([first, second], 400);
    assert.equal(rows.length, 2);
    assert.equal(rows[1], LOOKUPS * 4);
    assert.ok(rows[0]! >= 400 && rows[0]! < LOOKUPS * 2, String(rows[0]));
    assert.equal(Math.round(apart * 100) / 100, 90);
    assert.equal(lookups, together.lookups);
  }
});

test('captures whose beginnings have nothing in common are read again, when all of them is known', async () => {
  // The pod's capture begins with what CoreDNS's did not see.
  const alone = watchedStory();
  for (let k = 0; k < 1500; k++) ask(alone, { at: k, took: 0.5, name: 'before.example.com', answers: ['192.0.2.1'] });
  const before = [...alone.captures().values()][0]!.bytes;
  const longer = Buffer.concat([shiftedCapture(before, -60_000_000_000n), shiftedCapture(pod, 0n).subarray(24)]);
  const { rows, apart } = await rowsRead(
    [put('pod.pcap', shiftedCapture(longer, AHEAD_NS)), put('coredns.pcap', coredns)],
    400,
  );
  assert.equal(rows.length, 3);
  assert.equal(rows[1], rows[2]);
  assert.equal(Math.round(apart * 100) / 100, 90);
});
