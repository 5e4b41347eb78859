/**
 * A filter over one trace. It matches events (a query or a response at one place) and through them lookups: a lookup matches
 * when one of its events does, with words about the whole lookup (its outcome, its client, a word of its row) being true or
 * false of all its events alike (docs/adr/0050-filter-language.md). Cost: the distinct names and addresses once each,
 * then a few nanoseconds a transaction and condition; conditions on lookups alone never look at transactions.
 */
import type { Steps } from '../../base/steps.ts';
import { NONE, State, type TransactionChunk } from '../trace/tables.ts';
import type { TraceEngine } from '../trace/traceEngine.ts';
import type { FilterNode } from './ast.ts';
import { ANSWERED, type EventWindow } from './eventColumns.ts';
import { EventLookups } from './eventLookups.ts';
import { eventComparison, eventPresence } from './eventTests.ts';
import { lookupComparison, verdictTest, WordTest, type LookupFacts, type LookupWindow } from './lookupTests.ts';
import { Conjunction, Disjunction, Negation, withMask, type Mask, type MaskTest } from './mask.ts';

type LookupTest = MaskTest<LookupWindow>;
type EventTest = MaskTest<EventWindow>;

/** What of a transaction matches: bits of a byte. */
export const EventBit = { query: 1, response: 2 } as const;

export interface Matches {
  /** A byte a lookup. */
  readonly lookups: Uint8Array;
  /** A byte a transaction, of {@link EventBit}. */
  readonly transactions: Uint8Array;
}

export class TraceFilter {
  readonly #engine: TraceEngine;
  readonly #facts: LookupFacts;
  /** Both must hold where both are there. */
  readonly #onLookups: LookupTest | undefined;
  readonly #onEvents: EventTest | undefined;
  /** What stands in `none(…)`, and the lookups that it found. */
  readonly #nested: { readonly filter: TraceFilter; found: Uint8Array }[] = [];

  constructor(engine: TraceEngine, root: FilterNode, facts: LookupFacts) {
    this.#engine = engine;
    this.#facts = facts;
    const parts = root.kind === 'and' ? root.items : [root];
    const onLookups = parts.filter(isOfLookups).map((part) => this.#lookupTest(part));
    const onEvents = parts.filter((part) => !isOfLookups(part)).map((part) => this.#eventTest(part));
    this.#onLookups = joined(onLookups);
    this.#onEvents = joined(onEvents);
  }

  /** A byte a lookup that there was at the first step: 1 where it matches. */
  *lookups(): Steps<Uint8Array> {
    yield* this.#findNested();
    const allowed = this.#allowed();
    const events = this.#onEvents;
    const { trace } = this.#engine;
    if (events === undefined) return allowed ?? new Uint8Array(trace.lookups.length).fill(1);
    const marked = new Uint8Array(trace.lookups.length);
    yield* this.#walk(events, ({ exchange }, _base, rows, queries, responses) => {
      const found = new EventLookups(trace);
      if (responses !== queries) queries.or(responses);
      const { words, bytes } = queries;
      for (let word = 0; word << 2 < rows; word++) {
        // Most filters choose few rows of many.
        if (words[word] === 0) continue;
        const end = Math.min(rows, (word << 2) + 4);
        for (let row = word << 2; row < end; row++) {
          if (bytes[row] === 0) continue;
          const lookup = found.of(exchange[row]!);
          if (lookup !== NONE && (allowed === undefined || allowed[lookup] === 1)) marked[lookup] = 1;
        }
      }
    });
    return marked;
  }

  /** The same, with the events that match. */
  *matches(): Steps<Matches> {
    yield* this.#findNested();
    const { trace } = this.#engine;
    const transactions = new Uint8Array(trace.transactions.length);
    const lookups = new Uint8Array(trace.lookups.length);
    const allowed = this.#allowed();
    yield* this.#walk(this.#onEvents ?? EVERYTHING, ({ exchange, state }, base, rows, queries, responses) => {
      for (let row = 0; row < rows; row++) {
        const query = state[row] === State.unsolicited ? 0 : queries.bytes[row]!;
        const response = responses.bytes[row]! & ANSWERED[state[row]!]!;
        if ((query | response) === 0) continue;
        const lookup = exchange[row] === NONE ? NONE : trace.lookupOf(exchange[row]!);
        // What belongs to no lookup passes no condition on lookups.
        if (allowed !== undefined && (lookup === NONE || allowed[lookup] === 0)) continue;
        if (lookup !== NONE) lookups[lookup] = 1;
        transactions[base + row] = query * EventBit.query + response * EventBit.response;
      }
    });
    return { lookups, transactions };
  }

  *#findNested(): Steps<void> {
    for (const nested of this.#nested) nested.found = yield* nested.filter.lookups();
  }

  #allowed(): Uint8Array | undefined {
    return this.#onLookups === undefined ? undefined : this.#all(this.#onLookups);
  }

  /**
   * Calls back for each chunk of transactions with its queries and its responses that match: one mask where nothing tells them apart, so
   * that it may hold for a query or a response that is not there.
   */
  *#walk(
    test: EventTest,
    found: (chunk: TransactionChunk, base: number, rows: number, queries: Mask, responses: Mask) => void,
  ): Steps<void> {
    const { transactions } = this.#engine.trace;
    test.prepare();
    for (const { chunk, base, rows } of transactions.windows()) {
      withMask((queries) => {
        test.fill({ chunk, rows, response: false }, queries);
        if (!test.sided) {
          found(chunk, base, rows, queries, queries);
          return;
        }
        withMask((responses) => {
          test.fill({ chunk, rows, response: true }, responses);
          keepExisting(chunk, rows, queries, responses);
          found(chunk, base, rows, queries, responses);
        });
      });
      yield;
    }
  }

  #all(test: LookupTest): Uint8Array {
    const { lookups } = this.#engine.trace;
    const all = new Uint8Array(lookups.length);
    test.prepare();
    withMask((mask) => {
      for (const window of lookups.windows()) {
        test.fill(window, mask);
        all.set(mask.bytes.subarray(0, window.rows), window.base);
      }
    });
    return all;
  }

  #lookupTest(node: FilterNode): LookupTest {
    switch (node.kind) {
      case 'and':
        return new Conjunction(node.items.map((item) => this.#lookupTest(item)));
      case 'or':
        return new Disjunction(node.items.map((item) => this.#lookupTest(item)));
      case 'not':
        return new Negation(this.#lookupTest(node.item));
      case 'none':
        return this.#without(node.item);
      case 'compare':
        return lookupComparison(this.#engine, this.#facts, node);
      case 'verdict':
        return verdictTest(node.word);
      case 'word':
        return new WordTest(this.#engine, node);
      case 'present':
        throw new Error(`${node.field.names[0]!} stands alone only among events`);
    }
  }

  #eventTest(node: FilterNode): EventTest {
    if (isOfLookups(node)) return this.#lifted(this.#lookupTest(node));
    switch (node.kind) {
      case 'and':
        return new Conjunction(node.items.map((item) => this.#eventTest(item)));
      case 'or':
        return new Disjunction(node.items.map((item) => this.#eventTest(item)));
      case 'not':
        return new Negation(this.#eventTest(node.item));
      case 'compare':
        return eventComparison(this.#engine, node);
      case 'present':
        return eventPresence(this.#engine, node.field);
      default:
        throw new Error('Words are of lookups');
    }
  }

  /** Lookups none of whose events match. */
  #without(node: FilterNode): LookupTest {
    const nested = { filter: new TraceFilter(this.#engine, node, this.#facts), found: new Uint8Array(0) };
    this.#nested.push(nested);
    return {
      sided: false,
      isDear: true,
      prepare: () => undefined,
      fill({ base, rows }, { bytes }) {
        // Lookups that came meanwhile are asked with the next pass.
        for (let row = 0; row < rows; row++) bytes[row] = nested.found[base + row] === 0 ? 1 : 0;
      },
    };
  }

  /** A condition on lookups, asked of their events. */
  #lifted(test: LookupTest): EventTest {
    const { trace } = this.#engine;
    let all: Uint8Array = new Uint8Array(0);
    return {
      sided: false,
      isDear: true,
      prepare: () => {
        all = this.#all(test);
      },
      fill({ chunk, rows }, { bytes, words }, wanted) {
        const found = new EventLookups(trace);
        const { exchange } = chunk;
        for (let word = 0; word << 2 < rows; word++) {
          if (wanted?.words[word] === 0) {
            words[word] = 0;
            continue;
          }
          const end = Math.min(rows, (word << 2) + 4);
          for (let row = word << 2; row < end; row++) {
            const lookup = found.of(exchange[row]!);
            bytes[row] = lookup === NONE ? 0 : all[lookup]!;
          }
        }
      },
    };
  }
}

const EVERYTHING: EventTest = {
  sided: false,
  isDear: false,
  prepare: () => undefined,
  fill: (_, { bytes }) => bytes.fill(1),
};

function joined<Window>(tests: readonly MaskTest<Window>[]): MaskTest<Window> | undefined {
  return tests.length > 1 ? new Conjunction(tests) : tests[0];
}

function isOfLookups(node: FilterNode): boolean {
  switch (node.kind) {
    case 'and':
    case 'or':
      return node.items.every(isOfLookups);
    case 'not':
      return isOfLookups(node.item);
    case 'compare':
      return node.field.level === 'lookup';
    case 'present':
      return false;
    default:
      return true;
  }
}

/** A response without its query has no query to match, an open query no response. */
function keepExisting({ state }: TransactionChunk, rows: number, queries: Mask, responses: Mask): void {
  if (queries.any) for (let row = 0; row < rows; row++) if (state[row] === State.unsolicited) queries.bytes[row] = 0;
  if (responses.any) for (let row = 0; row < rows; row++) responses.bytes[row]! &= ANSWERED[state[row]!]!;
}
