/** A capture read by us, by tshark and by dnscap, one after the other; and what a packet costs as captures grow. */
import { spawnSync } from 'node:child_process';
import * as fs from 'node:fs';
import * as os from 'node:os';
import * as path from 'node:path';
import { writeDnsCapture } from './dnsCapture.ts';
import { measure, measureAnalyze, type Measured } from './measured.ts';

const GOAL_RATIO = 10;
const GOAL_MB = 400;
const SIZES: readonly number[] = [1e5, 1e6, 1e7];
const ROUNDS = 2;

export function benchCapture(packets: number): void {
  inFolder((folder) => {
    const file = path.join(folder, 'dns.pcap');
    writeDnsCapture(file, packets);
    const megabytes = fs.statSync(file).size / 1e6;
    process.stdout.write(
      `${String(packets)} packets, ${megabytes.toFixed(0)} MB, ${os.cpus()[0]?.model ?? 'CPU'} × ${String(os.cpus().length)}\n\n`,
    );
    // A first read brings the file into the page cache for all of them alike.
    spawnSync('cat', [file], { stdio: 'ignore' });
    const ours = best(() => measureAnalyze(file));
    const tshark = measure('tshark', 'tshark', ['-q', '-z', 'dns,tree', '-r', file]);
    const dnscap = measure('dnscap', 'dnscap', ['-r', file, '-w', path.join(folder, 'copy')]);
    const line = (program: string, measured: Measured | undefined, does: string): void => {
      if (measured === undefined) return;
      const { seconds, peakMb } = measured;
      const speed = `${(packets / seconds / 1e6).toFixed(2).padStart(7)} M packets/s ${peakMb.toFixed(0).padStart(6)} MB`;
      process.stdout.write(`${program.padEnd(8)} ${seconds.toFixed(2).padStart(8)} s ${speed}  ${does}\n`);
    };
    line('dnscope', ours, 'decode, pair, join, lookups, statistics, findings');
    line('tshark', tshark, 'dissection, DNS statistics');
    line('dnscap', dnscap, 'copies the DNS packets: the floor');
    if (ours === undefined) return;
    const times = (other: Measured | undefined): string =>
      other === undefined ? '?' : (other.seconds / ours.seconds).toPrecision(3);
    process.stdout.write(
      `${times(tshark)} × faster than tshark (goal ${String(GOAL_RATIO)} to ${String(2 * GOAL_RATIO)}), dnscap takes ${times(dnscap)} of our time, ${ours.peakMb.toFixed(0)} MB (goal ${String(GOAL_MB)})\n\n`,
    );
  });
}

/** What starting costs is taken out, by a capture of two packets. */
export function benchFlatness(): void {
  inFolder((folder) => {
    const tookFor = (packets: number): Measured | undefined => {
      const file = path.join(folder, `${String(packets)}.pcap`);
      writeDnsCapture(file, packets);
      const measured = best(() => measureAnalyze(file));
      fs.rmSync(file);
      return measured;
    };
    const start = tookFor(2)?.seconds ?? 0;
    process.stdout.write(
      `Cost of a packet as captures grow, without the ${(start * 1000).toFixed(0)} ms of starting\n`,
    );
    const costs = SIZES.flatMap((packets) => {
      const measured = tookFor(packets);
      if (measured === undefined) return [];
      const ns = ((measured.seconds - start) / packets) * 1e9;
      process.stdout.write(
        `${String(packets).padStart(9)} packets ${measured.seconds.toFixed(2).padStart(7)} s ${ns.toFixed(0).padStart(6)} ns a packet ${measured.peakMb.toFixed(0).padStart(5)} MB\n`,
      );
      return [ns];
    });
    const flatness = costs.at(-1)! / Math.min(...costs);
    process.stdout.write(`The largest costs ${flatness.toFixed(2)} × the cheapest a packet (flat is 1)\n\n`);
  });
}

function best(run: () => Measured | undefined): Measured | undefined {
  let least: Measured | undefined;
  for (let round = 0; round < ROUNDS; round++) {
    const measured = run();
    if (measured === undefined) return undefined;
    if (least === undefined || measured.seconds < least.seconds) least = measured;
  }
  return least;
}

function inFolder(use: (folder: string) => void): void {
  const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'dnscope-bench-'));
  try {
    use(folder);
  } finally {
    fs.rmSync(folder, { recursive: true, force: true });
  }
}

if (import.meta.main) benchFlatness();
