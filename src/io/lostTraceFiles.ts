import * as fs from 'node:fs';
import * as path from 'node:path';
import { ProblemError, toProblem } from '../base/problem.ts';
import type { LostTrace, LostTraces } from '../session/trace/lostTraces.ts';
import { forgetTrace, isLost, KEPT_MS, leaveTraces, lostTraces } from './lostTraces.ts';
import type { TraceWorkerClient } from './traceWorkerClient.ts';

/** Lost traces in a folder; the session files made of them lie beside, for a week. */
export class LostTraceFiles implements LostTraces {
  readonly #keptIn: string;
  readonly #openWorker: () => TraceWorkerClient;

  /** @param keptIn as given to the stores. @param openWorker a thread to make session files in; disposed here */
  constructor(keptIn: string, openWorker: () => TraceWorkerClient) {
    this.#keptIn = keptIn;
    this.#openWorker = openWorker;
  }

  list(): readonly LostTrace[] {
    this.#forgetOldFiles();
    return lostTraces(this.#keptIn);
  }

  async recover(trace: LostTrace): Promise<string> {
    if (!isLost(trace.folder)) throw new ProblemError(GONE);
    const folder = this.#recovered;
    const when = new Date(trace.endedMs).toISOString().replaceAll(/[:.]/gu, '-');
    const file = path.join(folder, `${fileName(trace.title)}-${when}.pcapng`);
    const worker = this.#openWorker();
    try {
      fs.mkdirSync(folder, { recursive: true, mode: 0o700 });
      await worker.saveLostTrace(trace.folder, file);
    } catch (error) {
      throw new ProblemError(toProblem(error, 'not-saved'), { cause: error });
    } finally {
      worker.dispose();
    }
    this.forget(trace);
    return file;
  }

  forget({ folder }: LostTrace): void {
    if (isLost(folder)) forgetTrace(folder);
  }

  leave(): void {
    leaveTraces(this.#keptIn);
  }

  get #recovered(): string {
    return path.join(this.#keptIn, 'recovered');
  }

  #forgetOldFiles(): void {
    if (!fs.existsSync(this.#recovered)) return;
    for (const name of fs.readdirSync(this.#recovered)) {
      const file = path.join(this.#recovered, name);
      const stat = fs.statSync(file, { throwIfNoEntry: false });
      if (stat !== undefined && Date.now() - stat.mtimeMs > KEPT_MS) fs.rmSync(file, { force: true });
    }
  }
}

const GONE = {
  code: 'trace-gone',
  detail: 'That trace is no longer to be had: another window opened it, deleted it, or still writes it',
};

/** Letters, digits, dots and dashes of a title that came from a cluster. */
function fileName(title: string): string {
  const plain = title
    .replaceAll(/[^a-z0-9.-]+/giu, '-')
    .slice(0, 80)
    .replaceAll(/^[-.]+|[-.]+$/gu, '');
  return plain === '' ? 'trace' : plain;
}
