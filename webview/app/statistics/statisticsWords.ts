/** What the statistics say in words. */
import * as l10n from '@vscode/l10n';
import type {
  GroupKind,
  StatisticsCount,
  StatisticsNode,
  StatisticsValues,
  TimeBucket,
} from '../../../src/core/view/statistics/statisticsRows.ts';
import { formatClock, formatCount, formatDuration, formatPlural } from '../../widgets/format.ts';

export const TOP_TITLES: Readonly<Record<GroupKind, string>> = {
  names: l10n.t('Names'),
  clients: l10n.t('Clients'),
  servers: l10n.t('Servers'),
  namespaces: l10n.t('Namespaces of clients'),
};

/** What a click on a figure shows, or why there is nothing to click. */
export function figureTitle({ count, rows, filter, why }: StatisticsCount): string {
  if (filter === undefined) return why ?? '';
  return formatPlural(
    count,
    rows === 'messages'
      ? l10n.t('Show this {0} message|Show these {0} messages')
      : l10n.t('Show this {0} query with its response|Show these {0} queries with their responses'),
  );
}

export function valueText(unit: StatisticsValues['unit'], value: number): string {
  switch (unit) {
    case 'time':
      return formatDuration(value);
    case 'bytes':
      return `${numberText(value)} B`;
    case 'number':
      return numberText(value);
  }
}

const numberText = (value: number): string => (Number.isInteger(value) ? formatCount(value) : value.toFixed(1));

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
  const after = formatDuration(startNs);
  return after === '0 ns'
    ? l10n.t('{0} at the start', formatCount(count))
    : l10n.t('{0} at {1}', formatCount(count), `+${after}`);
}

export function burstTitle({ count, windowMs, startUs }: Burst): string {
  return l10n.t(
    '{0} within {1}, from {2} on',
    formatCount(count),
    formatDuration(windowMs * 1e6),
    formatClock(startUs),
  );
}

/** `1 ms to 1.5 ms`, short: edges are round. */
export function bucketText({ fromNs, belowNs }: Pick<TimeBucket, 'fromNs' | 'belowNs'>): string {
  if (belowNs === undefined) return l10n.t('{0} or more', edgeText(fromNs));
  return fromNs === 0
    ? l10n.t('below {0}', edgeText(belowNs))
    : l10n.t('{0} to {1}', edgeText(fromNs), edgeText(belowNs));
}

/** A round time without the zeros: `1.5 ms`, `100 µs`. */
export function edgeText(nanoseconds: number): string {
  return formatDuration(nanoseconds).replace(/\.(\d*?)0+ /u, (_, kept: string) => (kept === '' ? ' ' : `.${kept} `));
}
