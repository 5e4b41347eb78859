/**
 * Rule R5: what a resolver asks for nobody that waits, told apart by what it looks like. None of it counts as a lookup.
 * - `health`: `.` NS, with which plugin/forward probes an upstream after an error
 * - `loop`: HINFO for a random name, with which plugin/loop looks for itself at the start
 * - `refresh`: the same question was answered to a client within the second before: prefetch, or a stale answer renewed
 *   (plugin/cache asks over TCP for both since 1.14.3)
 * - `other`: a name that was rewritten, an answer's CNAME looked up, another process in the pod's network
 */
import { DnsType } from '../dns/types.ts';
import { NONE, ROW_MASK } from '../trace/tables.ts';
import type { Trace } from '../trace/trace.ts';

export type OwnQueryKind = 'health' | 'loop' | 'refresh' | 'other';

const JUST_BEFORE_NS = 1e9;
/** Transactions looked through before the query. */
const SEARCH_BACK = 4096;
/** plugin/loop: two random numbers as labels. */
const LOOP_NAME = /^\d+\.\d+\.(.*\.)?$/;

export function ownQueryKind(trace: Trace, exchange: number): OwnQueryKind {
  const first = trace.exchanges.of(exchange).first[exchange & ROW_MASK]!;
  const chunk = trace.transactions.of(first);
  const row = first & ROW_MASK;
  const name = trace.names.textOf(chunk.name[row]!);
  if (name === '.' && chunk.qtype[row] === DnsType.NS) return 'health';
  if (chunk.qtype[row] === DnsType.HINFO && LOOP_NAME.test(name)) return 'loop';
  return answeredJustBefore(trace, first) ? 'refresh' : 'other';
}

export function countOwnQueries(trace: Trace): Readonly<Record<OwnQueryKind, number>> {
  const counts = { health: 0, loop: 0, refresh: 0, other: 0 };
  for (const exchange of trace.background)
    if (trace.exchanges.of(exchange).parent[exchange & ROW_MASK] === NONE) counts[ownQueryKind(trace, exchange)]++;
  return counts;
}

function answeredJustBefore(trace: Trace, transaction: number): boolean {
  const own = trace.transactions.of(transaction);
  const at = transaction & ROW_MASK;
  const [start, name, qtype, vantage, resolver] = [
    own.start[at]!,
    own.name[at],
    own.qtype[at],
    own.vantage[at],
    own.client[at]!,
  ];
  const oldest = Math.max(0, transaction - SEARCH_BACK);
  for (let id = transaction - 1; id >= oldest; id--) {
    const chunk = trace.transactions.of(id);
    const row = id & ROW_MASK;
    if (chunk.name[row] !== name || chunk.qtype[row] !== qtype || chunk.vantage[row] !== vantage) continue;
    const end = chunk.end[row]!;
    const isAsked = chunk.server[row] === resolver || trace.nodeLocal.isServer(chunk.server[row]!);
    if (isAsked && end <= start && start - end <= JUST_BEFORE_NS) return true;
  }
  return false;
}
