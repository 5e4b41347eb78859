import { estimateClocks, tellClocks } from '../core/correlate/clockOffsets.ts';
import type { Trace } from '../core/trace/trace.ts';

/** Compares the clocks of live vantages, each time there is twice as much to tell from; a file's are compared when it has been read. */
export class LiveClocks {
  #dueAt = 0;

  compare(trace: Trace): void {
    if (trace.transactions.length < this.#dueAt) return;
    this.#dueAt = 2 * trace.transactions.length + 20;
    tellClocks(trace, estimateClocks(trace));
  }
}
