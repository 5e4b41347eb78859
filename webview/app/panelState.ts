/** What the panel shows, whole: each change makes a new one. */
import type { Problem } from '../../src/base/problem.ts';
import type { EventDetails, EventLevel, LookupDetails } from '../../src/core/view/rows.ts';
import type { TraceSnapshot, ViewState } from '../../src/protocol/webview.ts';
import type { IndexRange } from '../grid/selection.ts';
import type { NoteDraft } from './notes/noteDraft.ts';
import { DEFAULT_UI_STATE, type UiState } from './uiState.ts';

/** Shows what a row opens. */
export type RowPane =
  | {
      readonly kind: 'lookup';
      readonly lookup: number;
      readonly details: LookupDetails | undefined;
      readonly problem: Problem | undefined;
    }
  /** Belongs to no lookup. */
  | {
      readonly kind: 'event';
      readonly rows: EventLevel;
      readonly id: number;
      readonly details: EventDetails | undefined;
      readonly problem: Problem | undefined;
    };

export type SidePane =
  | RowPane
  /** `filter` tells findings of one id apart. */
  | { readonly kind: 'finding'; readonly filter: string };

export interface PanelState {
  readonly snapshot: TraceSnapshot | undefined;
  readonly view: ViewState | undefined;
  readonly ui: UiState;
  readonly follow: boolean;
  readonly frozen: boolean;
  /** Key of the selected row. */
  readonly selected: string | undefined;
  /** Where it was when it was selected. */
  readonly selectedIndex: number;
  /** Rows that are chosen together; none when it is only the selected one. */
  readonly chosen: readonly IndexRange[];
  readonly pane: SidePane | undefined;
  readonly jump: { readonly index: number } | undefined;
  /** The grid stands there when this is a new object. */
  readonly place: { readonly top: number } | undefined;
  readonly focusFilter: object | undefined;
  /** The pane takes the focus when this is a new object. */
  readonly focusPane: object | undefined;
  /** The rows take the focus when this is a new object: what had it is gone. */
  readonly focusRows: object | undefined;
  /** Epoch µs of the first row that was seen, for times since the start. */
  readonly startUs: number | undefined;
  /** A note that is being written. */
  readonly draft: NoteDraft | undefined;
  /** What went wrong between panel and host. */
  readonly trouble: Problem | undefined;
}

/** What is void when the trace was cleared. */
export const NO_ROWS = {
  selected: undefined,
  selectedIndex: -1,
  startUs: undefined,
  view: undefined,
  frozen: false,
} satisfies Partial<PanelState>;

/** Before anything came from the host. */
export const NO_STATE: PanelState = {
  snapshot: undefined,
  view: undefined,
  ui: DEFAULT_UI_STATE,
  follow: true,
  frozen: false,
  selected: undefined,
  selectedIndex: -1,
  chosen: [],
  pane: undefined,
  jump: undefined,
  place: undefined,
  focusFilter: undefined,
  focusPane: undefined,
  focusRows: undefined,
  startUs: undefined,
  draft: undefined,
  trouble: undefined,
};
