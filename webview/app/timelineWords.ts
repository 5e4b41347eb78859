/** What the timeline shows, in words: of an interval, of several, of the whole. */
import { formatClock, formatCount, formatDateTime, formatDuration, formatPlural } from '../widgets/format.ts';
import { beginOf, type IntervalRange, type TimeChartData, type TimeChartSeries } from '../widgets/timeChartScale.ts';

export interface Readout {
  readonly time: string;
  readonly lookups: string;
  readonly failed: string;
  readonly unanswered: string;
  /** Empty where none has ended. */
  readonly took: string;
}

/** A span of time as long as it is: `100 ms`, `5 s`, `2 min`, `1 h`. */
export function spanText(us: number): string {
  const minutes = us / 60e6;
  if (us < 1e6) return `${String(us / 1000)} ms`;
  if (minutes < 1) return `${String(us / 1e6)} s`;
  return minutes < 60 ? `${String(round(minutes))} min` : `${String(round(minutes / 60))} h`;
}

const round = (value: number): number => Math.round(value * 10) / 10;

const sum = (values: readonly number[], { from, to }: IntervalRange): number =>
  values.slice(from, to + 1).reduce((total, value) => total + value, 0);
const most = (values: readonly number[], { from, to }: IntervalRange): number =>
  values.slice(from, to + 1).reduce((top, value) => Math.max(top, value), 0);

export function readout(data: TimeChartData, range: IntervalRange): Readout {
  const { strong, whole, stepUs } = data;
  const lookups = sum(strong.lookups, range);
  const all = whole === undefined ? '' : ` of ${formatCount(sum(whole.lookups, range))}`;
  const p95 = most(strong.p95Ns, range);
  const begin = beginOf(data, range.from);
  const isOne = range.from === range.to;
  const time = isOne
    ? `${formatClock(begin)} + ${spanText(stepUs)}`
    : `${formatClock(begin)} to ${formatClock(beginOf(data, range.to + 1))}`;
  return {
    time,
    lookups: `${formatCount(lookups)}${all} ${lookups === 1 && all === '' ? 'lookup' : 'lookups'}`,
    failed: `${formatCount(sum(strong.failed, range))} failed`,
    unanswered: `${formatCount(sum(strong.unanswered, range))} without an answer`,
    took:
      p95 === 0
        ? ''
        : isOne
          ? `p50 ${median(strong, range)}, p95 ${formatDuration(p95)}`
          : `p95 up to ${formatDuration(p95)}`,
  };
}

function median({ medianNs }: TimeChartSeries, { from }: IntervalRange): string {
  return formatDuration(medianNs[from] ?? 0);
}

export function readoutText({ time, lookups, failed, unanswered, took }: Readout): string {
  return [time, lookups, failed, unanswered, took].filter((part) => part !== '').join(', ');
}

/** The picture without looking at it: how long, how much, where most of it and where it failed. */
export function summary(data: TimeChartData): string {
  const { strong, whole, startUs, stepUs } = data;
  const range = { from: 0, to: strong.lookups.length - 1 };
  const end = beginOf(data, strong.lookups.length);
  const lookups = sum(strong.lookups, range);
  const busiest = strong.lookups.indexOf(most(strong.lookups, range));
  const failing = strong.failed.flatMap((count, interval) => (count > 0 ? [interval] : []));
  const sentences = [
    `From ${formatDateTime(startUs).slice(0, 23)} to ${formatDateTime(end).slice(0, 23)} in steps of ${spanText(stepUs)}: ${formatPlural(lookups, 'lookup')}${whole === undefined ? '' : ` of ${formatCount(sum(whole.lookups, range))}, which the filter chooses`}.`,
  ];
  if (lookups > 0)
    sentences.push(
      `Most, ${formatCount(strong.lookups[busiest] ?? 0)}, began in the ${spanText(stepUs)} from ${formatClock(beginOf(data, busiest))}.`,
    );
  const [first, last] = [failing[0], failing.at(-1)];
  if (first === undefined || last === undefined) sentences.push('None failed.');
  else
    sentences.push(
      `${formatCount(sum(strong.failed, range))} failed, ${formatCount(sum(strong.unanswered, range))} of them without an answer, the first at ${formatClock(beginOf(data, first))}, the last at ${formatClock(beginOf(data, last))}.`,
    );
  const slowest = most(strong.p95Ns, range);
  if (slowest > 0)
    sentences.push(
      `Slowest from ${formatClock(beginOf(data, strong.p95Ns.indexOf(slowest)))}: 95 of 100 took at most ${formatDuration(slowest)}.`,
    );
  return sentences.join(' ');
}
