/** What a side can be chosen from, as a list of suggestions: whole comparisons first, then places, then what the filter language offers. */
import type { CompareOffers } from '../../src/core/view/compareOffers.ts';
import type { ViewState } from '../../src/protocol/webview.ts';
import { timeRangeTerm } from '../../src/core/filter/times.ts';
import type { Suggestion } from '../widgets/comboField.tsx';
import { formatClock, formatPlural } from '../widgets/format.ts';
import { beforeAndAfter, type CompareChoice, everythingBut } from './compareChoice.ts';
import { filteredTime, timeWords } from './filterTerms.ts';

export interface SideOffer extends Omit<Suggestion, 'typed'> {
  /** What it chooses: of one side, or of both. */
  readonly change: Partial<CompareChoice>;
}

export type Side = 'a' | 'b';

export const SIDE_LETTERS: Readonly<Record<Side, string>> = { a: 'A', b: 'B' };

/** Comparisons that take one choice: the busiest two of a kind, before and after something. */
export function pairOffers(offers: CompareOffers, view: ViewState | undefined): readonly SideOffer[] {
  const pairs: SideOffer[] = [];
  const span = view === undefined ? undefined : filteredTime(view);
  if (span?.fromUs !== undefined)
    pairs.push(moment(span.fromUs, span.toUs === undefined ? "the filter's time" : "where the filter's time begins"));
  if (span?.toUs !== undefined) pairs.push(moment(span.toUs, "where the filter's time ends"));
  const [first, second] = offers.replicas;
  if (first !== undefined && second !== undefined)
    pairs.push({
      label: `${first.label} and ${second.label}`,
      kind: 'both sides',
      help: 'the busiest two CoreDNS pods',
      change: { a: first.filter, b: second.filter },
    });
  const [one, other] = offers.clients;
  if (one !== undefined && other !== undefined)
    pairs.push({
      label: `${one.label} and ${other.label}`,
      kind: 'both sides',
      help: 'the two that looked up most',
      change: { a: one.filter, b: other.filter },
    });
  return [...pairs, ...offers.moments.map(({ atUs, text }) => moment(atUs, text))];
}

function moment(us: number, help: string): SideOffer {
  return { label: `Before and after ${formatClock(us)}`, kind: 'both sides', help, change: beforeAndAfter(us) };
}

/** Everything that this side may be. */
export function sideOffers(
  side: Side,
  offers: CompareOffers,
  view: ViewState | undefined,
  { a, b }: CompareChoice,
): readonly SideOffer[] {
  const other = side === 'a' ? b : a;
  const span = view === undefined ? undefined : filteredTime(view);
  const own = (label: string, kind: string, help: string, filter: string): SideOffer => ({
    label,
    kind,
    help,
    change: side === 'a' ? { a: filter } : { b: filter },
  });
  return [
    ...(span?.fromUs === undefined || span.toUs === undefined
      ? []
      : [own(timeWords(span), 'time', "the filter's time", timeRangeTerm(span.fromUs, span.toUs))]),
    ...(view === undefined || view.filter === ''
      ? []
      : [own(view.filter, 'filter', 'the rows on screen', view.filter)]),
    ...(other === ''
      ? []
      : [
          own(
            `Everything but ${SIDE_LETTERS[side === 'a' ? 'b' : 'a']}`,
            'rest',
            'what it leaves',
            everythingBut(other),
          ),
        ]),
    ...offers.clients.map(({ label, filter, count }) => own(label, 'client', formatPlural(count, 'lookup'), filter)),
    ...offers.replicas.map(({ label, filter, count }) =>
      own(label, 'CoreDNS', `asked ${formatPlural(count, 'time')}`, filter),
    ),
    ...pairOffers(offers, view),
  ];
}

/** Those that hold the text, with the place where they do; all of them while nothing new was typed. */
export function matching(
  offers: readonly SideOffer[],
  typed: string,
): readonly { readonly offer: SideOffer; readonly suggestion: Suggestion }[] {
  const wanted = typed.trim().toLowerCase();
  return offers.flatMap((offer) => {
    const from = wanted === '' ? -1 : offer.label.toLowerCase().indexOf(wanted);
    if (wanted !== '' && from < 0) return [];
    const { label, kind, help } = offer;
    const place = from < 0 ? undefined : { from, to: from + wanted.length };
    return [{ offer, suggestion: { label, kind, help, typed: place } }];
  });
}
