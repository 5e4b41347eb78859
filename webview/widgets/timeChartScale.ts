/** Where things stand on a time chart: columns of counts above, a band of times on a logarithmic scale below, one time axis for both. */

/** What one interval holds; arrays are parallel. */
export interface TimeChartSeries {
  readonly lookups: readonly number[];
  readonly failed: readonly number[];
  readonly unanswered: readonly number[];
  /** 0 where there is none. */
  readonly medianNs: readonly number[];
  readonly p95Ns: readonly number[];
}

export interface TimeChartData {
  /** Begin of the first interval, and width of each; epoch µs and µs, whole milliseconds. */
  readonly startUs: number;
  readonly stepUs: number;
  /** Intervals that the axis has room for: at least as many as there are. */
  readonly room: number;
  readonly strong: TimeChartSeries;
  /** Of which `strong` is a part; absent when that is all. */
  readonly whole?: TimeChartSeries;
  /** What the axis shows instead of all intervals, until those of that window are there. */
  readonly window?: TimeWindow;
}

/** Epoch µs. */
export interface TimeWindow {
  readonly fromUs: number;
  readonly toUs: number;
}

/** Intervals, both ends included. */
export interface IntervalRange {
  readonly from: number;
  readonly to: number;
}

/** Shares of the height, from below: times, then nothing, then counts. */
const TOOK_SHARE = 0.36;
const GAP_SHARE = 0.08;

export interface Limits {
  readonly min: number;
  readonly max: number;
}

/** The smallest of 1, 2 and 5 times a power of ten that is not less; at least 1. */
export function roundUp(value: number): number {
  const power = 10 ** Math.floor(Math.log10(Math.max(1, value)));
  return [1, 2, 5].map((factor) => factor * power).find((round) => round >= value) ?? 10 * power;
}

/** Limits of a scale on which 0 stands where the counts begin, and `most` at the top. */
export function countLimits(most: number): Limits {
  const below = TOOK_SHARE + GAP_SHARE;
  return { min: (-most * below) / (1 - below), max: most };
}

/** Whole decades that hold all times, ns; `undefined` when there are none. */
export function tookDecades(series: readonly TimeChartSeries[]): Limits | undefined {
  let least = Number.POSITIVE_INFINITY;
  let most = 0;
  for (const { medianNs, p95Ns } of series) {
    for (const value of medianNs) if (value > 0 && value < least) least = value;
    for (const value of p95Ns) if (value > most) most = value;
  }
  if (most === 0) return undefined;
  const min = 10 ** Math.floor(Math.log10(least));
  const max = 10 ** Math.ceil(Math.log10(most));
  return { min, max: max > min ? max : min * 10 };
}

/** Limits of a logarithmic scale on which these decades fill the band below. */
export function tookLimits({ min, max }: Limits): Limits {
  return { min, max: min * (max / min) ** (1 / TOOK_SHARE) };
}

/** The interval that a moment falls into, of those that there are. */
export function intervalAt({ startUs, stepUs, strong }: TimeChartData, us: number): number {
  return Math.max(0, Math.min(Math.floor((us - startUs) / stepUs), strong.lookups.length - 1));
}

/** What the time axis shows. */
export function axisOf(data: TimeChartData): TimeWindow {
  return data.window ?? { fromUs: data.startUs, toUs: beginOf(data, data.room) };
}

export function beginOf({ startUs, stepUs }: TimeChartData, interval: number): number {
  return startUs + interval * stepUs;
}
