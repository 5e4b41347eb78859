import { outcomeOf, primaryTransaction } from '../lookups/exchangeViews.ts';
import { NONE, ROW_MASK } from '../trace/tables.ts';
import type { TraceEngine } from '../trace/traceEngine.ts';

/** The exchange that the outcome stands on: the failed or open one of the current name, else its last. */
export function decidingExchange(engine: TraceEngine, lookup: number): number {
  const { trace } = engine;
  const chunk = trace.lookups.of(lookup);
  const proof = chunk.proof[lookup & ROW_MASK]!;
  if (proof !== NONE) {
    let exchange = trace.transactions.of(proof).exchange[proof & ROW_MASK]!;
    // Two levels behind NodeLocal.
    for (let level = 0; level < 2 && exchange !== NONE; level++) {
      const parent = trace.exchanges.of(exchange).parent[exchange & ROW_MASK]!;
      if (parent !== NONE) exchange = parent;
    }
    if (exchange !== NONE && trace.lookupOf(exchange) === lookup) return exchange;
  }
  let last = chunk.stepExchange[lookup & ROW_MASK]!;
  for (const exchange of trace.exchangesOf(lookup, last)) {
    const { outcome } = outcomeOf(trace, primaryTransaction(trace, exchange));
    if (outcome === 'pending') return exchange;
    last = exchange;
  }
  // Of a healthy pair the one that went upstream shows the whole way.
  for (const exchange of trace.exchangesOf(lookup, chunk.stepExchange[lookup & ROW_MASK])) {
    if (trace.exchanges.of(exchange).firstChild[exchange & ROW_MASK] !== NONE) return exchange;
  }
  return last;
}
