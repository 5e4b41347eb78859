/** What the watched places could have seen: the ground of every claim that something was not there. */
import { roleOf, type Trace } from '../trace/trace.ts';

/** From a packet in a pod to its row here, on a loaded node over a slow connection. */
export const DELIVERY_NS = 1.5e9;

/** Silence at this vantage may be claimed: it lost nothing, and what it is was declared, not worked out from its traffic. */
export function isQuiet(trace: Trace, vantage: number): boolean {
  const state = trace.vantages[vantage];
  return state !== undefined && state.lossless && state.vantage.role !== 'unknown';
}

/** Whether a capture of its own is there for that address, listening at the moment or not. */
export function isWatchedClient(trace: Trace, address: number): boolean {
  const text = trace.addresses.textOf(address);
  return trace.vantages.some(
    (state) => roleOf(state) === 'client' && (state.asked.get(address) > 0 || state.vantage.addresses.includes(text)),
  );
}

/** Whether every CoreDNS pod was being watched without loss at that moment; `some` when only part is certain. */
export function corednsCoverage(trace: Trace, time: number): 'all' | 'some' | 'none' {
  const watching = trace.vantages.filter((state) => roleOf(state) === 'coredns');
  if (watching.length === 0 || trace.unwatched.length > 0) return 'none';
  // One that began to listen later existed already, as far as anyone knows.
  if (watching.some((state) => time < state.listeningSince)) return 'none';
  if (!watching.some((state) => state.listenedAt(time))) return 'none';
  const certain = watching.every(
    (state) => state.listenedAt(time) && state.lossless && state.vantage.role === 'coredns',
  );
  return certain ? 'all' : 'some';
}
