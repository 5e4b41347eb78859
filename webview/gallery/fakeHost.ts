/**
 * A host in memory that speaks the real protocol: filters, sorts, expands, pushes snapshots. It holds a growing list
 * of lookups, or makes rows by number for sets that would not fit.
 */
import { ProblemError } from '../../src/base/problem.ts';
import type { FilterNode } from '../../src/core/filter/ast.ts';
import { filterTerms, parseFilter } from '../../src/core/filter/parser.ts';
import type { LookupRow, TransactionRow } from '../../src/core/view/rows.ts';
import type { Comparison } from '../../src/core/view/compare/compare.ts';
import type { DnsMap } from '../../src/core/view/map/mapPicture.ts';
import type { StatisticsPicture } from '../../src/core/view/statistics/statisticsRows.ts';
import type { Timeline } from '../../src/core/view/timeline/timeline.ts';
import { asLookupSort, type LookupSortColumn, type SortOrder } from '../../src/protocol/sortOrder.ts';
import type { PanelRequest, ReplyMap, TraceSnapshot, ViewState } from '../../src/protocol/webview.ts';
import { type FakeLookup, fakeDetails } from './fakeTrace.ts';
import { GalleryHost } from './galleryHost.ts';

export type FakeState = Omit<TraceSnapshot, 'kind' | 'generation' | 'seq' | 'view'>;

/** Lookups by number. */
export interface FakeLookups {
  readonly count: number;
  at(number: number): FakeLookup;
}

const NO_TIMELINE: Timeline = {
  startUs: 0,
  stepUs: 1000,
  all: { lookups: [], failed: [], unanswered: [], medianNs: [], p95Ns: [] },
  marks: [],
};

const NO_MAP: DnsMap = { lookups: 0, within: [], recentSeconds: 1, nodes: [], edges: [] };
const NO_COMPARISON: Comparison = {
  a: { filter: '', lookups: 0 },
  b: { filter: '', lookups: 0 },
  figures: [],
  offers: { clients: [], replicas: [], names: [], moments: [] },
};
const NO_STATISTICS: StatisticsPicture = { within: [], durationNs: 0, messages: 0, tree: [], tops: [], times: [] };

export class FakeHost extends GalleryHost {
  /** Pictures of the whole are drawn from real captures (`engineHost.ts`), but for what a live trace alone shows. */
  timeline = NO_TIMELINE;
  readonly #expanded = new Set<number>();
  lookups: FakeLookups;
  state: FakeState;
  #generation = 1;
  #seq = 0;
  #view = 1;
  #filter = '';
  #parsed = parseFilter('');
  #problem: ViewState['problem'];
  #sort: SortOrder<LookupSortColumn> | undefined;
  /** Numbers of the lookups in the view; `undefined` is all of them in order. */
  #numbers: readonly number[] | undefined;

  constructor(lookups: FakeLookups, state: FakeState) {
    super();
    this.lookups = lookups;
    this.state = state;
  }

  /** New lookups or another state; the panel is told. */
  update(change: { readonly lookups?: FakeLookups; readonly state?: Partial<FakeState> }): void {
    if (change.lookups !== undefined) this.lookups = change.lookups;
    this.state = { ...this.state, ...change.state };
    this.#build();
    this.push(this.#snapshot());
  }

  clear(): void {
    this.#generation++;
    this.#view++;
    this.#expanded.clear();
    this.update({
      lookups: { count: 0, at: () => this.lookups.at(0) },
      state: { findings: [], counts: { ...this.state.counts, lookups: 0, failed: 0, pending: 0, slow: 0 } },
    });
  }

  #snapshot(): TraceSnapshot {
    return {
      kind: 'trace/snapshot',
      generation: this.#generation,
      seq: ++this.#seq,
      ...this.state,
      view: this.#viewState(),
    };
  }

  protected answer(request: PanelRequest): ReplyMap[PanelRequest['kind']] | undefined {
    switch (request.kind) {
      case 'panel/ready':
        return { ...this.#snapshot() };
      case 'view/set':
        // Its rows are lookups, whatever is asked for.
        this.#setView(request.filter, asLookupSort(request.sort));
        return this.#viewState();
      case 'filter/complete':
        return { items: [] };
      case 'rows/read':
        return request.view === this.#view ? this.#window(request.from, request.to) : undefined;
      case 'row/expand':
        if (request.view !== this.#view) return undefined;
        if (request.expanded) this.#expanded.add(request.lookup);
        else this.#expanded.delete(request.lookup);
        return this.#viewState();
      case 'row/details':
        return fakeDetails(this.lookups.at(request.lookup));
      case 'event/details':
        throw new ProblemError({ code: 'no-such-row', detail: 'All rows here belong to lookups' });
      case 'view/nextFailure':
        return { index: this.#nextFailure(request.index) };
      case 'corefile/use':
        return { lines: [] };
      case 'timeline/read':
        return this.timeline;
      case 'map/read':
        return NO_MAP;
      case 'notes/set':
        this.update({ state: { notes: request.notes } });
        return { done: true };
      case 'compare/read':
        return NO_COMPARISON;
      case 'statistics/read':
        return NO_STATISTICS;
      case 'action/run':
        if (request.action.name === 'clear') this.clear();
        if (request.action.name === 'stop')
          this.update({
            state: {
              source: {
                ...this.state.source,
                state: 'ended',
                aftermath:
                  'The capture containers have exited. Their entries stay in the pods until the pods are replaced.',
              },
            },
          });
        return { done: true };
    }
  }

  #setView(filter: string, sort: SortOrder<LookupSortColumn> | undefined): void {
    const parsed = parseFilter(filter);
    this.#problem = parsed.problem;
    if (parsed.problem !== undefined) return;
    this.#view++;
    this.#filter = filter;
    this.#parsed = parsed;
    this.#sort = sort;
    this.#build();
  }

  #build(): void {
    const filter = this.#parsed.value;
    if (filter === undefined && this.#sort === undefined) {
      this.#numbers = undefined;
      return;
    }
    const numbers: number[] = [];
    for (let number = 0; number < this.lookups.count; number++) {
      if (filter === undefined || matches(this.lookups.at(number).row, filter)) numbers.push(number);
    }
    const sort = this.#sort;
    if (sort !== undefined) {
      const key = (number: number): string | number => sortKey(this.lookups.at(number).row, sort.column);
      const sign = sort.descending ? -1 : 1;
      numbers.sort((left, right) => (key(left) < key(right) ? -sign : key(left) > key(right) ? sign : left - right));
    }
    this.#numbers = numbers;
  }

  #total(): number {
    return this.#numbers?.length ?? this.lookups.count;
  }

  #numberAt(position: number): number {
    return this.#numbers?.[position] ?? position;
  }

  /** Expanded lookups in the view: position and number of legs. */
  #open(): readonly { readonly position: number; readonly legs: number }[] {
    return [...this.#expanded]
      .map((number) => ({
        position: this.#numbers === undefined ? number : this.#numbers.indexOf(number),
        legs: this.lookups.at(number).transactions.length,
      }))
      .filter(({ position }) => position >= 0)
      .sort((left, right) => left.position - right.position);
  }

  #viewState(): ViewState {
    const legs = this.#open().reduce((sum, one) => sum + one.legs, 0);
    return {
      view: this.#view,
      filter: this.#filter,
      rows: 'lookups',
      terms: filterTerms(this.#filter, this.#parsed.value),
      ...(this.#problem === undefined ? {} : { problem: this.#problem }),
      count: this.#total() + legs,
      lookups: this.#total(),
    };
  }

  #rowAt(index: number): LookupRow | TransactionRow {
    let shift = 0;
    for (const { position, legs } of this.#open()) {
      if (index <= position + shift) break;
      const leg = index - position - shift - 1;
      if (leg < legs) {
        const row = this.lookups.at(this.#numberAt(position)).transactions[leg];
        if (row !== undefined) return { ...row, index };
      }
      shift += legs;
    }
    const number = this.#numberAt(index - shift);
    return { ...this.lookups.at(number).row, index, expanded: this.#expanded.has(number) };
  }

  #window(from: number, to: number): ReplyMap['rows/read'] {
    const { count } = this.#viewState();
    const rows = Array.from({ length: Math.max(0, Math.min(to, count) - from) }, (_, at) => this.#rowAt(from + at));
    return { view: this.#view, from, rows, count };
  }

  #nextFailure(index: number): number {
    const { count } = this.#viewState();
    for (let step = 0; step < Math.min(count, 100_000); step++) {
      const at = (index + step) % count;
      const row = this.#rowAt(at);
      if (row.kind === 'lookup' && FAILURES.has(row.outcome)) return at;
    }
    return -1;
  }
}

/** The language's shape over a row of the gallery: of its fields, those that are texts of the row. */
function matches(row: LookupRow, filter: FilterNode): boolean {
  switch (filter.kind) {
    case 'and':
      return filter.items.every((item) => matches(row, item));
    case 'or':
      return filter.items.some((item) => matches(row, item));
    case 'not':
    case 'none':
      return !matches(row, filter.item);
    case 'verdict':
      if (filter.word === 'slow') return row.slow;
      return row.outcome === filter.word || (filter.word === 'failed' && FAILURES.has(row.outcome));
    case 'word':
      return textOf(row).includes(filter.text);
    case 'present':
      return true;
    case 'compare':
      return filter.tests.some((test) => {
        if (test.kind === 'pattern') return test.pattern.test(row.name);
        if (test.kind !== 'equals' && test.kind !== 'contains') return true;
        return filter.field.kind === 'finding' ? row.findings.includes(test.text) : textOf(row).includes(test.text);
      });
  }
}

const FAILURES: ReadonlySet<string> = new Set<LookupRow['outcome']>(['error', 'unanswered', 'nxdomain']);

function textOf(row: LookupRow): string {
  return [row.name, row.client, row.qtype, row.rcode, row.nameserver, ...row.addresses].join(' ').toLowerCase();
}

function sortKey(row: LookupRow, column: LookupSortColumn): string | number {
  switch (column) {
    case 'time':
      return row.timeUs;
    case 'client':
      return row.client;
    case 'name':
      return row.name;
    case 'qtype':
      return row.qtype;
    case 'outcome':
      return row.outcome;
    case 'latency':
      return row.latencyNs ?? Infinity;
  }
}
