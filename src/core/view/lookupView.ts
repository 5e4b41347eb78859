/**
 * What the grid scrolls over: lookups that match a filter, in time order or sorted, with the transactions of the
 * expanded ones between them. Without filter and sort it is the identity and costs nothing, however many lookups there
 * are; with one it is an array of ids, rebuilt when the trace changed. Ids are kept ascending by the sorted column, and a descending sort reads
 * them from their end: equal rows then come latest first.
 */
import { firstIndex } from '../../base/firstIndex.ts';
import type { FilterProblem } from '../filter/filterProblem.ts';
import type { LookupFacts } from '../filter/lookupTests.ts';
import { filterTerms, parseFilter } from '../filter/parser.ts';
import { timeTerms, type TimeTerm } from '../filter/times.ts';
import { TraceFilter, type Matches } from '../filter/traceFilter.ts';
import type { TraceEngine } from '../trace/traceEngine.ts';
import { NO_FINDINGS, type FindingSet } from '../findings/evaluateFindings.ts';
import { CorefileUse } from './corefileUse.ts';
import { LookupChoice } from './lookupChoice.ts';
import { LookupOrder, type LookupSortColumn } from './order/lookupOrder.ts';
import { runSteps, type Steps } from '../../base/steps.ts';
import { type Explained, lookupRow, transactionRow, transactionsOfLookup } from './rowBuilder.ts';
import { MAX_WINDOW, type GridRow } from './rows.ts';

export interface ViewSort {
  readonly column: LookupSortColumn;
  readonly descending: boolean;
}

interface Expansion {
  readonly lookup: number;
  /** Position of the lookup among the matching ones. */
  position: number;
  children: readonly number[];
}

export class LookupView {
  readonly #engine: TraceEngine;
  readonly #order: LookupOrder;
  #matching: TraceFilter | undefined;
  #terms: readonly string[] = [];
  #times: readonly TimeTerm[] = [];
  #problem: FilterProblem | undefined;
  #sort: ViewSort | undefined;
  #filter = '';
  /** Matching lookups, ascending by the sorted column; `undefined` means all, in order. */
  #ids: Uint32Array | undefined;
  #findings: FindingSet = NO_FINDINGS;
  readonly #expanded = new Map<number, Expansion>();
  #expansions: Expansion[] = [];
  #builtVersion = -1;
  #revision = 0;
  readonly #corefile: CorefileUse;
  readonly #facts: LookupFacts = {
    lookupsOfFinding: (id) => this.#lookupsOfFinding(id),
    isOnCorefileLine: (lookup, line) => this.#corefile.isOnLine(lookup, line),
  };

  constructor(engine: TraceEngine) {
    this.#engine = engine;
    this.#order = new LookupOrder(engine);
    this.#corefile = new CorefileUse(engine);
  }

  get corefile(): CorefileUse {
    return this.#corefile;
  }

  /** The filter that the rows obey: the latest that was not broken. */
  get filter(): string {
    return this.#filter;
  }

  /** Its conditions, as written. */
  get terms(): readonly string[] {
    return this.#terms;
  }

  /** Those of them that are nothing but a span of time. */
  get times(): readonly TimeTerm[] {
    return this.#times;
  }

  /** What is wrong with the latest filter. */
  get problem(): FilterProblem | undefined {
    return this.#problem;
  }

  /** The matching lookups; `undefined` when nothing is filtered. */
  get choice(): LookupChoice | undefined {
    if (this.#matching === undefined) return undefined;
    return new LookupChoice(this.#ids ?? [], this.#engine.trace.lookups.length);
  }

  /** Grows whenever the rows may have changed. */
  get revision(): number {
    return this.#revision;
  }

  /** What matches, down to messages; `undefined` when nothing is filtered. */
  matches(): Matches | undefined {
    return this.#matching === undefined ? undefined : runSteps(this.#matching.matches());
  }

  /** Whether its rows are those of the trace as it is. */
  get isCurrent(): boolean {
    return this.#builtVersion === this.#engine.version;
  }

  get sort(): ViewSort | undefined {
    return this.#sort;
  }

  get lookups(): number {
    return this.#ids?.length ?? this.#engine.trace.lookups.length;
  }

  /** Rows, expanded transactions included. */
  get count(): number {
    return this.#expansions.reduce((sum, expansion) => sum + expansion.children.length, this.lookups);
  }

  /**
   * @param filter an expression of the filter language (docs/filter.md). One that is broken leaves the rows as they were, and its
   *   problem in {@link problem} until the next one.
   * @returns whether other rows may be shown from here on, or the same in another order
   */
  set(filter: string, sort: ViewSort | undefined): boolean {
    return runSteps(this.setting(filter, sort));
  }

  /** The same in steps. Nothing is changed before the last of them, so that work begun in vain may be dropped. */
  *setting(filter: string, sort: ViewSort | undefined): Steps<boolean> {
    const { value, problem } = parseFilter(filter);
    const isSameColumn = sort?.column === this.#sort?.column;
    if (problem !== undefined) {
      const reordered = !isSameColumn || sort?.descending !== this.#sort?.descending;
      if (reordered) yield* this.#rebuild(this.#matching, sort);
      this.#problem = problem;
      return reordered;
    }
    if (isSameColumn && filter === this.#filter && this.isCurrent) {
      this.#sort = sort;
      this.#placeExpansions();
    } else {
      const matching = value === undefined ? undefined : new TraceFilter(this.#engine, value, this.#facts);
      yield* this.#rebuild(matching, sort);
      this.#filter = filter;
      this.#terms = filterTerms(filter, value);
      this.#times = timeTerms(value);
    }
    this.#problem = undefined;
    return true;
  }

  /** Brings the view up to the trace's present state. */
  update(findings: FindingSet): void {
    runSteps(this.updating(findings));
  }

  /** The same in steps; rows stay as they were until the last of them. */
  *updating(findings: FindingSet): Steps<void> {
    this.#findings = findings;
    if (!this.isCurrent) yield* this.#rebuild(this.#matching, this.#sort);
  }

  expand(lookup: number, expanded: boolean): void {
    if (lookup >= this.#engine.trace.lookups.length) return;
    if (expanded) this.#expanded.set(lookup, { lookup, position: 0, children: [] });
    else this.#expanded.delete(lookup);
    this.#placeExpansions();
  }

  read(from: number, to: number): readonly GridRow[] {
    const rows: GridRow[] = [];
    const end = Math.min(to, from + MAX_WINDOW, this.count);
    for (let index = Math.max(0, from); index < end; index++) rows.push(this.#rowAt(index));
    return rows;
  }

  /** Index of the first failed lookup at or after `index`, going round once; −1 when there is none. */
  nextFailure(index: number): number {
    const { failures } = this.#engine;
    if (failures.size === 0) return -1;
    const total = this.lookups;
    const start = this.#positionAtOrAfter(index);
    for (let step = 0; step < total; step++) {
      const position = (start + step) % total;
      if (failures.has(this.#lookupAt(position))) return this.#indexOf(position);
    }
    return -1;
  }

  explained(lookup: number): Explained {
    const { findings, lookups, atFault } = this.#findings;
    const found = findings.filter((_, index) => lookups[index]!.has(lookup));
    return { findings: found.map(({ id }) => id), atFault: atFault.get(lookup) };
  }

  #rowAt(index: number): GridRow {
    let before = 0;
    for (const expansion of this.#expansions) {
      const own = expansion.position + before;
      if (index <= own) break;
      const child = index - own - 1;
      if (child < expansion.children.length) return transactionRow(this.#engine, expansion.children[child]!, index);
      before += expansion.children.length;
    }
    const lookup = this.#lookupAt(index - before);
    return lookupRow(this.#engine, lookup, index, this.#expanded.has(lookup), this.explained(lookup));
  }

  #lookupAt(position: number): number {
    return this.#ids === undefined ? position : this.#ids[this.#placeIn(this.#ids, position)]!;
  }

  /** Where a position stands among the ids, and the other way round. */
  #placeIn(ids: Uint32Array, position: number): number {
    return this.#sort?.descending === true ? ids.length - 1 - position : position;
  }

  /** Index of a lookup's row, given its position among the matching lookups. */
  #indexOf(position: number): number {
    let index = position;
    for (const expansion of this.#expansions) if (expansion.position < position) index += expansion.children.length;
    return index;
  }

  #positionAtOrAfter(index: number): number {
    let position = index;
    for (const expansion of this.#expansions) {
      if (this.#indexOf(expansion.position) >= index) break;
      position -= Math.min(expansion.children.length, index - this.#indexOf(expansion.position) - 1);
    }
    return Math.max(0, Math.min(position, this.lookups)) % Math.max(1, this.lookups);
  }

  #placeExpansions(): void {
    const placed: Expansion[] = [];
    for (const expansion of this.#expanded.values()) {
      const position = this.#ids === undefined ? expansion.lookup : this.#find(expansion.lookup);
      if (position < 0) continue;
      expansion.position = position;
      expansion.children = transactionsOfLookup(this.#engine, expansion.lookup);
      placed.push(expansion);
    }
    this.#expansions = placed.sort((a, b) => a.position - b.position);
  }

  #find(lookup: number): number {
    const ids = this.#ids!;
    if (this.#sort !== undefined) {
      const place = ids.indexOf(lookup);
      return place < 0 ? place : this.#placeIn(ids, place);
    }
    const place = firstIndex(0, ids.length, (index) => ids[index]! >= lookup);
    return ids[place] === lookup ? place : -1;
  }

  *#rebuild(matching: TraceFilter | undefined, sort: ViewSort | undefined): Steps<void> {
    const { version, trace } = this.#engine;
    let ids: Uint32Array | undefined;
    if (matching !== undefined || sort !== undefined) {
      ids = matching === undefined ? allIds(trace.lookups.length) : chosenIds(yield* matching.lookups());
      yield;
      if (sort !== undefined) ids = yield* this.#order.sorted(ids, sort.column);
    }
    this.#matching = matching;
    this.#sort = sort;
    this.#ids = ids;
    this.#builtVersion = version;
    this.#revision++;
    this.#placeExpansions();
  }

  /** Lookups behind a finding by its own filter (`…#2` of several), or behind all findings of an id. */
  #lookupsOfFinding(id: string): ReadonlySet<number> {
    const index = this.#findings.findings.findIndex((finding) => finding.filter.toLowerCase() === `finding:${id}`);
    const all = new Set<number>(this.#findings.lookups[index]);
    this.#findings.findings.forEach((finding, i) => {
      if (index < 0 && finding.id === id) for (const lookup of this.#findings.lookups[i]!) all.add(lookup);
    });
    return all;
  }
}

function allIds(length: number): Uint32Array {
  const all = new Uint32Array(length);
  for (let id = 0; id < length; id++) all[id] = id;
  return all;
}

/** Ids of the rows that are 1. */
function chosenIds(matches: Uint8Array): Uint32Array {
  const { length } = matches;
  // Four rows at a time: most filters choose few of many.
  const words = new Uint32Array(matches.buffer, matches.byteOffset, length >>> 2);
  let count = 0;
  for (const word of words) count += Math.imul(word, 0x0101_0101) >>> 24;
  for (let id = words.length * 4; id < length; id++) count += matches[id]!;
  const ids = new Uint32Array(count);
  for (let id = 0, at = 0; at < count; id++) {
    if ((id & 3) === 0 && words[id >>> 2] === 0) id += 3;
    else if (matches[id] === 1) ids[at++] = id;
  }
  return ids;
}
