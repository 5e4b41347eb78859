/**
 * When things happened, counted in intervals of 5 ms: what bursts are read from. The most events within 100 ms, in steps of an
 * interval, is Wireshark's burst (its statistics preferences: burst resolution and burst window), and so is the count here.
 * Intervals have numbers that count from the epoch, so series taken apart (by vantage, by agent) add up interval by interval.
 * Cost: an event in the same interval as the one before is two comparisons; an interval is one map entry. Beyond 100,000 intervals
 * (at least 8 minutes) pairs of them become one, in a part as in a sum, so that the order of adding up never shows.
 */
const INTERVAL_NS = 5e6;
const INTERVALS_PER_S = 200;
const WINDOW = 20;
const MOST_INTERVALS = 100_000;
/** Intervals are numbered from a multiple of this: pairing them up that often keeps pairs the same everywhere. */
const ALIGNED = 2 ** 20;

/** Plain data, for sending and adding up elsewhere. */
export interface SeriesPartial {
  readonly count: number;
  /** How often pairs of intervals became one: an interval lasts 5 ms × 2^level. */
  readonly level: number;
  /** Number of an interval since the epoch, its count, ns from its begin to its first event; and so on, in rising order. */
  readonly intervals: readonly number[];
}

export interface Burst {
  /** Most events within `windowMs`. */
  readonly count: number;
  readonly windowMs: number;
  /** From the first packet to the burst's first event, ns. */
  readonly startNs: number;
}

interface Interval {
  count: number;
  /** From the interval's begin to its first event, ns. */
  first: number;
}

/** The time of an event as a series takes it; one object serves all series of a trace. */
export class IntervalClock {
  /** Interval numbers are relative to this one. */
  readonly base: number;
  /** What intervals begin later by than the epoch's own, ns: the first packet begins an interval, as in Wireshark. */
  readonly phaseNs: number;
  readonly #first: number;
  interval = 0;
  sinceBegin = 0;

  /** @param firstNs the first packet's time since `baseSeconds` of the epoch */
  constructor(baseSeconds: number, firstNs: number) {
    const whole = baseSeconds * INTERVALS_PER_S;
    this.base = Math.floor(whole / ALIGNED) * ALIGNED;
    this.phaseNs = ((firstNs % INTERVAL_NS) + INTERVAL_NS) % INTERVAL_NS;
    this.#first = whole - this.base;
  }

  /** @param timeNs since the epoch second given */
  set(timeNs: number): void {
    const since = timeNs - this.phaseNs;
    const intervals = Math.floor(since / INTERVAL_NS);
    this.interval = this.#first + intervals;
    this.sinceBegin = since - intervals * INTERVAL_NS;
  }
}

export class EventSeries {
  count = 0;
  readonly #clock: IntervalClock;
  #level = 0;
  #intervals = new Map<number, Interval>();
  #latest: Interval = { count: 0, first: 0 };
  #latestNumber = Number.NaN;

  constructor(clock: IntervalClock) {
    this.#clock = clock;
  }

  /** An event at the time that the clock was set to. */
  add(): void {
    this.count++;
    const width = 2 ** this.#level;
    const number = this.#level === 0 ? this.#clock.interval : Math.floor(this.#clock.interval / width);
    const since = this.#clock.sinceBegin + (this.#clock.interval - number * width) * INTERVAL_NS;
    if (number !== this.#latestNumber) {
      let interval = this.#intervals.get(number);
      if (interval === undefined) {
        interval = { count: 0, first: since };
        this.#intervals.set(number, interval);
      }
      this.#latest = interval;
      this.#latestNumber = number;
    }
    this.#latest.count++;
    if (since < this.#latest.first) this.#latest.first = since;
    if (this.#intervals.size <= MOST_INTERVALS) return;
    ({ level: this.#level, intervals: this.#intervals } = bounded(this.#level, this.#intervals));
    this.#latestNumber = Number.NaN;
  }

  partial(): SeriesPartial {
    const begin = this.#clock.base / 2 ** this.#level;
    return toPartial(this.count, this.#level, this.#intervals, begin);
  }
}

export const noEvents: SeriesPartial = { count: 0, level: 0, intervals: [] };

/**
 * @param shiftA what the intervals of `a` begin later by than those of the sum, ns; intervals keep their numbers and events their times
 */
export function mergeSeries(a: SeriesPartial, shiftA: number, b: SeriesPartial, shiftB: number): SeriesPartial {
  const level = Math.max(a.level, b.level);
  const intervals = new Map<number, Interval>();
  for (const [{ level: from, intervals: flat }, shift] of [
    [a, shiftA],
    [b, shiftB],
  ] as const) {
    for (let k = 0; k + 2 < flat.length; k += 3) {
      const interval = { count: flat[k + 1]!, first: flat[k + 2]! + shift };
      put(intervals, flat[k]!, interval, level - from, from);
    }
  }
  const sum = bounded(level, intervals);
  return toPartial(a.count + b.count, sum.level, sum.intervals, 0);
}

/**
 * @param phaseNs what intervals begin later by than the epoch's own
 * @param originSeconds and `originNs` the first packet: a burst that reaches back into its interval counts as begun with it, as in Wireshark
 */
export function burstOf(
  series: SeriesPartial,
  phaseNs: number,
  originSeconds: number,
  originNs: number,
): Burst | undefined {
  const { level, intervals } = series;
  const intervalNs = INTERVAL_NS * 2 ** level;
  const window = Math.max(1, Math.ceil(WINDOW / 2 ** level));
  const origin = originSeconds * INTERVALS_PER_S + Math.floor((originNs - phaseNs) / INTERVAL_NS);
  const originInterval = Math.floor(origin / 2 ** level);
  let oldest = 0;
  let within = 0;
  let most = 0;
  let mostFrom = 0;
  let mostUntil = 0;
  for (let k = 0; k < intervals.length; k += 3) {
    within += intervals[k + 1]!;
    for (; intervals[oldest]! <= intervals[k]! - window; oldest += 3) within -= intervals[oldest + 1]!;
    if (within <= most) continue;
    most = within;
    mostFrom = oldest;
    mostUntil = intervals[k]!;
  }
  if (most === 0) return undefined;
  const sinceOrigin = (intervals[mostFrom]! - originInterval) * intervalNs + intervals[mostFrom + 2]!;
  const originSince =
    originNs - phaseNs - (originInterval * 2 ** level - originSeconds * INTERVALS_PER_S) * INTERVAL_NS;
  const reachesOrigin = mostUntil - originInterval < window;
  return { count: most, windowMs: (window * intervalNs) / 1e6, startNs: reachesOrigin ? 0 : sinceOrigin - originSince };
}

function bounded(
  level: number,
  intervals: Map<number, Interval>,
): { readonly level: number; readonly intervals: Map<number, Interval> } {
  let current = intervals;
  let reached = level;
  for (; current.size > MOST_INTERVALS; reached++) {
    const halved = new Map<number, Interval>();
    for (const [number, interval] of current) put(halved, number, interval, 1, reached);
    current = halved;
  }
  return { level: reached, intervals: current };
}

/** Adds an interval of level `from` to those `up` levels above. */
function put(intervals: Map<number, Interval>, number: number, interval: Interval, up: number, from: number): void {
  const above = Math.floor(number / 2 ** up);
  const first = interval.first + (number - above * 2 ** up) * INTERVAL_NS * 2 ** from;
  const known = intervals.get(above);
  if (known === undefined) intervals.set(above, { count: interval.count, first });
  else {
    known.count += interval.count;
    known.first = Math.min(known.first, first);
  }
}

function toPartial(count: number, level: number, intervals: Map<number, Interval>, begin: number): SeriesPartial {
  const flat: number[] = [];
  for (const [number, interval] of [...intervals].sort((a, b) => a[0] - b[0]))
    flat.push(begin + number, interval.count, interval.first);
  return { count, level, intervals: flat };
}
