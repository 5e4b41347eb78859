import type { Reading } from '../trace/columns.ts';
import { NONE, ROW_MASK, type ExchangeChunk } from '../trace/tables.ts';
import type { Trace } from '../trace/trace.ts';

/**
 * The lookups of transactions in a row. Nearly all follow one another in the exchanges too and have no parent, so the chunk at hand tells.
 * For one pass: another may bring back other chunks from disk.
 */
export class EventLookups {
  readonly #trace: Trace;
  #chunk: Reading<ExchangeChunk> | undefined;
  #first = 0;

  constructor(trace: Trace) {
    this.#trace = trace;
  }

  /** NONE for a transaction without an exchange and for one of no lookup. */
  of(exchange: number): number {
    if (exchange === NONE) return NONE;
    const row = exchange & ROW_MASK;
    if (this.#chunk === undefined || exchange - row !== this.#first) {
      this.#chunk = this.#trace.exchanges.of(exchange);
      this.#first = exchange - row;
    }
    if (this.#chunk.parent[row] === NONE) return this.#chunk.lookup[row]!;
    // Its parents may lie in chunks that send this one to disk.
    this.#chunk = undefined;
    return this.#trace.lookupOf(exchange);
  }
}
