import { isRecord } from '../../src/base/isRecord.ts';
import type { EventLevel } from '../../src/core/view/rows.ts';
import {
  asEventSort,
  asLookupSort,
  type EventSortColumn,
  type LookupSortColumn,
  type SortOrder,
} from '../../src/protocol/sortOrder.ts';
import type { TimelinePart } from '../../src/core/view/timeline/timeline.ts';
import { asTimelinePart, isRowLevel, type ViewRequest } from '../../src/protocol/webview.ts';
import { asCompareChoice, type CompareChoice, NO_COMPARE } from './compare/compareChoice.ts';
import { asRecent } from './filter/filterHistory.ts';
import type { ColumnState } from '../grid/columns.ts';
import { isPanelRows, type PanelRows } from './rows/panelRows.ts';
import type { RowPlace } from './rows/rowPlace.ts';

export type PanelTab = 'lookups' | 'map' | 'statistics' | 'findings' | 'compare' | 'notes' | 'watched';
const TABS: ReadonlySet<unknown> = new Set<PanelTab>([
  'lookups',
  'map',
  'statistics',
  'findings',
  'compare',
  'notes',
  'watched',
]);
const isTab = (value: unknown): value is PanelTab => TABS.has(value);

/** What the panel remembers by itself while it is hidden or reloaded. */
export interface UiState {
  readonly filter: string;
  /** Filters of late, newest first. */
  readonly recent: readonly string[];
  /** Of lookups; time order when absent. */
  readonly sort: SortOrder<LookupSortColumn> | undefined;
  /** Of transactions and messages; as they were seen when absent. */
  readonly eventSort: SortOrder<EventSortColumn> | undefined;
  /** What a row is. */
  readonly rows: PanelRows;
  readonly columns: ColumnState;
  /** Of rows that are transactions or messages. */
  readonly eventColumns: ColumnState;
  /** Of messages at the node level. */
  readonly nodeColumns: ColumnState;
  readonly tab: PanelTab;
  /** Share of the details pane. */
  readonly share: number;
  readonly sinceStart: boolean;
  /** The timeline is open. */
  readonly timeline: boolean;
  /** What it shows of the trace; the whole when absent. */
  readonly zoom: TimelinePart | undefined;
  readonly mapAsTable: boolean;
  readonly compare: CompareChoice;
  /** Rows of the statistics whose children are shown. */
  readonly statisticsOpen: readonly string[];
  /** Lookup in the details pane. */
  readonly lookup: number | undefined;
  /** Query or message there that belongs to no lookup. */
  readonly event: EventOfPane | undefined;
  /** The trace's generation that the lookup is of: in another one the number means something else. */
  readonly generation: number | undefined;
}

/** What is shown, and how; rows and their order have changes of their own. */
export type ShownChange = Partial<
  Pick<UiState, 'tab' | 'share' | 'sinceStart' | 'timeline' | 'zoom' | 'mapAsTable' | 'statisticsOpen'>
>;

export interface EventOfPane {
  readonly rows: EventLevel;
  readonly id: number;
}

/** What is kept: the state, and where the user is among the rows. */
export interface SavedState extends UiState {
  readonly place: RowPlace;
}

export interface UiStateStore {
  read(): unknown;
  write(state: SavedState): void;
}

export const DEFAULT_COLUMNS: readonly string[] = ['time', 'pod', 'name', 'qtype', 'way', 'result', 'latency'];

/** The seeds' columns: what Inspektor Gadget prints of an event. */
export const DEFAULT_EVENT_COLUMNS: readonly string[] = [
  'time',
  'vantage',
  'src',
  'dst',
  'qr',
  'id',
  'qname',
  'qtype',
  'result',
  'latency',
];

/** Where a packet was seen and between which addresses, none of them translated; who is behind it at the end. */
export const DEFAULT_NODE_COLUMNS: readonly string[] = [
  'time',
  'seenNode',
  'vantage',
  'netns',
  'srcAddress',
  'srcPort',
  'dstAddress',
  'dstPort',
  'qr',
  'id',
  'qname',
  'qtype',
  'rcode',
  'latency',
  'pid',
  'command',
];

export const DEFAULT_UI_STATE: UiState = {
  filter: '',
  recent: [],
  sort: undefined,
  eventSort: undefined,
  rows: 'lookups',
  columns: { visible: DEFAULT_COLUMNS, widths: {} },
  eventColumns: { visible: DEFAULT_EVENT_COLUMNS, widths: {} },
  nodeColumns: { visible: DEFAULT_NODE_COLUMNS, widths: {} },
  tab: 'lookups',
  share: 0.4,
  sinceStart: false,
  timeline: true,
  zoom: undefined,
  mapAsTable: false,
  compare: NO_COMPARE,
  statisticsOpen: ['rcode'],
  lookup: undefined,
  event: undefined,
  generation: undefined,
};

function columnsOf(value: unknown, fallback: ColumnState): ColumnState {
  if (!isRecord(value) || !Array.isArray(value['visible'])) return fallback;
  const visible = value['visible'].filter((id) => typeof id === 'string');
  const widths: Record<string, number> = {};
  if (isRecord(value['widths'])) {
    for (const [id, width] of Object.entries(value['widths'])) if (typeof width === 'number') widths[id] = width;
  }
  return { visible: visible.length > 0 ? visible : fallback.visible, widths };
}

function idsOf(value: unknown): readonly string[] | undefined {
  return Array.isArray(value) ? value.filter((id) => typeof id === 'string').slice(0, 100) : undefined;
}

function eventOf(value: unknown): EventOfPane | undefined {
  if (!isRecord(value)) return undefined;
  const { rows, id } = value;
  const isSound = isRowLevel(rows) && rows !== 'lookups' && Number.isSafeInteger(id);
  return isSound ? { rows, id: id as number } : undefined;
}

/** What was saved, perhaps by another version: each field that is not sound falls back to its default. */
export function asUiState(value: unknown): UiState {
  if (!isRecord(value)) return DEFAULT_UI_STATE;
  const { filter, tab, share, lookup, generation, sinceStart } = value;
  return {
    filter: typeof filter === 'string' ? filter.slice(0, 10_000) : '',
    recent: asRecent(value['recent']),
    sort: asLookupSort(value['sort']),
    eventSort: asEventSort(value['eventSort']),
    rows: isPanelRows(value['rows']) ? value['rows'] : 'lookups',
    columns: columnsOf(value['columns'], DEFAULT_UI_STATE.columns),
    eventColumns: columnsOf(value['eventColumns'], DEFAULT_UI_STATE.eventColumns),
    nodeColumns: columnsOf(value['nodeColumns'], DEFAULT_UI_STATE.nodeColumns),
    tab: isTab(tab) ? tab : 'lookups',
    share: typeof share === 'number' && share > 0 && share < 1 ? share : DEFAULT_UI_STATE.share,
    sinceStart: sinceStart === true,
    timeline: value['timeline'] !== false,
    zoom: asTimelinePart(value['zoom']),
    mapAsTable: value['mapAsTable'] === true,
    compare: asCompareChoice(value['compare']),
    statisticsOpen: idsOf(value['statisticsOpen']) ?? DEFAULT_UI_STATE.statisticsOpen,
    lookup: typeof lookup === 'number' ? lookup : undefined,
    event: eventOf(value['event']),
    generation: typeof generation === 'number' ? generation : undefined,
  };
}

/** The order of the rows on screen. */
export const sortOf = ({ rows, sort, eventSort }: UiState): SortOrder | undefined =>
  rows === 'lookups' ? sort : eventSort;

export function viewRequest({ filter, rows, sort, eventSort }: UiState): ViewRequest {
  const base = { kind: 'view/set', filter } as const;
  if (rows === 'lookups') return sort === undefined ? base : { ...base, sort };
  const events = { ...base, rows: rows === 'node' ? 'messages' : rows } as const;
  return eventSort === undefined ? events : { ...events, sort: eventSort };
}

/** Which of the columns each kind of row has to itself. */
const COLUMNS_OF = {
  lookups: 'columns',
  transactions: 'eventColumns',
  messages: 'eventColumns',
  node: 'nodeColumns',
} as const;
const USUAL_COLUMNS: Readonly<Record<PanelRows, readonly string[]>> = {
  lookups: DEFAULT_COLUMNS,
  transactions: DEFAULT_EVENT_COLUMNS,
  messages: DEFAULT_EVENT_COLUMNS,
  node: DEFAULT_NODE_COLUMNS,
};

/** Columns of the rows on screen, and those they have unless chosen otherwise. */
export const columnsOfRows = (ui: UiState): ColumnState => ui[COLUMNS_OF[ui.rows]];
export const usualColumns = ({ rows }: UiState): readonly string[] => USUAL_COLUMNS[rows];
export const withColumns = ({ rows }: UiState, columns: ColumnState): Partial<UiState> => ({
  [COLUMNS_OF[rows]]: columns,
});
