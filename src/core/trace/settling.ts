/**
 * What waited long enough is settled: pending becomes unanswered. Transactions are nearly in time order, so a cursor over the
 * settled ones makes each call cost the transactions of one waiting period.
 */
import type { ChangedNames } from '../correlate/changedNames.ts';
import { ROW_MASK, State } from './tables.ts';
import type { Trace } from './trace.ts';

/** A query that waited this long is unanswered: glibc's timeout, and CoreDNS's whole budget. */
export const PATIENCE_NS = 5e9;

export class Settling {
  readonly #trace: Trace;
  readonly #changedNames: ChangedNames;
  /** Transactions below this id have settled, except those in the window that `settle` walks. */
  #settled = 0;

  constructor(trace: Trace, changedNames: ChangedNames) {
    this.#trace = trace;
    this.#changedNames = changedNames;
  }

  /** A settled transaction waits again: its query was repeated. */
  reopen(transaction: number): void {
    if (transaction < this.#settled) this.#settled = transaction;
  }

  /**
   * @param now     trace time, ns
   * @param patience how long a query may wait, ns from its latest transmission; at the end of a file, from its first:
   *   a query that had to be repeated went unanswered, whenever the capture ends
   */
  settle(now: number, patience: number, atEnd = false): void {
    const trace = this.#trace;
    const transactions = trace.transactions.only('state', 'start', 'lastQuery', 'exchange', 'vantage');
    const exchanges = trace.exchanges.only('parent', 'lookup');
    const unanswered: number[] = [];
    let cursorMoves = true;
    for (let id = this.#settled; id < trace.transactions.length; id++) {
      const chunk = transactions.of(id);
      const row = id & ROW_MASK;
      if (chunk.state[row] === State.pending) {
        if (now - (atEnd ? chunk.start : chunk.lastQuery)[row]! >= patience) {
          trace.transactions.put(id, 'state', State.unanswered);
          trace.markDirty(trace.lookupOf(chunk.exchange[row]!, exchanges));
          if (this.#changedNames.mayExplain(chunk.vantage[row]!)) unanswered.push(id);
        } else {
          cursorMoves = false;
          // Later rows are younger still, but for retransmissions; those wait for their own patience anyway.
          if (now - chunk.start[row]! < patience) break;
        }
      }
      if (cursorMoves) this.#settled = id + 1;
    }
    transactions.release();
    exchanges.release();
    for (const id of unanswered) this.#changedNames.unanswered(id);
  }
}
