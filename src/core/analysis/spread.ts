/** Least, mean and most of whole numbers; parts add up. */
export interface Spread {
  readonly count: number;
  readonly sum: number;
  /** Absent when nothing was counted. */
  readonly min?: number;
  readonly max?: number;
}

export class SpreadTally {
  #count = 0;
  #sum = 0;
  #min = Number.POSITIVE_INFINITY;
  #max = Number.NEGATIVE_INFINITY;

  add(value: number): void {
    this.#count++;
    this.#sum += value;
    if (value < this.#min) this.#min = value;
    if (value > this.#max) this.#max = value;
  }

  spread(): Spread {
    const limits = this.#count === 0 ? {} : { min: this.#min, max: this.#max };
    return { count: this.#count, sum: this.#sum, ...limits };
  }
}

export const noSpread: Spread = { count: 0, sum: 0 };

export function mergeSpreads(a: Spread, b: Spread): Spread {
  if (a.min === undefined || a.max === undefined) return b;
  if (b.min === undefined || b.max === undefined) return a;
  return { count: a.count + b.count, sum: a.sum + b.sum, min: Math.min(a.min, b.min), max: Math.max(a.max, b.max) };
}

/** As a report gives it. */
export interface SpreadView {
  readonly count: number;
  readonly min: number;
  readonly mean: number;
  readonly max: number;
}

export function spreadView({ count, sum, min = 0, max = 0 }: Spread): SpreadView {
  return { count, min, mean: count === 0 ? 0 : sum / count, max };
}
