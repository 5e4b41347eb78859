import { ProblemError } from '../base/problem.ts';
import type { Clock } from './ports.ts';

/**
 * Resolves after that many milliseconds of the clock.
 * @throws ProblemError `cancelled` as soon as `signal` aborts
 */
export function sleep(clock: Clock, milliseconds: number, signal?: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    const cancelled = (): void => reject(new ProblemError({ code: 'cancelled', detail: 'Cancelled' }));
    if (signal?.aborted === true) return cancelled();
    const onAbort = (): void => {
      timer.dispose();
      cancelled();
    };
    const timer = clock.after(milliseconds, () => {
      signal?.removeEventListener('abort', onAbort);
      resolve();
    });
    signal?.addEventListener('abort', onAbort, { once: true });
  });
}
