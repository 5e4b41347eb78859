import { ProblemError } from '../base/problem.ts';
import type { ExportProgress } from '../protocol/export.ts';

/** Called now and then by long work: tells how far it is, lets others have the thread, and throws when asked to stop. */
export type Step = (done: number, total: number) => Promise<void>;

/** @returns a step that throws the problem `cancelled` once the signal says so */
export function stepsOf(
  what: string,
  signal: AbortSignal | undefined,
  onProgress: ((progress: ExportProgress) => void) | undefined,
): Step {
  return async (done, total) => {
    onProgress?.({ done, total });
    await new Promise<void>((resolve) => setImmediate(resolve));
    if (signal?.aborted === true) throw new ProblemError({ code: 'cancelled', detail: `${what} was cancelled` });
  };
}
