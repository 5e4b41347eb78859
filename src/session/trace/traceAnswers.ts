/**
 * What a trace answers its panel about rows and details: reads the engine and the view, changes neither. The trace thread and the gallery answer
 * with it alike; what takes long over many rows is in `overviews.ts`.
 */
import { assertNever } from '../../base/assertNever.ts';
import { ProblemError } from '../../base/problem.ts';
import { completeFilter } from '../../core/filter/complete.ts';
import { knownValues } from '../../core/filter/knownValues.ts';
import type { FindingSet } from '../../core/findings/evaluateFindings.ts';
import type { TraceEngine } from '../../core/trace/traceEngine.ts';
import { lookupDetails } from '../../core/view/details/lookupDetails.ts';
import type { EventView } from '../../core/view/eventView.ts';
import type { LookupView } from '../../core/view/lookupView.ts';
import { transactionDetails } from '../../core/view/details/transactionDetails.ts';
import type { OverviewRequest, ReplyMap, ViewState } from '../../protocol/webview.ts';
import type { TraceQuery } from './traceStore.ts';

/** What is asked of the rows as they are; views are set and overviews drawn elsewhere. */
export type RowQuery = Exclude<TraceQuery, OverviewRequest | { kind: 'panel/ready' | 'view/set' | 'notes/set' }>;

const OVERVIEWS: ReadonlySet<string> = new Set<OverviewRequest['kind']>([
  'timeline/read',
  'map/read',
  'compare/read',
  'statistics/read',
]);

/** Answered by `overviews.ts`. */
export function isOverview(query: { readonly kind: string }): query is OverviewRequest {
  return OVERVIEWS.has(query.kind);
}

/** A trace with its verdicts, findings and view up to date. */
export interface TraceState {
  readonly engine: TraceEngine;
  readonly findings: FindingSet;
  readonly view: LookupView;
  /** Instead of lookups, when rows are something else. */
  readonly events: EventView | undefined;
  readonly viewId: number;
}

/** Throws a `ProblemError`: `stale-view`, `no-such-row`. */
export function answerTo(query: RowQuery, state: TraceState): ReplyMap[RowQuery['kind']] {
  const { engine, findings, view, viewId } = state;
  const rows = state.events ?? view;
  switch (query.kind) {
    case 'filter/complete':
      return { items: completeFilter(query.text, query.cursor, knownValues(engine, findings)) };
    case 'rows/read':
      checkView(query.view, viewId);
      return { view: viewId, from: query.from, rows: rows.read(query.from, query.to), count: rows.count };
    case 'row/expand':
      checkView(query.view, viewId);
      view.expand(query.lookup, query.expanded);
      return viewStateOf(state);
    case 'row/details':
      if (query.lookup >= engine.trace.lookups.length) throw noSuchRow();
      return lookupDetails(engine, query.lookup, view.explained(query.lookup), view.corefile.of(query.lookup));
    case 'event/details':
      if (query.id >= engine.trace[query.rows].length) throw noSuchRow();
      return transactionDetails(engine, query.rows, query.id);
    case 'corefile/use':
      return { lines: view.corefile.byLine() };
    case 'view/nextFailure':
      checkView(query.view, viewId);
      return { index: rows.nextFailure(query.index) };
    default:
      return assertNever(query);
  }
}

/** Needs verdicts and findings of this moment; the others read rows as the last snapshot left them. */
export function needsFreshTrace({ kind }: RowQuery): boolean {
  return ['filter/complete', 'row/details', 'event/details', 'corefile/use'].includes(kind);
}

export function viewStateOf({ view, events, viewId }: Pick<TraceState, 'view' | 'events' | 'viewId'>): ViewState {
  const { filter, terms, times, problem, lookups } = view;
  const { count } = events ?? view;
  return {
    view: viewId,
    filter,
    terms,
    ...(times.length === 0 ? {} : { times }),
    ...(problem === undefined ? {} : { problem }),
    rows: events?.level ?? 'lookups',
    count,
    lookups,
  };
}

function noSuchRow(): ProblemError {
  return new ProblemError({ code: 'no-such-row', detail: 'That row is gone: the trace was cleared' });
}

export function staleView(): ProblemError {
  return new ProblemError({ code: 'stale-view', detail: 'The view has changed since; read it again' });
}

function checkView(asked: number, present: number): void {
  if (asked !== present) throw staleView();
}
