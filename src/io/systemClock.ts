import { type DisposableLike, toDisposable } from '../base/disposable.ts';
import type { Clock } from '../session/ports.ts';

/** The machine's clock: epoch nanoseconds that never run backwards, and timers. */
export class SystemClock implements Clock {
  readonly #epochNs = BigInt(Date.now()) * 1_000_000n - process.hrtime.bigint();

  nowNs(): bigint {
    return this.#epochNs + process.hrtime.bigint();
  }

  after(milliseconds: number, run: () => void): DisposableLike {
    const timer = setTimeout(run, milliseconds);
    return toDisposable(() => clearTimeout(timer));
  }
}
