import { useMemo } from 'preact/hooks';
import type { GridRow } from '../../src/core/view/rows.ts';
import type { TraceSnapshot } from '../../src/protocol/webview.ts';
import { visibleColumns } from '../grid/columns.ts';
import type { RowInfo } from '../grid/gridRow.tsx';
import { VirtualGrid } from '../grid/virtualGrid.tsx';
import { LookupsEmpty } from './emptyState.tsx';
import { lookupColumns, SORT_COLUMNS } from './lookupColumns.tsx';
import { type PanelState, rowKey, type TraceController } from './traceController.ts';

function rowInfo(row: GridRow): RowInfo {
  if (row.kind === 'transaction') return { key: rowKey(row), level: 2, expandable: false, expanded: false };
  return { key: rowKey(row), level: 1, expandable: row.transactions > 0, expanded: row.expanded };
}

export interface LookupGridProps {
  readonly state: PanelState;
  readonly snapshot: TraceSnapshot;
  readonly controller: TraceController;
}

export function LookupGrid({ state, snapshot, controller }: LookupGridProps) {
  const { ui, view } = state;
  const { sort } = ui;
  const live = snapshot.source.kind === 'live' && ['running', 'reconnecting'].includes(snapshot.source.state);
  const startUs = ui.sinceStart ? state.startUs : undefined;
  const columns = useMemo(() => lookupColumns({ startUs, live }), [startUs, live]);
  const shownSort =
    sort === undefined ? undefined : Object.entries(SORT_COLUMNS).find(([, column]) => column === sort.column)?.[0];
  return (
    <VirtualGrid<GridRow>
      label="Lookups"
      cache={controller.cache}
      count={view?.count ?? 0}
      columns={columns}
      columnState={ui.columns}
      onColumnState={(columnState) => controller.setColumns(columnState)}
      sort={
        sort === undefined || shownSort === undefined ? undefined : { column: shownSort, descending: sort.descending }
      }
      onSort={(next) => {
        const column = next === undefined ? undefined : SORT_COLUMNS[next.column];
        controller.setSort(
          next === undefined || column === undefined ? undefined : { column, descending: next.descending },
        );
      }}
      rowInfo={rowInfo}
      selected={state.selected}
      onSelect={(row, index) => controller.select(row, index)}
      onOpen={(row, by) => controller.open(row, by)}
      onToggle={(row, expanded) => void controller.toggleRow(row, expanded)}
      onChoose={(ranges) => controller.choose(ranges)}
      onCopy={() => void controller.copy('text', visibleColumns(columns, ui.columns))}
      follow={state.follow && snapshot.source.kind === 'live'}
      onFollow={(follow) => controller.noteFollow(follow)}
      identity={`${String(snapshot.generation)}:${String(view?.view ?? -1)}`}
      jump={state.jump}
    >
      <LookupsEmpty state={state} snapshot={snapshot} controller={controller} />
    </VirtualGrid>
  );
}
