/** Starts a program in the repository with our Node first on PATH, and waits for its end. */
import { spawn } from 'node:child_process';
import path from 'node:path';
import { nodeOptionsFree, repositoryRoot } from './paths.ts';

export interface RunOptions {
  /** Keep stdout and stderr, together and in order, instead of passing them through. */
  readonly capture?: boolean;
  readonly env?: NodeJS.ProcessEnv;
  readonly cwd?: string;
  /** End it (SIGTERM, then SIGKILL 10 s later) after so long. */
  readonly timeoutMs?: number;
}

export interface RunResult {
  /** 128 + signal number style is not used: a program that was killed, or could not start, has 1. */
  readonly exitCode: number;
  readonly output: string;
}

const ourNode = path.join(repositoryRoot, 'node_modules/.bin');

export function runProgram(program: string, argv: readonly string[], options: RunOptions = {}): Promise<RunResult> {
  const { capture = false, cwd = repositoryRoot, env = {}, timeoutMs } = options;
  const base = nodeOptionsFree();
  return new Promise((resolve) => {
    const child = spawn(program, argv, {
      cwd,
      env: { ...base, ...env, PATH: `${ourNode}${path.delimiter}${base['PATH'] ?? ''}` },
      stdio: ['ignore', capture ? 'pipe' : 'inherit', capture ? 'pipe' : 'inherit'],
    });
    const chunks: Buffer[] = [];
    child.stdout?.on('data', (chunk: Buffer) => chunks.push(chunk));
    child.stderr?.on('data', (chunk: Buffer) => chunks.push(chunk));

    const timers: NodeJS.Timeout[] = [];
    if (timeoutMs !== undefined) {
      timers.push(setTimeout(() => child.kill('SIGTERM'), timeoutMs));
      timers.push(setTimeout(() => child.kill('SIGKILL'), timeoutMs + 10_000));
    }
    const settle = (exitCode: number, note = '') => {
      for (const timer of timers) clearTimeout(timer);
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
