/**
 * CoreDNS itself as the judge of a Corefile: it has no check mode, so it is started in a network namespace of its own
 * (no route out, no port taken from the machine) and stopped as soon as its banner shows. About 60 ms a start.
 */
import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { homedir, tmpdir } from 'node:os';
import { join } from 'node:path';

export interface Verdict {
  /** `silent`: the process ended well but never served (a `unix://` key does that). */
  readonly outcome: 'accepted' | 'refused' | 'silent' | 'timeout';
  /** Last lines of what it printed; the reason when it refused. */
  readonly message: string;
}

/** Path of the CoreDNS binary the lab builds, `undefined` when it isn't there. */
export function corednsBinary(version = '1.15.0'): string | undefined {
  const cache = process.env['DNSCOPE_CACHE'] ?? join(homedir(), '.cache', 'dnscope');
  const path = join(cache, `coredns-v${version}`, 'coredns');
  return existsSync(path) ? path : undefined;
}

/** Starts CoreDNS with `corefile` and says whether it serves. Leaves no process and no file behind. */
export async function corednsVerdict(
  binary: string,
  corefile: string,
  environment: Readonly<Record<string, string>> = {},
): Promise<Verdict> {
  const folder = await mkdtemp(join(tmpdir(), 'dnscope-verdict-'));
  try {
    await writeFile(join(folder, 'Corefile'), corefile);
    return await start(binary, folder, environment);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

const START_LIMIT_MS = 20_000;

function start(binary: string, folder: string, environment: Readonly<Record<string, string>>): Promise<Verdict> {
  return new Promise((resolve, reject) => {
    const script = 'ip link set lo up && exec "$0" -conf Corefile';
    const child = spawn('unshare', ['-n', '--', 'sh', '-c', script, binary], {
      cwd: folder,
      env: { PATH: process.env['PATH'] ?? '/usr/sbin:/usr/bin:/sbin:/bin', HOME: folder, ...environment },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    let output = '';
    let timedOut = false;
    let accepted = false;
    const limit = setTimeout(() => {
      timedOut = true;
      child.kill('SIGKILL');
    }, START_LIMIT_MS);
    const collect = (chunk: Buffer): void => {
      output += chunk.toString('utf8');
      // The banner is printed only after every listener and every start-up hook has succeeded.
      if (!accepted && /^CoreDNS-\d/mu.test(output)) {
        accepted = true;
        child.kill('SIGKILL');
      }
    };
    child.stdout.on('data', collect);
    child.stderr.on('data', collect);
    child.on('error', reject);
    child.on('close', (code) => {
      clearTimeout(limit);
      const outcome = accepted ? 'accepted' : timedOut ? 'timeout' : code === 0 ? 'silent' : 'refused';
      resolve({ outcome, message: output.trimEnd().slice(-1_000) });
    });
  });
}
