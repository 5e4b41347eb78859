/**
 * Starts programs in the repository with our Node first on PATH, and waits for their end. Each runs in a process group
 * of its own, so that ending it ends what it started. After SIGINT, SIGTERM or SIGHUP all running groups are ended and
 * no new program starts, except one that says it cleans up; the script that called goes on to its own end.
 */
import { type ChildProcess, spawn } from 'node:child_process';
import path from 'node:path';
import { nodeOptionsFree, repositoryRoot } from './paths.ts';

export interface RunOptions {
  /** Keep stdout and stderr, together and in order, instead of passing them through. */
  readonly capture?: boolean;
  readonly env?: Readonly<Record<string, string>>;
  readonly cwd?: string;
  /** Run it although the user has interrupted. */
  readonly cleansUp?: boolean;
}

export interface RunResult {
  /** 1 for a program that was killed or could not start. */
  readonly exitCode: number;
  /** What was captured, and why it could not start or was killed. */
  readonly output: string;
}

const ourNode = path.join(repositoryRoot, 'node_modules/.bin');
const running = new Set<ChildProcess>();
let interrupted = false;

export const wasInterrupted = (): boolean => interrupted;

function endGroup(child: ChildProcess): void {
  if (child.pid === undefined) return;
  if (process.platform === 'win32') {
    child.kill();
    return;
  }
  try {
    process.kill(-child.pid, 'SIGTERM');
  } catch {
    // It ended in the meantime.
  }
}

let listening = false;
function listenForInterrupts(): void {
  if (listening) return;
  listening = true;
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
    process.on(signal, () => {
      interrupted = true;
      process.exitCode = 1;
      running.forEach(endGroup);
    });
  }
}

export function runProgram(program: string, argv: readonly string[], options: RunOptions = {}): Promise<RunResult> {
  const { capture = false, cwd = repositoryRoot, env = {}, cleansUp = false } = options;
  if (interrupted && !cleansUp) return Promise.resolve({ exitCode: 1, output: 'interrupted' });
  listenForInterrupts();
  const base = nodeOptionsFree();
  return new Promise((resolve) => {
    const child = spawn(program, argv, {
      cwd,
      env: { ...base, ...env, PATH: `${ourNode}${path.delimiter}${base['PATH'] ?? ''}` },
      stdio: ['ignore', capture ? 'pipe' : 'inherit', capture ? 'pipe' : 'inherit'],
      detached: process.platform !== 'win32',
    });
    running.add(child);
    const chunks: Buffer[] = [];
    child.stdout?.on('data', (chunk: Buffer) => chunks.push(chunk));
    child.stderr?.on('data', (chunk: Buffer) => chunks.push(chunk));
    const settle = (exitCode: number, note: string): void => {
      running.delete(child);
      resolve({ exitCode, output: Buffer.concat(chunks).toString() + note });
    };
    child.on('error', (error) => {
      settle(1, error.message);
    });
    child.on('close', (code, signal) => {
      settle(code ?? 1, signal === null ? '' : `\nended by ${signal}`);
    });
  });
}

/** Runs a script of package.json, without npm in between. */
export function runScript(script: string, options?: RunOptions): Promise<RunResult> {
  return runProgram(process.execPath, ['--run', script], options);
}
