/** Wall time and peak resident memory of other programs, read by GNU time from the child itself. */
import { spawnSync } from 'node:child_process';
import * as path from 'node:path';

export interface Measured {
  readonly seconds: number;
  readonly peakMb: number;
}

/** @returns `undefined` when the program failed or is not there; the reason is printed */
export function measure(program: string, command: string, args: readonly string[]): Measured | undefined {
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
  return { seconds, peakMb: Number(peak) / 1024 };
}

/** `dnscope analyze --json` of the built bundle. */
export function measureAnalyze(file: string): Measured | undefined {
  const cli = path.join(import.meta.dirname, '../../dist/cli.js');
  return measure('dnscope', process.execPath, [cli, 'analyze', '--json', file]);
}
