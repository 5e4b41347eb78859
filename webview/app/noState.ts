import { DEFAULT_UI_STATE } from './uiState.ts';

/** The panel's state before anything came from the host. */
export const NO_STATE = {
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
  focusFilter: undefined,
  focusPane: undefined,
  startUs: undefined,
  trouble: undefined,
} as const;
