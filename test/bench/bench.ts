/**
 * `npm run bench [-- --packets N]`: a DNS capture of our own making, read by us, by tshark and by dnscap in one run on one machine.
 * Before that, diagnostics of a large Corefile while it is typed in, and filters over 5 million rows.
 * Figures are ratios: machines differ, and the same machine from minute to minute.
 */
import { spawnSync } from 'node:child_process';
import * as fs from 'node:fs';
import * as os from 'node:os';
import * as path from 'node:path';
import { parseArgs } from 'node:util';
import { benchCorefile } from './corefileBench.ts';
import { writeDnsCapture } from './dnsCapture.ts';
import { filledTrace } from './filledTrace.ts';
import { benchFilters } from './filterBench.ts';
import { benchSorts } from './sortBench.ts';

interface Measured {
  readonly program: string;
  readonly does: string;
  readonly seconds: number;
  readonly peakMb: number;
}

const { values } = parseArgs({ options: { packets: { type: 'string', default: '4540234' } } });
const packets = Number(values.packets);
if (!Number.isSafeInteger(packets) || packets < 2) {
  process.stderr.write('--packets takes a whole number from 2\n');
  process.exit(2);
}
benchCorefile();
const rows = filledTrace();
benchFilters(rows);
benchSorts(rows);
const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'dnscope-bench-'));
try {
  run(path.join(folder, 'dns.pcap'));
} finally {
  fs.rmSync(folder, { recursive: true, force: true });
}

function run(file: string): void {
  writeDnsCapture(file, packets);
  const megabytes = fs.statSync(file).size / 1e6;
  process.stdout.write(
    `${String(packets)} packets, ${megabytes.toFixed(0)} MB, ${os.cpus()[0]?.model ?? 'CPU'} × ${String(os.cpus().length)}\n\n`,
  );
  const cli = path.join(import.meta.dirname, '../../dist/cli.js');
  // A first read brings the file into the page cache for all of them alike.
  spawnSync('cat', [file], { stdio: 'ignore' });
  const all = [
    measure('dnscope', 'decode, pair, join, lookups, statistics, findings', process.execPath, [
      cli,
      'analyze',
      '--json',
      file,
    ]),
    measure('tshark', 'dissection, DNS statistics', 'tshark', ['-q', '-z', 'dns,tree', '-r', file]),
    measure('dnscap', 'copies the DNS packets', 'dnscap', ['-r', file, '-w', path.join(folder, 'copy')]),
  ].filter((result) => result !== undefined);
  const ours = all[0];
  for (const { program, does, seconds, peakMb } of all) {
    const ratio = ours === undefined ? '' : `${(seconds / ours.seconds).toFixed(1)} × our time`;
    process.stdout.write(
      `${program.padEnd(8)} ${seconds.toFixed(2).padStart(8)} s ${(packets / seconds / 1e6).toFixed(2).padStart(7)} M packets/s ${peakMb.toFixed(0).padStart(6)} MB  ${ratio.padEnd(18)} ${does}\n`,
    );
  }
}

/** Wall time and peak resident memory, read by GNU time from the child itself. */
function measure(program: string, does: string, command: string, args: readonly string[]): Measured | undefined {
  const started = performance.now();
  const result = spawnSync('/usr/bin/time', ['-f', 'peak %M', command, ...args], { encoding: 'utf8', maxBuffer: 64e6 });
  const seconds = (performance.now() - started) / 1000;
  const peak = /peak (\d+)\s*$/u.exec(result.stderr)?.[1];
  if (result.status !== 0 || peak === undefined) {
    process.stdout.write(
      `${program}: left out (${result.error?.message ?? result.stderr.trim().split('\n').at(-1) ?? 'failed'}); on Debian: apt-get install ${program} time\n`,
    );
    return undefined;
  }
  return { program, does, seconds, peakMb: Number(peak) / 1024 };
}
