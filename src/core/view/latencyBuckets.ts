/**
 * Response times counted in 8 buckets to a doubling, so that a percentile is within 5 %; two counts add up bucket by bucket. Flat and small
 * (864 bytes), for a few thousand of them in one pass. `LatencyHistogram` is four times finer and keeps sums as well.
 */
const BUCKETS_PER_DOUBLING = 8;
/** Shorter times are told as this one: the packets' own times are no better. */
const LEAST_NS = 1000;
const DOUBLINGS = 27;
export const LATENCY_BUCKETS = DOUBLINGS * BUCKETS_PER_DOUBLING;

export function latencyBucket(nanoseconds: number): number {
  if (!(nanoseconds > LEAST_NS)) return 0;
  return Math.min(LATENCY_BUCKETS - 1, Math.floor(Math.log2(nanoseconds / LEAST_NS) * BUCKETS_PER_DOUBLING));
}

/** The middle of the bucket that holds the given share of what is counted from `begin` on, ns; 0 where nothing is. */
export function latencyAt(counts: Uint32Array, share: number, begin = 0): number {
  let total = 0;
  for (let bucket = 0; bucket < LATENCY_BUCKETS; bucket++) total += counts[begin + bucket]!;
  if (total === 0) return 0;
  let rank = Math.ceil(total * share);
  let bucket = 0;
  while (rank > counts[begin + bucket]! && bucket < LATENCY_BUCKETS - 1) rank -= counts[begin + bucket++]!;
  return Math.round(LEAST_NS * 2 ** ((bucket + 0.5) / BUCKETS_PER_DOUBLING));
}
