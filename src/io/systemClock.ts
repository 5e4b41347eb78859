import { toDisposable } from '../base/disposable.ts';
import type { Clock } from '../session/ports.ts';

/** The machine's clock. */
export const systemClock: Clock = {
  nowNs: () => BigInt(Math.round((performance.timeOrigin + performance.now()) * 1000)) * 1000n,
  after: (milliseconds, run) => {
    const timer = setTimeout(run, milliseconds);
    return toDisposable(() => clearTimeout(timer));
  },
};
