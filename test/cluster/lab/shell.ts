import { spawn } from 'node:child_process';

export interface RunOptions {
  readonly input?: string;
  readonly cwd?: string;
  readonly env?: NodeJS.ProcessEnv;
  /** Milliseconds after which the program is killed. */
  readonly timeout?: number;
  /** Shows the program's output as it comes. */
  readonly show?: boolean;
}

export interface RunResult {
  /** Undefined when a signal ended the program. */
  readonly code: number | undefined;
  readonly stdout: string;
  readonly stderr: string;
}

/** Runs a program to its end; never throws for its exit code. Rejects when it cannot be started. */
export function tryRun(program: string, args: readonly string[], options: RunOptions = {}): Promise<RunResult> {
  return new Promise((resolve, reject) => {
    const child = spawn(program, args, {
      cwd: options.cwd,
      env: { ...process.env, ...options.env },
      timeout: options.timeout,
      killSignal: 'SIGKILL',
      stdio: ['pipe', 'pipe', 'pipe'],
    });
    const out: Buffer[] = [];
    const err: Buffer[] = [];
    child.stdout.on('data', (chunk: Buffer) => {
      out.push(chunk);
      if (options.show === true) process.stderr.write(chunk);
    });
    child.stderr.on('data', (chunk: Buffer) => {
      err.push(chunk);
      if (options.show === true) process.stderr.write(chunk);
    });
    child.on('error', reject);
    child.on('close', (code) => {
      resolve({
        code: code ?? undefined,
        stdout: Buffer.concat(out).toString('utf8'),
        stderr: Buffer.concat(err).toString('utf8'),
      });
    });
    // A program that ends without reading its input is no fault of ours; its exit code tells.
    child.stdin.on('error', () => undefined);
    child.stdin.end(options.input ?? '');
  });
}

/** Runs a program and gives its standard output; throws with its last words when it fails. */
export async function run(program: string, args: readonly string[], options: RunOptions = {}): Promise<string> {
  const result = await tryRun(program, args, options);
  if (result.code === 0) return result.stdout;
  const words = (result.stderr.trim() || result.stdout.trim()).split('\n').slice(-8).join('\n');
  throw new Error(`${program} ${args.join(' ')} ended with ${result.code ?? 'a signal'}: ${words}`);
}

/** Whether a program of this name is on PATH or in Debian's system folders. */
export async function hasProgram(name: string): Promise<boolean> {
  const result = await tryRun('/bin/sh', ['-c', 'command -v -- "$1"', 'sh', name], { env: systemPath });
  return result.code === 0;
}

/** PATH with the folders that hold iptables, ip and containerd even where a login shell leaves them out. */
export const systemPath: NodeJS.ProcessEnv = {
  PATH: [process.env['PATH'] ?? '', '/usr/local/go/bin', '/usr/sbin', '/sbin', '/usr/bin', '/bin'].join(':'),
};

const began = performance.now();
const seconds = (milliseconds: number): string => `${(milliseconds / 1000).toFixed(1)} s`;

/** Says what is being done and how long it took; times are since the program began and of the step itself. */
export async function step<T>(title: string, work: () => Promise<T>): Promise<T> {
  const start = performance.now();
  try {
    const value = await work();
    const now = performance.now();
    process.stderr.write(`[${seconds(now - began).padStart(7)}] ${title} (${seconds(now - start)})\n`);
    return value;
  } catch (error) {
    process.stderr.write(`[${seconds(performance.now() - began).padStart(7)}] ${title}: failed\n`);
    throw error;
  }
}

/** Thrown inside `until` when asking again cannot help. */
export class Hopeless extends Error {}

/** Asks again until `probe` gives a value; throws with the last reason when `limit` milliseconds have gone. */
export async function until<T>(what: string, limit: number, probe: () => Promise<T | undefined>): Promise<T> {
  const end = performance.now() + limit;
  let reason = '';
  for (;;) {
    try {
      const value = await probe();
      if (value !== undefined) return value;
    } catch (error) {
      if (error instanceof Hopeless) throw error;
      reason = error instanceof Error ? error.message : String(error);
    }
    if (performance.now() > end)
      throw new Error(`${what}: not within ${seconds(limit)}${reason ? ` (${reason})` : ''}`);
    await new Promise((resolve) => setTimeout(resolve, 200));
  }
}
