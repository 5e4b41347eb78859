import * as l10n from '@vscode/l10n';
import type { Problem } from '../../../src/base/problem.ts';
import type { GridRow } from '../../../src/core/view/rows.ts';
import type { TraceSnapshot } from '../../../src/protocol/webview.ts';
import type { RowCache } from '../../grid/rowCache.ts';
import type { PanelState, RowPane } from '../panelState.ts';

export const rowKey = (row: GridRow): string => `${row.kind}-${String(row.id)}`;

/** The lookup whose details a row opens; none for what a resolver asked of its own accord. */
export const lookupOf = (row: GridRow): number | undefined => (row.kind === 'lookup' ? row.id : row.lookup);

export const NO_FAILURE: Problem = {
  code: 'no-failure',
  detail: l10n.t('None of these rows went wrong'),
  recover: l10n.t('Remove the filter, if there is one, to look among all'),
};

/** How long after its start a lookup's far legs may still come in. */
const SETTLING_MS = 15_000;

/** Details of what still waits, or of a lookup whose far legs may still come in, are read again. */
export function stillChanging({ source }: TraceSnapshot, pane: RowPane): boolean {
  if (source.kind !== 'live') return false;
  if (pane.details === undefined) return true;
  if (pane.kind === 'event') return pane.details.row.state === 'pending';
  const { outcome, timeUs } = pane.details.lookup;
  return outcome === 'pending' || (source.state === 'running' && Date.now() - timeUs / 1000 < SETTLING_MS);
}

/** How far the selected row may have moved since it was selected, rows. */
const REACH = 500;

/** Where the selected row is now: rows may have come in, or been folded, above it. −1 when none is selected. */
export function selectedNow({ selected, selectedIndex }: PanelState, cache: RowCache<GridRow>): number {
  if (selected === undefined || selectedIndex < 0) return selectedIndex;
  const at = cache.findNear(selectedIndex, REACH, (row) => rowKey(row) === selected);
  return at < 0 ? selectedIndex : at;
}

/** The selected row when it belongs to that lookup, else the lookup's own row. */
export function selectionFor(
  { selected, selectedIndex }: PanelState,
  cache: RowCache<GridRow>,
  lookup: number,
): string {
  const row = cache.get(selectedIndex);
  const fits = row !== undefined && rowKey(row) === selected && lookupOf(row) === lookup;
  return fits ? rowKey(row) : `lookup-${String(lookup)}`;
}
