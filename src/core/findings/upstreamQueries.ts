/** Queries that a resolver passed on to a server behind it, each in the one view that counts. */
import { primaryTransaction } from '../lookups/exchangeViews.ts';
import { NONE, ROW_MASK } from '../trace/tables.ts';
import { roleOf, type Trace } from '../trace/trace.ts';

/** The transaction serves a client's query (rule R3) and is seen where it was asked: in the resolver's pod, when that was watched. */
export function isUpstreamQuery(trace: Trace, id: number): boolean {
  const chunk = trace.transactions.of(id);
  const row = id & ROW_MASK;
  const exchange = chunk.exchange[row]!;
  if (trace.exchanges.of(exchange).parent[exchange & ROW_MASK] === NONE) return false;
  return roleOf(trace.vantages[chunk.vantage[row]!]!) === 'coredns' || primaryTransaction(trace, exchange) === id;
}
