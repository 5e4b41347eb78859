/**
 * Durations counted in buckets whose width grows with their value: 64 to each doubling, so that any percentile is within 1 %
 * (0.8 %), while count, sum, least and most are exact. Two of them add up to exactly what one over both would hold.
 * Cost: an addition touches one counter; a doubling in use costs 256 bytes, whatever the number of values. Typical response
 * times span ten.
 * Why not the values themselves: a percentile of millions of them is a selection over arrays that grow with the trace.
 */
import type { LatencyStats } from './latencyStats.ts';

/** Buckets to a doubling. */
const STEPS = 64;
const STEP_BITS = 6;
const TWO_32 = 2 ** 32;
const NS_PER_S = 1e9;
/** The running sum is carried into whole seconds beyond this; exact integers reach 2^53. */
const CARRY = 2 ** 52;

/** Plain data, for sending and adding up elsewhere. */
export interface LatencyPartial {
  readonly count: number;
  /** The sum of all values: whole seconds, and nanoseconds below one second. */
  readonly seconds: number;
  readonly nanoseconds: number;
  /** Nanoseconds; absent when nothing was counted. */
  readonly min?: number;
  readonly max?: number;
  /** Bucket, count, bucket, count, …, in rising order of buckets. */
  readonly buckets: readonly number[];
}

export class LatencyHistogram {
  #count = 0;
  #seconds = 0;
  #nanoseconds = 0;
  #min = Number.POSITIVE_INFINITY;
  #max = Number.NEGATIVE_INFINITY;
  /** Counts by bucket, an array to each doubling; the first holds the values below 64. */
  readonly #doublings: (Uint32Array | undefined)[] = [];

  get count(): number {
    return this.#count;
  }

  /** @param nanoseconds any finite number; what clocks make negative counts as least and in the sum, and among the values below 1 ns */
  add(nanoseconds: number): void {
    const value = Math.round(nanoseconds);
    this.#count++;
    this.#nanoseconds += value;
    if (this.#nanoseconds > CARRY) this.#carry();
    if (value < this.#min) this.#min = value;
    if (value > this.#max) this.#max = value;
    let doubling = 0;
    let step = value < 0 ? 0 : value;
    if (value >= TWO_32) {
      doubling = 64 - STEP_BITS - Math.clz32(value / TWO_32);
      step = Math.floor(value / 2 ** (doubling - 1)) - STEPS;
    } else if (value >= STEPS) {
      doubling = 32 - STEP_BITS - Math.clz32(value);
      step = (value >>> (doubling - 1)) - STEPS;
    }
    this.#countsOf(doubling)[step]!++;
  }

  addPartial(partial: LatencyPartial): void {
    this.#count += partial.count;
    this.#seconds += partial.seconds;
    this.#nanoseconds += partial.nanoseconds;
    this.#carry();
    if (partial.min !== undefined && partial.min < this.#min) this.#min = partial.min;
    if (partial.max !== undefined && partial.max > this.#max) this.#max = partial.max;
    for (let k = 0; k + 1 < partial.buckets.length; k += 2) {
      const bucket = partial.buckets[k]!;
      this.#countsOf(Math.floor(bucket / STEPS))[bucket % STEPS]! += partial.buckets[k + 1]!;
    }
  }

  partial(): LatencyPartial {
    this.#carry();
    const buckets: number[] = [];
    for (const [bucket, count] of this.#filled()) buckets.push(bucket, count);
    return {
      count: this.#count,
      seconds: this.#seconds,
      nanoseconds: this.#nanoseconds,
      ...(this.#count === 0 ? {} : { min: this.#min, max: this.#max }),
      buckets,
    };
  }

  /** Percentiles by the nearest-rank method, within 1 %; all else exact. Zeros when empty. */
  stats(): LatencyStats {
    const count = this.#count;
    if (count === 0) return { count: 0, min: 0, mean: 0, p50: 0, p90: 0, p99: 0, max: 0 };
    const [p50, p90, p99] = this.#ranks([0.5, 0.9, 0.99]);
    const sum = this.#seconds * NS_PER_S + this.#nanoseconds;
    return { count, min: this.#min, mean: sum / count, p50: p50!, p90: p90!, p99: p99!, max: this.#max };
  }

  /** By the nearest-rank method, within 1 %, ns; 0 when empty. */
  percentile(share: number): number {
    return this.#ranks([share])[0] ?? 0;
  }

  #ranks(shares: readonly number[]): readonly number[] {
    const wanted = shares.map((share) => Math.max(1, Math.ceil(share * this.#count)));
    const found: number[] = [];
    let passed = 0;
    for (const [bucket, count] of this.#filled()) {
      passed += count;
      while (found.length < wanted.length && wanted[found.length]! <= passed) {
        const rank = wanted[found.length]!;
        const value = rank === 1 ? this.#min : rank === this.#count ? this.#max : middleOf(bucket);
        found.push(Math.min(Math.max(value, this.#min), this.#max));
      }
    }
    return found;
  }

  *#filled(): Generator<readonly [bucket: number, count: number]> {
    for (const [doubling, counts] of this.#doublings.entries()) {
      if (counts === undefined) continue;
      for (let step = 0; step < STEPS; step++) if (counts[step] !== 0) yield [doubling * STEPS + step, counts[step]!];
    }
  }

  #countsOf(doubling: number): Uint32Array {
    return (this.#doublings[doubling] ??= new Uint32Array(STEPS));
  }

  #carry(): void {
    const whole = Math.floor(this.#nanoseconds / NS_PER_S);
    this.#seconds += whole;
    this.#nanoseconds -= whole * NS_PER_S;
  }
}

function middleOf(bucket: number): number {
  const doubling = Math.floor(bucket / STEPS);
  const step = bucket % STEPS;
  if (doubling === 0) return step;
  const width = 2 ** (doubling - 1);
  return (STEPS + step) * width + (width - 1) / 2;
}
