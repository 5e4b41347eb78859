/** Response times by their length, in buckets that grow with it: 1, 1.5, 2, 3, 5, 7, 10, … so that each is written as a filter exactly. */
import { latencyWithin } from './statisticsConditions.ts';
import type { TimeBucket } from './statisticsRows.ts';

const STEPS = [1, 1.5, 2, 3, 5, 7];
/** From 1 µs on, below which no capture tells times apart, to 10 s, after which nobody waits. */
const EDGES: readonly number[] = [
  ...[1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9].flatMap((decade) => STEPS.map((step) => step * decade)),
  1e10,
];

export class TimeBuckets {
  readonly #counts = new Uint32Array(EDGES.length + 1);

  /** @param tookNs below the first edge also what clocks make negative */
  add(tookNs: number): void {
    let low = 0;
    let high = EDGES.length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if (tookNs < EDGES[middle]!) high = middle;
      else low = middle + 1;
    }
    this.#counts[low]!++;
  }

  toPlain(): readonly TimeBucket[] {
    const first = this.#counts.findIndex((count) => count > 0);
    if (first < 0) return [];
    const last = this.#counts.findLastIndex((count) => count > 0);
    return Array.from({ length: last - first + 1 }, (_, index) => {
      const bucket = first + index;
      const [from, below] = [EDGES[bucket - 1], EDGES[bucket]];
      return {
        fromNs: from ?? 0,
        ...(below === undefined ? {} : { belowNs: below }),
        count: this.#counts[bucket]!,
        filter: latencyWithin(from, below),
      };
    });
  }
}
