import { ProblemError } from '../base/problem.ts';
import type { FindingSet } from '../core/findings/evaluateFindings.ts';
import type { TraceEngine } from '../core/trace/traceEngine.ts';
import { LookupChoice } from '../core/view/lookupChoice.ts';
import { LookupView } from '../core/view/lookupView.ts';
import type { ExportRequest } from '../protocol/export.ts';

/** @returns what to export; `undefined` for everything. @throws ProblemError when the filter is broken */
export function chosenLookups(
  engine: TraceEngine,
  findings: FindingSet,
  { filter, lookups }: ExportRequest,
): LookupChoice | undefined {
  if (lookups !== undefined) return new LookupChoice(lookups, engine.trace.lookups.length);
  if (filter === '') return undefined;
  const view = new LookupView(engine);
  view.update(findings);
  view.set(filter, undefined);
  // An export of everything is not what somebody with a filter wanted.
  if (view.problem !== undefined) throw new ProblemError(view.problem);
  return view.choice;
}
