/** What a side can be chosen from, as a list of suggestions: whole comparisons first, then places, then what the filter language offers. */
import * as l10n from '@vscode/l10n';
import type { CompareOffers } from '../../../src/core/view/compare/compareOffers.ts';
import type { ViewState } from '../../../src/protocol/webview.ts';
import { timeRangeTerm } from '../../../src/core/filter/times.ts';
import type { Suggestion } from '../../widgets/comboField.tsx';
import { formatClock, formatPlural } from '../../widgets/format.ts';
import { beforeAndAfter, type CompareChoice, everythingBut } from './compareChoice.ts';
import { filteredTime, timeWords } from '../filter/filterTerms.ts';

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
    pairs.push(
      moment(
        span.fromUs,
        span.toUs === undefined ? l10n.t("the filter's time") : l10n.t("where the filter's time begins"),
      ),
    );
  if (span?.toUs !== undefined) pairs.push(moment(span.toUs, l10n.t("where the filter's time ends")));
  const [first, second] = offers.replicas;
  if (first !== undefined && second !== undefined)
    pairs.push({
      label: l10n.t('{0} and {1}', first.label, second.label),
      kind: l10n.t('both sides'),
      help: l10n.t('the busiest two CoreDNS pods'),
      change: { a: first.filter, b: second.filter },
    });
  const [one, other] = offers.clients;
  if (one !== undefined && other !== undefined)
    pairs.push({
      label: l10n.t('{0} and {1}', one.label, other.label),
      kind: l10n.t('both sides'),
      help: l10n.t('the two that looked up most'),
      change: { a: one.filter, b: other.filter },
    });
  return [...pairs, ...offers.moments.map(({ atUs, text }) => moment(atUs, text))];
}

function moment(us: number, help: string): SideOffer {
  return {
    label: l10n.t('Before and after {0}', formatClock(us)),
    kind: l10n.t('both sides'),
    help,
    change: beforeAndAfter(us),
  };
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
      : [own(timeWords(span), l10n.t('time'), l10n.t("the filter's time"), timeRangeTerm(span.fromUs, span.toUs))]),
    ...(view === undefined || view.filter === ''
      ? []
      : [own(view.filter, l10n.t('filter'), l10n.t('the rows on screen'), view.filter)]),
    ...(other === ''
      ? []
      : [
          own(
            l10n.t('Everything but {0}', SIDE_LETTERS[side === 'a' ? 'b' : 'a']),
            l10n.t('rest'),
            l10n.t('what it leaves'),
            everythingBut(other),
          ),
        ]),
    ...offers.clients.map(({ label, filter, count }) =>
      own(label, l10n.t('client'), formatPlural(count, l10n.t('{0} lookup|{0} lookups')), filter),
    ),
    ...offers.replicas.map(({ label, filter, count }) =>
      own(label, 'CoreDNS', formatPlural(count, l10n.t('asked {0} time|asked {0} times')), filter),
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
