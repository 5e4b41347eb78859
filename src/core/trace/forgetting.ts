/**
 * Which queries a join still looks for: the latest ones whatever became of them, and older ones while they wait for their
 * answer. Judged once, when a query leaves the latest ones, and from then on by its age alone: old rows may lie on disk,
 * and rebuilding an index must not fetch them.
 */
import { ROW_MASK, State } from './tables.ts';
import type { Trace } from './trace.ts';

/** Transactions between two marks of the coarse clock. */
const MARK_BITS = 12;

export class Forgetting {
  readonly #trace: Trace;
  readonly #patience: number;
  /** Ids below this were judged already; those still asked about were pending then. */
  #judged = 0;

  /** @param patience how long a query that nobody answers is looked for, ns */
  constructor(trace: Trace, patience: number) {
    this.#trace = trace;
    this.#patience = patience;
  }

  /** What to keep of the ids below `newest`, the latest `latest` of them in any case. */
  keep(newest: number, latest: number): (id: number) => boolean {
    const { transactions, clockMarks } = this.#trace;
    const horizon = newest - latest;
    const judged = this.#judged;
    this.#judged = Math.max(0, horizon);
    const oldest = transactions.of(newest).start[newest & ROW_MASK]! - this.#patience;
    return (id) => {
      if (id >= horizon) return true;
      if (clockMarks[id >>> MARK_BITS]! < oldest) return false;
      return id < judged || transactions.of(id).state[id & ROW_MASK] === State.pending;
    };
  }
}

/** Call for every new transaction: remembers when each 4,096th began. */
export function markClock(trace: Trace, id: number, start: number): void {
  if ((id & ((1 << MARK_BITS) - 1)) === 0) trace.clockMarks[id >>> MARK_BITS] = start;
}
