/**
 * Lookups in the order of a column: each row's value becomes a number in one pass over the columns it is in, oldest rows first, as they
 * lie on disk; names and clients count by the place of their text among the others. Then the numbers are sorted (radixOrder.ts).
 */
import { assertNever } from '../../../base/assertNever.ts';
import { OUTCOME_NAMES } from '../../lookups/outcome.ts';
import type { ReadColumn } from '../../trace/columns.ts';
import { NONE, ROW_MASK, type LookupRows } from '../../trace/tables.ts';
import { isFailure, type TraceEngine } from '../../trace/traceEngine.ts';
import { nameRanks } from './nameRanks.ts';
import { orderOfKeys, orderOfNumbers } from './radixOrder.ts';
import type { Steps } from '../../../base/steps.ts';
import { TextRanks } from './textRanks.ts';

export const LOOKUP_SORT_COLUMNS = ['time', 'client', 'name', 'qtype', 'outcome', 'latency'] as const;
export type LookupSortColumn = (typeof LOOKUP_SORT_COLUMNS)[number];

export class LookupOrder {
  readonly #engine: TraceEngine;

  constructor(engine: TraceEngine) {
    this.#engine = engine;
  }

  /**
   * @param ids ascending
   * @returns the same, ascending by the column; equal ones by id, in which they began. Perhaps the array that was given.
   */
  *sorted(ids: Uint32Array, column: LookupSortColumn): Steps<Uint32Array> {
    const positions = yield* this.#positions(ids, column);
    if (positions === undefined) return ids;
    for (let i = 0; i < positions.length; i++) positions[i] = ids[positions[i]!]!;
    return positions;
  }

  *#positions(ids: Uint32Array, column: LookupSortColumn): Steps<Uint32Array | undefined> {
    const { trace } = this.#engine;
    switch (column) {
      case 'time':
        return yield* orderOfNumbers(yield* this.#numbers(ids, ({ start }) => start));
      case 'latency':
        return yield* orderOfNumbers(yield* this.#numbers(ids, ({ latency }) => latency));
      case 'outcome':
        return yield* orderOfKeys(yield* this.#keys(ids, ({ outcome }) => outcome, OUTCOME_KEYS));
      case 'name': {
        const ranks = yield* nameRanks(this.#engine);
        return yield* orderOfKeys(yield* this.#keys(ids, ({ name }) => name, ranks));
      }
      case 'client': {
        // What an address is called changes with the topology.
        const { topology } = this.#engine;
        const textOf = (id: number): string => topology.shortName(trace.addresses.textOf(id));
        const ranks = yield* new TextRanks().upTo(trace.addresses.size, textOf);
        return yield* orderOfKeys(yield* this.#keys(ids, ({ client }) => client, ranks));
      }
      case 'qtype':
        return yield* orderOfKeys(yield* this.#types(ids));
      default:
        return assertNever(column);
    }
  }

  *#numbers(ids: Uint32Array, columnOf: (chunk: LookupRows) => ReadColumn): Steps<Float64Array> {
    const values = new Float64Array(ids.length);
    for (let at = 0; at < ids.length; yield) {
      const column = columnOf(this.#engine.trace.lookups.of(ids[at]!));
      const end = (ids[at]! | ROW_MASK) >>> 0;
      for (; at < ids.length && ids[at]! <= end; at++) values[at] = column[ids[at]! & ROW_MASK]!;
    }
    return values;
  }

  *#keys(ids: Uint32Array, columnOf: (chunk: LookupRows) => ReadColumn, keyOf: Uint32Array): Steps<Uint32Array> {
    const keys = new Uint32Array(ids.length);
    for (let at = 0; at < ids.length; yield) {
      const column = columnOf(this.#engine.trace.lookups.of(ids[at]!));
      const end = (ids[at]! | ROW_MASK) >>> 0;
      for (; at < ids.length && ids[at]! <= end; at++) keys[at] = keyOf[column[ids[at]! & ROW_MASK]!]!;
    }
    return keys;
  }

  /** Types of the exchanges that decide; all places that saw one saw the same type (R2). */
  *#types(ids: Uint32Array): Steps<Uint32Array> {
    const { lookups, exchanges, transactions } = this.#engine.trace;
    const keys = new Uint32Array(ids.length);
    for (let at = 0; at < ids.length; yield) {
      // A copy: rows of other tables that come back from disk may send this chunk there.
      const steps = new Uint32Array(lookups.of(ids[at]!).stepExchange);
      const end = (ids[at]! | ROW_MASK) >>> 0;
      for (; at < ids.length && ids[at]! <= end; at++) {
        const exchange = steps[ids[at]! & ROW_MASK]!;
        const first = exchanges.of(exchange).first[exchange & ROW_MASK]!;
        if (first !== NONE) keys[at] = transactions.of(first).qtype[first & ROW_MASK]!;
      }
    }
    return keys;
  }
}

/** Failures come last, so that descending shows them first. */
const OUTCOME_KEYS = Uint32Array.from(OUTCOME_NAMES, (_, code) =>
  isFailure(code) ? code + OUTCOME_NAMES.length : code,
);
