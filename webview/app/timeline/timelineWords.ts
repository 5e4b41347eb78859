/** What the timeline shows, in words: of an interval, of several, of the whole. */
import * as l10n from '@vscode/l10n';
import { formatClock, formatCount, formatDateTime, formatDuration, formatPlural } from '../../widgets/format.ts';
import { beginOf, type IntervalRange, type TimeChartData, type TimeChartSeries } from '../../widgets/timeChartScale.ts';

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
  const p95 = most(strong.p95Ns, range);
  const begin = beginOf(data, range.from);
  const isOne = range.from === range.to;
  const time = isOne
    ? `${formatClock(begin)} + ${spanText(stepUs)}`
    : l10n.t('{0} to {1}', formatClock(begin), formatClock(beginOf(data, range.to + 1)));
  return {
    time,
    lookups:
      whole === undefined
        ? formatPlural(lookups, l10n.t('{0} lookup|{0} lookups'))
        : l10n.t('{0} of {1} lookups', formatCount(lookups), formatCount(sum(whole.lookups, range))),
    failed: l10n.t('{0} failed', formatCount(sum(strong.failed, range))),
    unanswered: l10n.t('{0} without an answer', formatCount(sum(strong.unanswered, range))),
    took:
      p95 === 0
        ? ''
        : isOne
          ? `p50 ${median(strong, range)}, p95 ${formatDuration(p95)}`
          : l10n.t('p95 up to {0}', formatDuration(p95)),
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
    l10n.t(
      'From {0} to {1} in steps of {2}: {3}.',
      formatDateTime(startUs).slice(0, 23),
      formatDateTime(end).slice(0, 23),
      spanText(stepUs),
      whole === undefined
        ? formatPlural(lookups, l10n.t('{0} lookup|{0} lookups'))
        : formatPlural(
            lookups,
            l10n.t('{0} lookup of {1}, which the filter chooses|{0} lookups of {1}, which the filter chooses'),
            formatCount(sum(whole.lookups, range)),
          ),
    ),
  ];
  if (lookups > 0)
    sentences.push(
      l10n.t(
        'Most, {0}, began in the {1} from {2}.',
        formatCount(strong.lookups[busiest] ?? 0),
        spanText(stepUs),
        formatClock(beginOf(data, busiest)),
      ),
    );
  const [first, last] = [failing[0], failing.at(-1)];
  if (first === undefined || last === undefined) sentences.push(l10n.t('None failed.'));
  else
    sentences.push(
      l10n.t(
        '{0} failed, {1} of them without an answer, the first at {2}, the last at {3}.',
        formatCount(sum(strong.failed, range)),
        formatCount(sum(strong.unanswered, range)),
        formatClock(beginOf(data, first)),
        formatClock(beginOf(data, last)),
      ),
    );
  const slowest = most(strong.p95Ns, range);
  if (slowest > 0)
    sentences.push(
      l10n.t(
        'Slowest from {0}: 95 of 100 took at most {1}.',
        formatClock(beginOf(data, strong.p95Ns.indexOf(slowest))),
        formatDuration(slowest),
      ),
    );
  return sentences.join(' ');
}
