import { ProblemError } from '../base/problem.ts';
import type { Matches } from '../core/filter/traceFilter.ts';
import type { FindingSet } from '../core/findings/evaluateFindings.ts';
import type { TraceEngine } from '../core/trace/traceEngine.ts';
import { chosenMatches } from '../core/view/chosenMatches.ts';
import { LookupChoice } from '../core/view/lookupChoice.ts';
import { LookupView } from '../core/view/lookupView.ts';
import type { ExportRequest } from '../protocol/export.ts';

export interface Chosen {
  readonly lookups: LookupChoice;
  /** The same down to messages, for sums. */
  readonly matches: () => Matches;
}

/** @returns what to export; `undefined` for everything. @throws ProblemError when the filter is broken */
export function chosenLookups(
  engine: TraceEngine,
  findings: FindingSet,
  { filter, lookups }: ExportRequest,
): Chosen | undefined {
  if (lookups !== undefined) {
    const chosen = new LookupChoice(lookups, engine.trace.lookups.length);
    return { lookups: chosen, matches: () => chosenMatches(engine.trace, chosen) };
  }
  if (filter === '') return undefined;
  const view = new LookupView(engine);
  view.update(findings);
  view.set(filter, undefined);
  // An export of everything is not what somebody with a filter wanted.
  if (view.problem !== undefined) throw new ProblemError(view.problem);
  const { choice } = view;
  return choice === undefined ? undefined : { lookups: choice, matches: () => view.matches()! };
}
