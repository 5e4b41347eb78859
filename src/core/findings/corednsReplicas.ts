/** The CoreDNS pods that a trace knows, and whether silence in all of them may be claimed. */
import { corednsTransaction } from '../lookups/exchangeViews.ts';
import { NONE, ROW_MASK } from '../trace/tables.ts';
import { ownAddressOf, roleOf, type Trace } from '../trace/trace.ts';
import type { TraceEngine } from '../trace/traceEngine.ts';

/** Address ids of CoreDNS pods: those watched, and those the topology names. */
export function corednsAddresses(engine: TraceEngine): ReadonlySet<number> {
  const { trace, topology } = engine;
  const found = new Set<number>();
  const add = (address: string): void => {
    const id = trace.addresses.find(address);
    if (id !== undefined) found.add(id);
  };
  for (const state of trace.vantages) {
    if (roleOf(state) !== 'coredns') continue;
    state.vantage.addresses.forEach(add);
    const own = state.vantage.addresses.length === 0 ? ownAddressOf(state) : undefined;
    if (own !== undefined) found.add(own);
  }
  for (const pod of topology.topology.pods) if (pod.role === 'coredns') pod.addresses.forEach(add);
  return found;
}

/** A query to a CoreDNS pod, as seen in that pod or, where nobody watched there, by its client. */
export function isReplicaQuery(trace: Trace, id: number, replicas: ReadonlySet<number>): boolean {
  const chunk = trace.transactions.of(id);
  const row = id & ROW_MASK;
  if (!replicas.has(chunk.server[row]!) || trace.resolvers.has(chunk.client[row]!)) return false;
  const isInside = roleOf(trace.vantages[chunk.vantage[row]!]!) === 'coredns';
  return isInside || corednsTransaction(trace, chunk.exchange[row]!) === NONE;
}

/** Every CoreDNS pod that is known was being watched at this trace time; `lossless` when each was declared and lost nothing. */
export function corednsWatch(engine: TraceEngine, time: number): { readonly all: boolean; readonly lossless: boolean } {
  const { trace } = engine;
  const states = trace.vantages.filter((state) => roleOf(state) === 'coredns');
  const all = states.length > 0 && trace.unwatched.length === 0 && states.every((state) => state.listenedAt(time));
  return { all, lossless: all && states.every((state) => state.lossless && state.vantage.role === 'coredns') };
}
