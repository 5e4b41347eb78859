/** What the statistics say in words. */
import type {
  GroupKind,
  StatisticsCount,
  StatisticsNode,
  StatisticsValues,
  TimeBucket,
} from '../../src/core/view/statisticsRows.ts';
import { formatClock, formatCount, formatDuration, formatPlural } from '../widgets/format.ts';

export const TOP_TITLES: Readonly<Record<GroupKind, string>> = {
  names: 'Names',
  clients: 'Clients',
  servers: 'Servers',
  namespaces: 'Namespaces of clients',
};

/** What a click on a figure shows, or why there is nothing to click. */
export function figureTitle({ count, rows, filter, why }: StatisticsCount): string {
  if (filter === undefined) return why ?? '';
  const what =
    rows === 'messages'
      ? formatPlural(count, 'message')
      : formatPlural(count, 'query with its response', 'queries with their responses');
  return `Show ${count === 1 ? 'this' : 'these'} ${what}`;
}

export function valueText(unit: StatisticsValues['unit'], value: number): string {
  switch (unit) {
    case 'time':
      return formatDuration(value);
    case 'bytes':
    case 'number':
      return Number.isInteger(value) ? formatCount(value) : value.toFixed(1);
  }
}

/** Of events: per second, or per minute or hour where few come. */
export function rateText(ratePerMs: number): string {
  const perSecond = ratePerMs * 1000;
  if (perSecond === 0) return '';
  if (perSecond >= 100) return `${formatCount(Math.round(perSecond))}/s`;
  if (perSecond >= 0.1) return `${perSecond.toFixed(perSecond >= 10 ? 0 : 1)}/s`;
  const perMinute = perSecond * 60;
  return perMinute >= 0.1 ? `${perMinute.toFixed(1)}/min` : `${(perMinute * 60).toFixed(1)}/h`;
}

type Burst = NonNullable<StatisticsNode['burst']>;

export function burstText({ count, startNs }: Burst): string {
  return `${formatCount(count)} at ${formatDuration(startNs) === '0 ns' ? 'the start' : `+${formatDuration(startNs)}`}`;
}

export function burstTitle({ count, windowMs, startUs }: Burst): string {
  return `${formatCount(count)} within ${formatDuration(windowMs * 1e6)}, from ${formatClock(startUs)} on`;
}

/** `1 ms to 1.5 ms`, short: edges are round. */
export function bucketText({ fromNs, belowNs }: Pick<TimeBucket, 'fromNs' | 'belowNs'>): string {
  if (belowNs === undefined) return `${edgeText(fromNs)} or more`;
  return fromNs === 0 ? `below ${edgeText(belowNs)}` : `${edgeText(fromNs)} to ${edgeText(belowNs)}`;
}

/** A round time without the zeros: `1.5 ms`, `100 µs`. */
export function edgeText(nanoseconds: number): string {
  return formatDuration(nanoseconds).replace(/\.(\d*?)0+ /u, (_, kept: string) => (kept === '' ? ' ' : `.${kept} `));
}
