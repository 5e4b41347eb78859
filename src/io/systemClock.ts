import { type DisposableLike, toDisposable } from '../base/disposable.ts';
import type { Clock } from '../session/ports.ts';

/** The counter stands still while a machine sleeps; the wall clock is corrected by less than this when it doesn't. */
const SLEPT_NS = 2_000_000_000n;

/** The machine's clock: epoch nanoseconds that never run backwards and don't miss a sleep, and timers (which do). */
export class SystemClock implements Clock {
  readonly #counterNs: () => bigint;
  readonly #wallMs: () => number;
  #epochNs: bigint;

  constructor(counterNs: () => bigint = () => process.hrtime.bigint(), wallMs: () => number = () => Date.now()) {
    this.#counterNs = counterNs;
    this.#wallMs = wallMs;
    this.#epochNs = BigInt(wallMs()) * 1_000_000n - counterNs();
  }

  nowNs(): bigint {
    const now = this.#epochNs + this.#counterNs();
    const missed = BigInt(this.#wallMs()) * 1_000_000n - now;
    if (missed < SLEPT_NS) return now;
    this.#epochNs += missed;
    return now + missed;
  }

  after(milliseconds: number, run: () => void): DisposableLike {
    const timer = setTimeout(run, milliseconds);
    return toDisposable(() => clearTimeout(timer));
  }
}
