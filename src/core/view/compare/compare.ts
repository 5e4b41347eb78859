/**
 * Two sides of a trace beside each other, each what a filter chooses: two pods, two CoreDNS pods, before and after a moment. Every figure that is a
 * count of lookups comes with the filter that chooses exactly those: the side's own and one condition on the lookup as a whole, which holds for
 * all its events alike, so that no condition of the side is asked of another event than before.
 */
import type { Steps } from '../../../base/steps.ts';
import { rcodeText } from '../../dns/types.ts';
import type { FilterProblem } from '../../filter/filterProblem.ts';
import { writtenValue } from '../../filter/writtenValue.ts';
import type { FindingSet } from '../../findings/evaluateFindings.ts';
import { ANSWERED_BY } from '../../lookups/answeredByNames.ts';
import type { TraceEngine } from '../../trace/traceEngine.ts';
import { ComparedSide } from './comparedSide.ts';
import { type CompareOffers, compareOffers } from './compareOffers.ts';
import { LookupChoice } from '../lookupChoice.ts';
import { LookupView } from '../lookupView.ts';
import { type Difference, tellApart } from './tellApart.ts';

export interface Comparison {
  readonly a: ComparedFilter;
  readonly b: ComparedFilter;
  /** None before both sides choose something. */
  readonly figures: readonly ComparedFigure[];
  /** Addresses in answers; absent where neither side has any. */
  readonly answers?: ComparedAnswers;
  readonly offers: CompareOffers;
}

export interface ComparedFilter {
  /** As asked; empty before anything is chosen. */
  readonly filter: string;
  readonly problem?: FilterProblem;
  readonly lookups: number;
}

export type FigureKind =
  | 'lookups'
  | 'answered'
  | 'nodata'
  | 'failed'
  /** Ended with the error `of`. */
  | 'result'
  | 'unanswered'
  | 'pending'
  /** Percentile `of`, or the most. */
  | 'took'
  | 'attempts'
  /** Answered from `of`. */
  | 'answered-by'
  /** The server `of` was asked. */
  | 'upstream';

export interface ComparedFigure {
  readonly kind: FigureKind;
  readonly of?: string;
  readonly unit: 'lookups' | 'nanoseconds' | 'attempts';
  readonly a: FigureOfSide;
  readonly b: FigureOfSide;
  /** Of `b` from `a`; absent where there is nothing to judge. */
  readonly difference?: Difference;
}

export interface FigureOfSide {
  /** In the figure's unit; absent where nothing has one. Of `every` lookups it was counted on one. */
  readonly value?: number;
  /** What it is part of: the side's lookups, or those that were looked at. */
  readonly of: number;
  readonly every: number;
  /** Chooses `rows` lookups; absent for none, and where only every so many-th was looked at. */
  readonly filter?: string;
  readonly rows: number;
}

export interface ComparedAnswers {
  /** Lookups that were read, and every how many-th of those answered they are. */
  readonly a: { readonly read: number; readonly every: number };
  readonly b: { readonly read: number; readonly every: number };
  /** Those that differ first; then by how often they came. */
  readonly addresses: readonly ComparedAddress[];
  /** Further ones that are not told. */
  readonly more: number;
}

export interface ComparedAddress {
  readonly address: string;
  readonly a: AddressOfSide;
  readonly b: AddressOfSide;
}

export interface AddressOfSide {
  /** Lookups that got it, of those read. */
  readonly lookups: number;
  /** Chooses the side's lookups with it in any answer on their way; absent where none got it. */
  readonly filter?: string;
}

const MOST_UPSTREAMS = 8;
const MOST_ADDRESSES = 40;
const PERCENTILES = [0.5, 0.95] as const;

/** @param sides filters; an empty one chooses nothing */
export function* comparisonOf(
  engine: TraceEngine,
  findings: FindingSet,
  sides: { readonly a: string; readonly b: string },
): Steps<Comparison> {
  const a = yield* chosenBy(engine, findings, sides.a);
  const b = yield* chosenBy(engine, findings, sides.b);
  const offers = yield* compareOffers(engine);
  const shown = { a: a.shown, b: b.shown, offers };
  if (a.choice === undefined || b.choice === undefined) return { ...shown, figures: [] };
  const [first, second] = [new ComparedSide(engine, a.choice), new ComparedSide(engine, b.choice)];
  yield* first.counting();
  yield* second.counting();
  const figures = new Figures(engine, [sides.a, sides.b], [first, second]);
  return { ...shown, figures: yield* figures.all(), ...figures.answers() };
}

interface Chosen {
  readonly shown: ComparedFilter;
  readonly choice?: LookupChoice;
}

function* chosenBy(engine: TraceEngine, findings: FindingSet, filter: string): Steps<Chosen> {
  if (filter.trim() === '') return { shown: { filter: '', lookups: 0 } };
  const view = new LookupView(engine);
  yield* view.updating(findings);
  yield* view.setting(filter, undefined);
  if (view.problem !== undefined) return { shown: { filter, problem: view.problem, lookups: 0 } };
  const choice = view.choice ?? new LookupChoice([], 0);
  return { shown: { filter, lookups: choice.size }, choice };
}

type Pair<Value> = readonly [Value, Value];

class Figures {
  readonly #engine: TraceEngine;
  readonly #filters: Pair<string>;
  readonly #sides: Pair<ComparedSide>;

  constructor(engine: TraceEngine, filters: Pair<string>, sides: Pair<ComparedSide>) {
    this.#engine = engine;
    this.#filters = filters;
    this.#sides = sides;
  }

  *all(): Steps<readonly ComparedFigure[]> {
    const { difference: _, ...lookups } = this.#counted('lookups', '', (side) => side.lookups);
    return [
      lookups,
      this.#counted('answered', 'answered', (side) => side.answered),
      ...this.#ifAny(this.#counted('nodata', 'nodata', (side) => side.nodata)),
      this.#counted('failed', 'failed', (side) => side.failed),
      ...this.#results(),
      this.#counted('unanswered', 'unanswered', (side) => side.unanswered),
      ...this.#ifAny(this.#counted('pending', 'pending', (side) => side.pending)),
      ...(yield* this.#times()),
      this.#attempts(),
      ...this.#answeredBy(),
      ...this.#upstreams(),
    ];
  }

  #counted(
    kind: FigureKind,
    condition: string,
    countOf: (side: ComparedSide) => number,
    more: { readonly of?: string; readonly isOfWays?: boolean } = {},
  ): ComparedFigure {
    const [a, b] = [0, 1].map((index): FigureOfSide => {
      const side = this.#sides[index]!;
      const count = countOf(side);
      const every = more.isOfWays === true ? side.waysEvery : 1;
      return {
        value: count,
        of: more.isOfWays === true ? side.ways : side.lookups,
        every,
        rows: count,
        ...(count === 0 || every > 1 ? {} : { filter: this.#filter(index, condition) }),
      };
    }) as [FigureOfSide, FigureOfSide];
    const difference = tellApart({ part: a.rows, of: a.of }, { part: b.rows, of: b.of });
    const { of } = more;
    return { kind, ...(of === undefined ? {} : { of }), unit: 'lookups', a, b, difference };
  }

  #filter(index: number, condition: string): string {
    return condition === '' ? this.#filters[index]! : `${this.#filters[index]!}, ${condition}`;
  }

  #ifAny(figure: ComparedFigure): readonly ComparedFigure[] {
    return figure.a.rows + figure.b.rows === 0 ? [] : [figure];
  }

  #results(): readonly ComparedFigure[] {
    const codes = keysOf(this.#sides, ({ errors }) => errors);
    const nxdomain = this.#counted('result', 'nxdomain', (side) => side.nxdomain, { of: 'NXDOMAIN' });
    const errors = codes.map((code) => {
      const of = rcodeText(code);
      return this.#counted(
        'result',
        `error, result == ${writtenValue(String(code))}`,
        (side) => side.errors.get(code) ?? 0,
        { of },
      );
    });
    return [...this.#ifAny(nxdomain), ...errors];
  }

  /** A percentile is told apart by how many on each side took longer than the smaller of the two (a median so is Mood's test). */
  *#times(): Steps<readonly ComparedFigure[]> {
    const [first, second] = this.#sides;
    const own = this.#sides.map(({ took }) => {
      const { max } = took.stats();
      return [...PERCENTILES.map((share) => took.percentile(share)), max].map(Math.floor);
    });
    const shared = PERCENTILES.map((_, k) => Math.min(own[0]![k]!, own[1]![k]!) + 1);
    const a = yield* first.countSlower([...shared, ...own[0]!]);
    const b = yield* second.countSlower([...shared, ...own[1]!]);
    const sideOf = (index: 0 | 1, k: number): FigureOfSide => {
      const of = this.#sides[index].took.count;
      if (of === 0) return { of, every: 1, rows: 0 };
      const value = own[index]![k]!;
      const rows = (index === 0 ? a : b)[shared.length + k]!;
      return { value, of, every: 1, rows, filter: this.#filter(index, `took >= ${String(value)}ns`) };
    };
    const counts = [first.took.count, second.took.count] as const;
    const percentiles = PERCENTILES.map((share, k): ComparedFigure => {
      const difference = tellApart({ part: a[k]!, of: counts[0] }, { part: b[k]!, of: counts[1] });
      const of = `p${String(share * 100)}`;
      return { kind: 'took', of, unit: 'nanoseconds', a: sideOf(0, k), b: sideOf(1, k), difference };
    });
    const most = { a: sideOf(0, PERCENTILES.length), b: sideOf(1, PERCENTILES.length) };
    return [...percentiles, { kind: 'took', of: 'max', unit: 'nanoseconds', ...most }];
  }

  #attempts(): ComparedFigure {
    const { a, b, difference } = this.#counted('attempts', 'attempts > 1', (side) => side.repeated);
    const mean = (index: 0 | 1, figure: FigureOfSide): FigureOfSide => {
      const { count, sum } = this.#sides[index].attempts.spread();
      const { value: _, ...rest } = figure;
      return count === 0 ? rest : { ...rest, value: sum / count };
    };
    return {
      kind: 'attempts',
      unit: 'attempts',
      a: mean(0, a),
      b: mean(1, b),
      ...(difference === undefined ? {} : { difference }),
    };
  }

  #answeredBy(): readonly ComparedFigure[] {
    return ANSWERED_BY.flatMap((name) =>
      this.#ifAny(
        this.#counted('answered-by', `answered.by == ${name}`, (side) => side.answeredBy.get(name) ?? 0, {
          of: name,
          isOfWays: true,
        }),
      ),
    );
  }

  answers(): { readonly answers?: ComparedAnswers } {
    const [a, b] = this.#sides;
    const all = keysOf(this.#sides, ({ addresses }) => addresses).map((address) => ({
      address,
      a: this.#withAnswer(0, address),
      b: this.#withAnswer(1, address),
    }));
    if (all.length === 0) return {};
    const isInBoth = (one: ComparedAddress): number => (one.a.lookups === 0 || one.b.lookups === 0 ? 0 : 1);
    // A stable sort: within each kind the order stays.
    const sorted = [...all].sort((x, y) => isInBoth(x) - isInBoth(y));
    const readOf = ({ read, readEvery: every }: ComparedSide): ComparedAnswers['a'] => ({ read, every });
    return {
      answers: {
        a: readOf(a),
        b: readOf(b),
        addresses: sorted.slice(0, MOST_ADDRESSES),
        more: Math.max(0, sorted.length - MOST_ADDRESSES),
      },
    };
  }

  #withAnswer(index: 0 | 1, address: string): AddressOfSide {
    const lookups = this.#sides[index].addresses.get(address) ?? 0;
    const condition = `answered, not none(answer == ${writtenValue(address)})`;
    return { lookups, ...(lookups === 0 ? {} : { filter: this.#filter(index, condition) }) };
  }

  #upstreams(): readonly ComparedFigure[] {
    const servers = keysOf(this.#sides, ({ upstreams }) => upstreams);
    return servers.slice(0, MOST_UPSTREAMS).map((server) => {
      const of = this.#engine.trace.addresses.textOf(server);
      // Some event of the lookup, not the one that the side's own conditions are asked of.
      const condition = `not none(upstream == ${writtenValue(of)})`;
      return this.#counted('upstream', condition, (side) => side.upstreams.get(server) ?? 0, { of, isOfWays: true });
    });
  }
}

/** Of both sides, the most frequent first. */
function keysOf<Key extends number | string>(
  sides: Pair<ComparedSide>,
  countsOf: (side: ComparedSide) => ReadonlyMap<Key, number>,
): readonly Key[] {
  const sums = new Map<Key, number>();
  for (const side of sides) for (const [key, count] of countsOf(side)) sums.set(key, (sums.get(key) ?? 0) + count);
  return [...sums].sort((x, y) => y[1] - x[1] || (x[0] < y[0] ? -1 : 1)).map(([key]) => key);
}
