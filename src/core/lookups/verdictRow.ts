/** A verdict as the columns of its lookup hold it. */
import { OUTCOME_NAMES, type OutcomeName } from './outcome.ts';
import { ROW_MASK, type LookupRows, type LookupTable } from '../trace/tables.ts';

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

/** Writes what changed and nothing else: a row that stays as it was need not go to disk once more. */
export function writeVerdict(lookups: LookupTable, lookup: number, verdict: Verdict, slowNs: number): void {
  const row = lookup & ROW_MASK;
  const outcome = OUTCOME_NAMES.indexOf(verdict.outcome);
  const flags = LookupFlag.evaluated | (verdict.latency > slowNs ? LookupFlag.slow : 0);
  const before = lookups.of(lookup);
  if (before.outcome[row] === outcome && before.flags[row] === flags && saysTheSame(before, row, verdict)) return;
  const chunk = lookups.edit(lookup);
  chunk.outcome[row] = outcome;
  chunk.cause[row] = verdict.cause;
  chunk.confidence[row] = verdict.confidence;
  chunk.rcode[row] = verdict.rcode;
  chunk.latency[row] = verdict.latency;
  chunk.lastEnd[row] = verdict.lastEnd;
  chunk.proof[row] = verdict.proof;
  chunk.culprit[row] = verdict.culprit;
  chunk.flags[row] = flags;
}

function saysTheSame(chunk: LookupRows, row: number, verdict: Verdict): boolean {
  return (
    chunk.cause[row] === verdict.cause &&
    chunk.confidence[row] === verdict.confidence &&
    chunk.rcode[row] === verdict.rcode &&
    chunk.proof[row] === verdict.proof &&
    chunk.culprit[row] === verdict.culprit &&
    Object.is(chunk.latency[row], verdict.latency) &&
    Object.is(chunk.lastEnd[row], verdict.lastEnd)
  );
}
