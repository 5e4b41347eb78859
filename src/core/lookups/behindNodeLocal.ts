/** Rule R8 in verdicts: what NodeLocal DNSCache asked was CoreDNS, and it is CoreDNS that failed. */
import { Join, NONE, ROW_MASK } from '../trace/tables.ts';
import type { Trace } from '../trace/trace.ts';
import { corednsTransaction, primaryTransaction } from './exchangeViews.ts';

export type CoreDnsFault = 'error' | 'error-unwatched' | 'silent' | 'silent-unwatched' | 'lost-on-return';

export interface FaultBehind {
  readonly fault: CoreDnsFault;
  readonly proof: number;
  readonly culprit: number;
  /** Of the join to the client's exchange. */
  readonly confidence: number;
}

/** @returns `undefined` when `child`, an exchange that failed, was with an upstream */
export function faultBehindNodeLocal(trace: Trace, child: number): FaultBehind | undefined {
  if (!trace.nodeLocal.isThere) return undefined;
  const proof = primaryTransaction(trace, child);
  const chunk = trace.transactions.of(proof);
  const at = proof & ROW_MASK;
  const inside = corednsTransaction(trace, child);
  if (inside === NONE && !trace.corednsAddresses.has(chunk.server[at]!)) return undefined;
  const join = trace.exchanges.of(child).parentJoin[child & ROW_MASK]!;
  const isAnswered = !Number.isNaN(chunk.end[at]!);
  const found = { proof, culprit: chunk.server[at]! };
  if (inside === NONE)
    return { ...found, fault: isAnswered ? 'error-unwatched' : 'silent-unwatched', confidence: Join.inferred };
  const left = !Number.isNaN(trace.transactions.of(inside).end[inside & ROW_MASK]!);
  return { ...found, fault: isAnswered ? 'error' : left ? 'lost-on-return' : 'silent', confidence: join };
}
