/** Long work on the trace's own thread, in slices between which packets and other requests have their turn. */
import type { Steps } from '../base/steps.ts';

export const SLICE_MS = 15;

/** @returns what the work comes to; `undefined` when nobody wants it any more */
export async function runInSlices<Result>(
  steps: Steps<Result>,
  sliceMs: number,
  isWanted: () => boolean,
): Promise<Result | undefined> {
  for (;;) {
    const until = performance.now() + sliceMs;
    do {
      const step = steps.next();
      if (step.done === true) return step.value;
    } while (performance.now() < until);
    await new Promise<void>((resolve) => setImmediate(resolve));
    if (!isWanted()) return undefined;
  }
}
