/** A verdict as the columns of its lookup hold it. */
import { OUTCOME_NAMES, type OutcomeName } from './outcome.ts';
import { ROW_MASK, type LookupTable } from '../trace/tables.ts';

export const LookupFlag = { slow: 2, evaluated: 4 } as const;

/** What one evaluation finds. */
export interface Verdict {
  outcome: OutcomeName;
  cause: number;
  confidence: number;
  rcode: number;
  latency: number;
  lastEnd: number;
  proof: number;
  culprit: number;
}

/** Writes what changed and nothing else: a row that stays as it was need not go to disk once more, and of one that changes its cells alone. */
export function writeVerdict(lookups: LookupTable, lookup: number, verdict: Verdict, slowNs: number): void {
  const row = lookup & ROW_MASK;
  const outcome = OUTCOME_NAMES.indexOf(verdict.outcome);
  const flags = LookupFlag.evaluated | (verdict.latency > slowNs ? LookupFlag.slow : 0);
  const chunk = lookups.of(lookup);
  if (chunk.outcome[row] !== outcome) lookups.put(lookup, 'outcome', outcome);
  if (chunk.cause[row] !== verdict.cause) lookups.put(lookup, 'cause', verdict.cause);
  if (chunk.confidence[row] !== verdict.confidence) lookups.put(lookup, 'confidence', verdict.confidence);
  if (chunk.rcode[row] !== verdict.rcode) lookups.put(lookup, 'rcode', verdict.rcode);
  if (!Object.is(chunk.latency[row], verdict.latency)) lookups.put(lookup, 'latency', verdict.latency);
  if (!Object.is(chunk.lastEnd[row], verdict.lastEnd)) lookups.put(lookup, 'lastEnd', verdict.lastEnd);
  if (chunk.proof[row] !== verdict.proof) lookups.put(lookup, 'proof', verdict.proof);
  if (chunk.culprit[row] !== verdict.culprit) lookups.put(lookup, 'culprit', verdict.culprit);
  if (chunk.flags[row] !== flags) lookups.put(lookup, 'flags', flags);
}
