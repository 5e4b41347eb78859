/**
 * What the trace panel and the extension host say to each other, and (rows, views, details) what the host passes on to
 * the worker that owns the trace. Requests carry an id and ALWAYS settle with a reply of that id. Pushes carry
 * `{generation, seq}`; a receiver that sees a gap asks for a snapshot with `panel/ready`. A new generation means the
 * trace was cleared: every row id of the old one is void.
 */
import { isRecord } from '../base/isRecord.ts';
import type { Problem } from '../base/problem.ts';
import type { FilterCompletion } from '../core/filter/complete.ts';
import type { FilterProblem } from '../core/filter/filterProblem.ts';
import type { TimeTerm } from '../core/filter/times.ts';
import type { Finding } from '../core/findings/finding.ts';
import type { CorefileLineUse } from '../core/view/corefileUse.ts';
import type { Comparison } from '../core/view/compare/compare.ts';
import type { TraceNote } from '../core/trace/traceNote.ts';
import type { EventDetails, EventLevel, GridRow, LookupDetails, RowLevel } from '../core/view/rows.ts';
import type { DnsMap } from '../core/view/map/mapPicture.ts';
import type { StatisticsPicture } from '../core/view/statistics/statisticsRows.ts';
import type { Timeline, TimelinePart } from '../core/view/timeline/timeline.ts';
import { asEventSort, asLookupSort, type EventSortColumn, type LookupSortColumn, type SortOrder } from './sortOrder.ts';
import { asTraceNotes } from './traceNotes.ts';

// ---- requests: panel → host ------------------------------------------------------------------------------------

export type PanelRequest =
  /** Ask for the whole state; the host answers with the reply and pushes from then on. */
  | { readonly kind: 'panel/ready' }
  | ViewRequest
  /** What may be written at the cursor of a filter. */
  | { readonly kind: 'filter/complete'; readonly text: string; readonly cursor: number }
  | { readonly kind: 'rows/read'; readonly view: number; readonly from: number; readonly to: number }
  | { readonly kind: 'row/expand'; readonly view: number; readonly lookup: number; readonly expanded: boolean }
  | { readonly kind: 'row/details'; readonly lookup: number }
  /** Of one query or message, for what belongs to no lookup. */
  | { readonly kind: 'event/details'; readonly rows: EventLevel; readonly id: number }
  /** First row at or after `index` (wrapping) whose outcome is a failure, −1 when none. */
  | { readonly kind: 'view/nextFailure'; readonly view: number; readonly index: number }
  /** A person's notes beside the trace, all of them: they take the place of those of before. */
  | { readonly kind: 'notes/set'; readonly notes: readonly TraceNote[] }
  | OverviewRequest
  /** How much each line of the live Corefile served; asked by the host, for the document. */
  | { readonly kind: 'corefile/use' }
  | { readonly kind: 'action/run'; readonly action: PanelAction };

/** Replace the view. `filter` is of the filter language (docs/filter.md); a broken one leaves the rows as they were. Rows are lookups unless said. */
export type ViewRequest = { readonly kind: 'view/set'; readonly filter: string } & (
  | { readonly rows?: 'lookups'; readonly sort?: SortOrder<LookupSortColumn> }
  | { readonly rows: EventLevel; readonly sort?: SortOrder<EventSortColumn> }
);

export const isOfEvents = (request: ViewRequest): request is Extract<ViewRequest, { rows: EventLevel }> =>
  request.rows === 'transactions' || request.rows === 'messages';

/** Pictures of the whole trace, drawn in a pass over its rows while other requests go on. */
export type OverviewRequest =
  /** Lookups, failures and times over the trace or a part of it, beside those that the filter chooses; in `intervals` parts at most. */
  | { readonly kind: 'timeline/read'; readonly intervals: number; readonly part?: TimelinePart }
  /** The ways of what the filter chooses, summed: who asks whom, how much, how well. */
  | { readonly kind: 'map/read' }
  /** What two filters choose, beside each other, whatever the view's own filter; an empty one chooses nothing. */
  | { readonly kind: 'compare/read'; readonly a: string; readonly b: string }
  /** Counts, times and the busiest of what the filter chooses, each with the filter that chooses exactly what was counted. */
  | { readonly kind: 'statistics/read' };

export const MOST_INTERVALS = 2000;
/** A filter that is too long is told what is wrong with it. */
const LONGEST_SIDE = 20_000;

export type PanelAction =
  | { readonly name: 'stop' }
  | { readonly name: 'clear' }
  | { readonly name: 'save' }
  /** Asks for a format and writes these lookups of that generation of the trace. */
  | { readonly name: 'exportRows'; readonly lookups: readonly number[]; readonly generation: number }
  | { readonly name: 'openInWireshark' }
  | { readonly name: 'traceAgain' }
  | { readonly name: 'openCapture' }
  | { readonly name: 'restartCoreDns' }
  | { readonly name: 'inspectCorefile' }
  /** Opens the live Corefile at a 1-based line. */
  | { readonly name: 'showInCorefile'; readonly line: number }
  | { readonly name: 'watchCoreDns' }
  /** In this trace; the setting stays as it is. */
  | { readonly name: 'setSlowThreshold'; readonly nanoseconds: number }
  | { readonly name: 'copy'; readonly text: string }
  /** For a bug report, without names and addresses. */
  | { readonly name: 'copyDiagnostics' }
  | { readonly name: 'openFindingHelp'; readonly finding: string };

/** Lookups that can be chosen by their numbers; a filter chooses more. */
export const MOST_CHOSEN = 100_000;

/** What may be called slow, ns. */
export const LEAST_SLOW_NS = 5e3;
export const MOST_SLOW_NS = 10e9;

export interface Envelope<T> {
  readonly id: number;
  readonly request: T;
}

// ---- replies ----------------------------------------------------------------------------------------------------

export interface ReplyMap {
  readonly 'panel/ready': TraceSnapshot;
  readonly 'view/set': ViewState;
  readonly 'filter/complete': { readonly items: readonly FilterCompletion[] };
  readonly 'rows/read': RowWindow;
  readonly 'row/expand': ViewState;
  readonly 'row/details': LookupDetails;
  readonly 'event/details': EventDetails;
  readonly 'view/nextFailure': { readonly index: number };
  readonly 'notes/set': { readonly done: boolean };
  readonly 'timeline/read': Timeline;
  readonly 'map/read': DnsMap;
  readonly 'compare/read': Comparison;
  readonly 'statistics/read': StatisticsPicture;
  readonly 'corefile/use': { readonly lines: readonly CorefileLineUse[] };
  readonly 'action/run': { readonly done: boolean };
}

export interface ViewState {
  /** Identity of the view; grows with each clear and each `view/set` that isn't broken. Reads for an older one are refused as `stale-view`. */
  readonly view: number;
  /** The filter that the rows obey: the latest that was not broken. */
  readonly filter: string;
  /** Its conditions as written, all of which must hold; joined by commas they are the filter again. */
  readonly terms: readonly string[];
  /** Those of the terms that are nothing but a span of time; absent without any. */
  readonly times?: readonly TimeTerm[];
  /** What is wrong with the filter that was asked for last. */
  readonly problem?: FilterProblem;
  readonly rows: RowLevel;
  /** Rows in the view, expanded children included. */
  readonly count: number;
  /** Lookups that match. */
  readonly lookups: number;
}

export interface RowWindow {
  readonly view: number;
  readonly from: number;
  readonly rows: readonly GridRow[];
  readonly count: number;
}

export type Reply = { readonly id: number } & (
  | { readonly ok: true; readonly value: ReplyMap[PanelRequest['kind']] }
  | { readonly ok: false; readonly problem: Problem }
);

// ---- pushes: host → panel ---------------------------------------------------------------------------------------

export type PanelPush =
  TraceSnapshot | { readonly kind: 'focus/filter' } | { readonly kind: 'show/filter'; readonly filter: string };

export type HostToPanel =
  { readonly type: 'reply'; readonly reply: Reply } | { readonly type: 'push'; readonly push: PanelPush };
export type PanelToHost = { readonly type: 'request' } & Envelope<PanelRequest>;

/** The whole state beside the rows. Small, so that each push can be complete: a hidden panel loses nothing. */
export interface TraceSnapshot {
  readonly kind: 'trace/snapshot';
  readonly generation: number;
  readonly seq: number;
  readonly source: TraceSourceView;
  readonly counts: TraceCounts;
  readonly view: ViewState;
  readonly verdict: Verdict;
  readonly findings: readonly Finding[];
  readonly vantages: readonly VantageView[];
  /** Packets known to be lost, and moments not seen at all. */
  readonly loss: { readonly packets: number; readonly gaps: number; readonly notes: readonly string[] };
  readonly slowNs: number;
  /** A person's, in time order; absent without any. Hostile text. */
  readonly notes?: readonly TraceNote[];
  /** Traffic to each server that CoreDNS asks, busiest first, at most 50; the tree marks upstreams with it. */
  readonly upstreams?: readonly UpstreamTraffic[];
}

export interface UpstreamTraffic {
  readonly address: string;
  readonly port: number;
  readonly queries: number;
  readonly answered: number;
  readonly unanswered: number;
}

export interface TraceSourceView {
  readonly kind: 'live' | 'file';
  /** `order-service in shop (context lab)` or the file's name. */
  readonly title: string;
  readonly state: 'starting' | 'running' | 'reconnecting' | 'stopping' | 'ended' | 'failed';
  /** What went wrong, to be shown as a message in the panel. */
  readonly problems: readonly Problem[];
  /** After the end of a live trace: what was removed and what cannot be. */
  readonly aftermath?: string;
}

export interface TraceCounts {
  readonly packets: number;
  readonly messages: number;
  readonly undecodable: number;
  readonly lookups: number;
  readonly failed: number;
  readonly pending: number;
  readonly slow: number;
  readonly clients: number;
}

export interface Verdict {
  readonly level: 'none' | 'ok' | 'info' | 'warning' | 'error';
  /** One sentence. */
  readonly text: string;
  /** The finding it comes from. */
  readonly finding?: string;
  /** What to watch next, when too little was seen. */
  readonly suggestion?: { readonly label: string; readonly action: PanelAction };
}

export interface VantageView {
  readonly name: string;
  readonly role: string;
  readonly messages: number;
  readonly dropped: number;
  readonly state: 'running' | 'ended' | 'failed' | 'reconnecting';
  readonly note?: string;
}

// ---- checks at the border ---------------------------------------------------------------------------------------

const ACTIONS: ReadonlySet<string> = new Set<PanelAction['name']>([
  'stop',
  'clear',
  'save',
  'exportRows',
  'openInWireshark',
  'traceAgain',
  'openCapture',
  'restartCoreDns',
  'inspectCorefile',
  'showInCorefile',
  'watchCoreDns',
  'setSlowThreshold',
  'copy',
  'copyDiagnostics',
  'openFindingHelp',
]);
const isCount = (value: unknown): value is number => Number.isSafeInteger(value) && (value as number) >= 0;
const isText = (value: unknown, limit: number): value is string => typeof value === 'string' && value.length <= limit;

const isSomeCounts = (value: unknown): boolean =>
  Array.isArray(value) && value.length > 0 && value.length <= MOST_CHOSEN && value.every(isCount);

export function isRowLevel(value: unknown): value is RowLevel {
  return value === 'lookups' || value === 'transactions' || value === 'messages';
}

function isView({ filter, rows, sort }: Readonly<Record<string, unknown>>): boolean {
  if (!isText(filter, 10_000) || (rows !== undefined && !isRowLevel(rows))) return false;
  if (sort === undefined) return true;
  return (rows === undefined || rows === 'lookups' ? asLookupSort(sort) : asEventSort(sort)) !== undefined;
}

function isAction(value: unknown): boolean {
  if (!isRecord(value) || typeof value['name'] !== 'string' || !ACTIONS.has(value['name'])) return false;
  if (value['name'] === 'copy') return isText(value['text'], 1_000_000);
  if (value['name'] === 'exportRows') return isCount(value['generation']) && isSomeCounts(value['lookups']);
  if (value['name'] === 'showInCorefile') return isCount(value['line']);
  if (value['name'] === 'setSlowThreshold')
    return (
      isCount(value['nanoseconds']) && value['nanoseconds'] >= LEAST_SLOW_NS && value['nanoseconds'] <= MOST_SLOW_NS
    );
  if (value['name'] === 'openFindingHelp') return isText(value['finding'], 200);
  return true;
}

/** A saved part is checked like an asked one: both come from outside. */
export function asTimelinePart(value: unknown): TimelinePart | undefined {
  if (!isRecord(value)) return undefined;
  const { fromUs, toUs, lastUs } = value;
  if (isLength(lastUs)) return { lastUs };
  return isLength(fromUs) && isLength(toUs) && fromUs < toUs ? { fromUs, toUs } : undefined;
}

const isLength = (value: unknown): value is number =>
  typeof value === 'number' && value > 0 && value <= Number.MAX_SAFE_INTEGER;

function isTimeline({ intervals, part }: Readonly<Record<string, unknown>>): boolean {
  if (!isCount(intervals) || intervals === 0 || intervals > MOST_INTERVALS) return false;
  return part === undefined || asTimelinePart(part) !== undefined;
}

/** Each of them as it would be read again, in time order. */
function isNotes(value: unknown): boolean {
  const sound = asTraceNotes(value);
  return (
    Array.isArray(value) &&
    value.length === sound.length &&
    sound.every(({ text, atUs }, k) => {
      const given = value[k] as TraceNote;
      return given.text === text && given.atUs === atUs;
    })
  );
}

function isPanelRequest(value: unknown): value is PanelRequest {
  if (!isRecord(value)) return false;
  switch (value['kind']) {
    case 'panel/ready':
    case 'corefile/use':
    case 'map/read':
    case 'statistics/read':
      return true;
    case 'view/set':
      return isView(value);
    case 'filter/complete':
      return isText(value['text'], 10_000) && isCount(value['cursor']);
    case 'rows/read':
      return isCount(value['view']) && isCount(value['from']) && isCount(value['to']);
    case 'row/expand':
      return isCount(value['view']) && isCount(value['lookup']) && typeof value['expanded'] === 'boolean';
    case 'row/details':
      return isCount(value['lookup']);
    case 'event/details':
      return isCount(value['id']) && isRowLevel(value['rows']) && value['rows'] !== 'lookups';
    case 'view/nextFailure':
      return isCount(value['view']) && isCount(value['index']);
    case 'timeline/read':
      return isTimeline(value);
    case 'notes/set':
      return isNotes(value['notes']);
    case 'compare/read':
      return isText(value['a'], LONGEST_SIDE) && isText(value['b'], LONGEST_SIDE);
    case 'action/run':
      return isAction(value['action']);
    default:
      return false;
  }
}

/** The message when it is one of ours in every field, else `undefined`: a webview is not trusted. */
export function asPanelMessage(value: unknown): PanelToHost | undefined {
  if (!isRecord(value) || value['type'] !== 'request' || !isCount(value['id']) || !isPanelRequest(value['request']))
    return undefined;
  return { type: 'request', id: value['id'], request: value['request'] };
}

/** VS Code sends messages as JSON, which has no bigint: nanosecond times travel as decimal text. */
export function asJson(message: HostToPanel): unknown {
  return JSON.parse(
    JSON.stringify(message, (_key, value: unknown) => (typeof value === 'bigint' ? String(value) : value)),
  );
}
