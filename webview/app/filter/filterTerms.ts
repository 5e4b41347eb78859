/** The terms of a filter as people see them, and filters made of terms. */
import * as l10n from '@vscode/l10n';
import { visibleText } from '../../../src/base/visibleText.ts';
import type { Finding } from '../../../src/core/findings/finding.ts';
import { timeRangeTerm, type TimeTerm } from '../../../src/core/filter/times.ts';
import type { ViewState } from '../../../src/protocol/webview.ts';
import { formatClock, formatDateTime } from '../../widgets/format.ts';

/** Words as they were typed; a comma where a condition is more than one word. */
export function joinedTerms(terms: readonly string[]): string {
  return terms.join(terms.some((term) => /\s/u.test(term)) ? ', ' : ' ');
}

/** The conditions of a picture, with those of one of its figures. */
export function narrowedTo(within: readonly string[], ...figure: readonly string[]): string {
  return joinedTerms([...new Set([...within, ...figure])]);
}

/** What a chip says of a term: findings by their title, times by the clock that the rows show. */
export function termWords(
  { terms, times }: Pick<ViewState, 'terms' | 'times'>,
  index: number,
  findings: readonly Finding[],
): string {
  const term = terms[index] ?? '';
  const time = times?.find((one) => one.term === index);
  if (time !== undefined) return timeWords(time);
  // Pasted, or kept of another trace: it may hide what it says.
  if (!term.startsWith('finding:')) return visibleText(term);
  const finding = findings.find((one) => one.filter === term);
  return l10n.t('Finding: {0}', finding?.title ?? visibleText(term.slice('finding:'.length)));
}

/** `12:01:07.250 to 12:01:08.500`; with dates where the ends are of different days. Local time. */
export function timeWords({ fromUs, toUs }: Pick<TimeTerm, 'fromUs' | 'toUs'>): string {
  if (fromUs === undefined) return toUs === undefined ? l10n.t('Any time') : l10n.t('Before {0}', formatClock(toUs));
  if (toUs === undefined) return l10n.t('From {0}', formatClock(fromUs));
  const isOneDay = formatDateTime(fromUs).slice(0, 10) === formatDateTime(toUs).slice(0, 10);
  const text = isOneDay ? formatClock : (us: number) => formatDateTime(us).slice(0, 23);
  return l10n.t('{0} to {1}', text(fromUs), text(toUs));
}

/** The filter with another span of time, or with none. */
export function filterInTime(
  { terms, times = [] }: Pick<ViewState, 'terms' | 'times'>,
  span: { readonly fromUs: number; readonly toUs: number } | undefined,
): string {
  const others = terms.filter((_, index) => !times.some(({ term }) => term === index));
  return joinedTerms(span === undefined ? others : [...others, timeRangeTerm(span.fromUs, span.toUs)]);
}

/** The part of time that the filter leaves; `undefined` when it says nothing of time. */
export function filteredTime({ times = [] }: Pick<ViewState, 'times'>): Pick<TimeTerm, 'fromUs' | 'toUs'> | undefined {
  if (times.length === 0) return undefined;
  const froms = times.flatMap(({ fromUs }) => (fromUs === undefined ? [] : [fromUs]));
  const tos = times.flatMap(({ toUs }) => (toUs === undefined ? [] : [toUs]));
  return {
    ...(froms.length === 0 ? {} : { fromUs: Math.max(...froms) }),
    ...(tos.length === 0 ? {} : { toUs: Math.min(...tos) }),
  };
}
