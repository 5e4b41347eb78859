/**
 * What the grid scrolls over: lookups that match a text filter, in time order or sorted, with the transactions of the
 * expanded ones between them. Without filter and sort it is the identity and costs nothing, however many lookups there
 * are; with one it is an array of ids, rebuilt when the trace changed.
 * Cost of a filter: names and clients are matched once each (thousands), lookups by table look-ups (millions).
 */
import { visibleText } from '../../base/visibleText.ts';
import { rcodeText, typeText } from '../dns/types.ts';
import { primaryTransaction } from '../lookups/exchangeViews.ts';
import { OUTCOME_NAMES } from '../lookups/outcome.ts';
import { ROW_MASK } from '../trace/tables.ts';
import { isFailure, type TraceEngine } from '../trace/traceEngine.ts';
import { NO_FINDINGS, type FindingSet } from '../findings/evaluateFindings.ts';
import { CorefileUse } from './corefileUse.ts';
import { LookupChoice } from './lookupChoice.ts';
import { lookupRow, transactionRow, transactionsOfLookup } from './rowBuilder.ts';
import { MAX_WINDOW, type GridRow } from './rows.ts';

export type ViewSortColumn = 'time' | 'client' | 'name' | 'qtype' | 'outcome' | 'latency';
export interface ViewSort {
  readonly column: ViewSortColumn;
  readonly descending: boolean;
}

interface Expansion {
  readonly lookup: number;
  /** Position of the lookup among the matching ones. */
  position: number;
  children: readonly number[];
}

const FINDING_PREFIX = 'finding:';
const COREFILE_LINE = /^corefile:(\d{1,7})$/u;

export class LookupView {
  readonly #engine: TraceEngine;
  #words: readonly string[] = [];
  #finding: string | undefined;
  #sort: ViewSort | undefined;
  #filter = '';
  /** Matching lookups; `undefined` means all, in order. */
  #ids: Uint32Array | undefined;
  #findings: FindingSet = NO_FINDINGS;
  readonly #expanded = new Map<number, Expansion>();
  #expansions: Expansion[] = [];
  #builtVersion = -1;
  readonly #corefile: CorefileUse;

  constructor(engine: TraceEngine) {
    this.#engine = engine;
    this.#corefile = new CorefileUse(engine);
  }

  get corefile(): CorefileUse {
    return this.#corefile;
  }

  get filter(): string {
    return this.#filter;
  }

  /** The matching lookups; `undefined` when nothing is filtered. */
  get choice(): LookupChoice | undefined {
    const all = this.#ids === undefined || (this.#words.length === 0 && this.#finding === undefined);
    return all ? undefined : new LookupChoice(this.#ids ?? [], this.#engine.trace.lookups.length);
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

  /** @param filter words that must all occur in a row, case ignored; `finding:ID` for the lookups behind a finding, `corefile:LINE` for those a line served */
  set(filter: string, sort: ViewSort | undefined): void {
    this.#filter = filter;
    const words = filter
      .toLowerCase()
      .split(/\s+/u)
      .filter((word) => word !== '');
    this.#finding = words.find((word) => word.startsWith(FINDING_PREFIX));
    this.#words = words.filter((word) => word !== this.#finding);
    this.#sort = sort;
    this.#builtVersion = -1;
    this.update(this.#findings);
  }

  /** Brings the view up to the trace's present state. */
  update(findings: FindingSet): void {
    this.#findings = findings;
    if (this.#builtVersion === this.#engine.version) return;
    this.#builtVersion = this.#engine.version;
    const all = this.#words.length === 0 && this.#finding === undefined && this.#sort === undefined;
    this.#ids = all ? undefined : this.#build();
    this.#placeExpansions();
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

  findingsOf(lookup: number): readonly string[] {
    const ids: string[] = [];
    this.#findings.lookups.forEach((lookups, index) => {
      if (lookups.has(lookup)) ids.push(this.#findings.findings[index]!.id);
    });
    return ids;
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
    return lookupRow(this.#engine, lookup, index, this.#expanded.has(lookup), this.findingsOf(lookup));
  }

  #lookupAt(position: number): number {
    return this.#ids === undefined ? position : this.#ids[position]!;
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
    if (this.#sort !== undefined) return ids.indexOf(lookup);
    let low = 0;
    let high = ids.length - 1;
    while (low <= high) {
      const middle = (low + high) >>> 1;
      const found = ids[middle]!;
      if (found === lookup) return middle;
      if (found < lookup) low = middle + 1;
      else high = middle - 1;
    }
    return -1;
  }

  #build(): Uint32Array {
    const { trace } = this.#engine;
    const matches = this.#matcher();
    const ids = new Uint32Array(trace.lookups.length);
    let count = 0;
    for (let lookup = 0; lookup < trace.lookups.length; lookup++) if (matches(lookup)) ids[count++] = lookup;
    const found = ids.slice(0, count);
    if (this.#sort !== undefined) this.#sortIds(found, this.#sort);
    return found;
  }

  #matcher(): (lookup: number) => boolean {
    const wanted = this.#finding === undefined ? undefined : this.#lookupsOfFinding(this.#finding);
    const tests = this.#words.map((word) => this.#lineTest(word) ?? this.#wordTest(word));
    return (lookup) => {
      if (wanted?.has(lookup) === false) return false;
      for (const test of tests) if (!test(lookup)) return false;
      return true;
    };
  }

  #lineTest(word: string): ((lookup: number) => boolean) | undefined {
    const line = COREFILE_LINE.exec(word)?.[1];
    return line === undefined ? undefined : (lookup) => this.#corefile.isOnLine(lookup, Number(line));
  }

  #lookupsOfFinding(filter: string): ReadonlySet<number> {
    const index = this.#findings.findings.findIndex((finding) => finding.filter.toLowerCase() === filter);
    if (index >= 0) return this.#findings.lookups[index]!;
    const all = new Set<number>();
    const id = filter.slice(FINDING_PREFIX.length);
    this.#findings.findings.forEach((finding, i) => {
      if (finding.id === id) for (const lookup of this.#findings.lookups[i]!) all.add(lookup);
    });
    return all;
  }

  /** One word against a lookup's name, client, server, type, rcode and outcome; names and addresses are tested once each. */
  #wordTest(word: string): (lookup: number) => boolean {
    const { trace, topology } = this.#engine;
    const byName = lazily((id) => visibleText(trace.names.textOf(id)).toLowerCase().includes(word));
    const byAddress = lazily((id) => {
      const address = trace.addresses.textOf(id);
      return address.includes(word) || visibleText(topology.shortName(address)).toLowerCase().includes(word);
    });
    // From the start of the word: `error` must not find NOERROR, nor `answered` find unanswered.
    const byOutcome = OUTCOME_NAMES.map(
      (outcome, code) => outcome.startsWith(word) || (word === 'failed' && isFailure(code)),
    );
    const byRcode = lazily((rcode) => rcodeText(rcode).toLowerCase().startsWith(word));
    const byType = lazily((qtype) => typeText(qtype).toLowerCase() === word);
    return (lookup) => {
      const chunk = trace.lookups.of(lookup);
      const row = lookup & ROW_MASK;
      if (byName(chunk.name[row]!) || byAddress(chunk.client[row]!) || byOutcome[chunk.outcome[row]!] === true)
        return true;
      const settled = chunk.outcome[row] !== 0 && chunk.outcome[row] !== 5;
      if (settled && byRcode(chunk.rcode[row]!)) return true;
      for (const exchange of trace.exchangesOf(lookup)) {
        const id = primaryTransaction(trace, exchange);
        const transactions = trace.transactions.of(id);
        if (byAddress(transactions.server[id & ROW_MASK]!) || byType(transactions.qtype[id & ROW_MASK]!)) return true;
        for (const child of trace.childrenOf(exchange)) {
          const childId = primaryTransaction(trace, child);
          if (byAddress(trace.transactions.of(childId).server[childId & ROW_MASK]!)) return true;
        }
      }
      return false;
    };
  }

  #sortIds(ids: Uint32Array, sort: ViewSort): void {
    const { trace } = this.#engine;
    const direction = sort.descending ? -1 : 1;
    const column = sort.column;
    const key = (lookup: number): number | string => {
      const chunk = trace.lookups.of(lookup);
      const row = lookup & ROW_MASK;
      switch (column) {
        case 'time':
          return chunk.start[row]!;
        case 'latency':
          return Number.isNaN(chunk.latency[row]!) ? Number.POSITIVE_INFINITY : chunk.latency[row]!;
        case 'outcome':
          return isFailure(chunk.outcome[row]!) ? chunk.outcome[row]! : chunk.outcome[row]! - 10;
        case 'name':
          return trace.names.textOf(chunk.name[row]!);
        case 'client':
          return this.#engine.topology.shortName(trace.addresses.textOf(chunk.client[row]!));
        case 'qtype': {
          const id = primaryTransaction(trace, chunk.stepExchange[row]!);
          return trace.transactions.of(id).qtype[id & ROW_MASK]!;
        }
      }
    };
    const keys = new Map<number, number | string>();
    for (const id of ids) keys.set(id, key(id));
    ids.sort((a, b) => {
      const x = keys.get(a)!;
      const y = keys.get(b)!;
      return x < y ? -direction : x > y ? direction : a - b;
    });
  }
}

function lazily(test: (id: number) => boolean): (id: number) => boolean {
  const known = new Map<number, boolean>();
  return (id) => {
    let result = known.get(id);
    if (result === undefined) {
      result = test(id);
      known.set(id, result);
    }
    return result;
  };
}
