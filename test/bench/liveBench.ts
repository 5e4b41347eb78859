/**
 * The live path on one core: packets of one stream in pieces as a pod's stream brings them, verdicts and the row budget kept up after each,
 * and every 100 ms, or less often when it takes long, what a live trace does then (settle what waited long enough, evaluate all findings).
 * Counted is the processor time of this thread alone, so that other work on the machine says little.
 */
import * as fs from 'node:fs';
import * as os from 'node:os';
import * as path from 'node:path';
import { evaluateFindings } from '../../src/core/findings/evaluateFindings.ts';
import { TraceEngine } from '../../src/core/trace/traceEngine.ts';
import { RowSpill } from '../../src/io/rowSpill.ts';
import { writeDnsCapture } from './dnsCapture.ts';

const PACKETS = 2_000_000;
const PIECE = 64 * 1024;
const EVERY_MS = 100;
/** As the trace store does: a look that took long is followed by three times that without one. */
const BREATH = 3;
const GOAL = 1e6;

export async function benchLive(): Promise<void> {
  const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'dnscope-bench-'));
  writeDnsCapture(path.join(folder, 'dns.pcap'), PACKETS);
  const capture = fs.readFileSync(path.join(folder, 'dns.pcap'));
  fs.rmSync(folder, { recursive: true });
  const spill = new RowSpill();
  const engine = new TraceEngine({ memory: spill.memory() });
  const vantage = engine.addVantage({ name: 'node', role: 'node', addresses: [] });
  const stream = engine.openStream(vantage);
  const { trace } = engine;
  let nextLook = performance.now() + EVERY_MS;
  let looks = 0;
  let looking = 0;
  const begun = performance.now();
  const started = process.threadCpuUsage();
  for (let at = 0; at < capture.length; at += PIECE) {
    stream.push(capture.subarray(at, at + PIECE));
    engine.catchUp();
    if (performance.now() < nextLook) continue;
    const before = performance.now();
    engine.tick(trace.epochNs(trace.now));
    engine.catchUp();
    evaluateFindings(engine);
    const took = performance.now() - before;
    looking += took;
    looks++;
    // A turn of the event loop, as between two messages of a stream.
    await new Promise((resolve) => setImmediate(resolve));
    nextLook = performance.now() + Math.max(EVERY_MS, took * BREATH);
  }
  const { user, system } = process.threadCpuUsage(started);
  spill.dispose();
  const seconds = (user + system) / 1e6;
  process.stdout.write(
    `Live path, ${String(PACKETS / 1e6)} million packets in pieces of ${String(PIECE / 1024)} kB: ${(PACKETS / seconds / 1e6).toFixed(2)} million packets a second of one core (goal ${String(GOAL / 1e6)})\n`,
  );
  const share = (looking / (performance.now() - begun)) * 100;
  process.stdout.write(`  settling and findings, ${String(looks)} times, took ${share.toFixed(0)} % of it\n\n`);
}

if (import.meta.main) await benchLive();
