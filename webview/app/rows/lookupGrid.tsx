import { useMemo, useState } from 'preact/hooks';
import type { GridRow } from '../../../src/core/view/rows.ts';
import type { TraceSnapshot } from '../../../src/protocol/webview.ts';
import { visibleColumns } from '../../grid/columns.ts';
import type { RowInfo } from '../../grid/gridRow.tsx';
import { VirtualGrid } from '../../grid/virtualGrid.tsx';
import { CellMenu, type CellMenuPlace, cellTools } from './cellMenu.tsx';
import { LookupsEmpty } from '../emptyState.tsx';
import { columnsFor, SORT_COLUMNS } from './nodeColumns.tsx';
import { rowKey } from './rowFacts.ts';
import type { PanelState } from '../panelState.ts';
import type { TraceController } from '../traceController.ts';
import { columnsOfRows, sortOf } from '../uiState.ts';
import { ROW_TITLES } from '../words.ts';

function rowInfo(row: GridRow, level: 1 | 2): RowInfo {
  if (row.kind !== 'lookup') return { key: rowKey(row), level, expandable: false, expanded: false };
  return { key: rowKey(row), level: 1, expandable: row.transactions > 0, expanded: row.expanded };
}

export interface LookupGridProps {
  readonly state: PanelState;
  readonly snapshot: TraceSnapshot;
  readonly controller: TraceController;
}

export function LookupGrid({ state, snapshot, controller }: LookupGridProps) {
  const { ui, view } = state;
  const { rows } = ui;
  const isTree = rows === 'lookups';
  const sort = sortOf(ui);
  const sorts = SORT_COLUMNS[rows];
  const columnState = columnsOfRows(ui);
  const live = snapshot.source.kind === 'live' && ['running', 'reconnecting'].includes(snapshot.source.state);
  const startUs = ui.sinceStart ? state.startUs : undefined;
  const columns = useMemo(() => {
    const all = columnsFor(rows, { startUs, live });
    return all.map((column) => ({ ...column, sortable: sorts[column.id] !== undefined }));
  }, [startUs, live, rows, sorts]);
  // Several columns may show what is sorted by.
  const shownSort =
    sort === undefined
      ? undefined
      : visibleColumns(columns, columnState).find(({ id }) => sorts[id] === sort.column)?.id;
  const [menu, setMenu] = useState<CellMenuPlace | undefined>(undefined);
  return (
    <>
      {menu !== undefined && (
        <CellMenu
          key={`${String(menu.x)} ${String(menu.y)}`}
          place={menu}
          columns={visibleColumns(columns, columnState)}
          controller={controller}
          onClose={() => setMenu(undefined)}
        />
      )}
      <VirtualGrid<GridRow>
        label={ROW_TITLES[rows]}
        cache={controller.rows.cache}
        count={view?.count ?? 0}
        columns={columns}
        columnState={columnState}
        onColumnState={(state) => controller.setColumns(state)}
        sort={
          sort === undefined || shownSort === undefined ? undefined : { column: shownSort, descending: sort.descending }
        }
        onSort={(next) => {
          const column = next === undefined ? undefined : sorts[next.column];
          controller.setSort(
            next === undefined || column === undefined ? undefined : { column, descending: next.descending },
          );
        }}
        rowInfo={(row) => rowInfo(row, isTree ? 2 : 1)}
        selected={state.selected}
        onSelect={(row, index) => controller.rows.select(row, index)}
        onOpen={(row, by) => controller.rows.open(row, by)}
        onToggle={(row, expanded) => void controller.rows.toggle(row, expanded)}
        onChoose={(ranges) => controller.rows.choose(ranges)}
        onCopy={() => void controller.chosen.copy('text', visibleColumns(columns, columnState))}
        onEscape={() => controller.details.close()}
        follow={state.follow && snapshot.source.kind === 'live'}
        onFollow={(follow) => controller.rows.noteFollow(follow)}
        identity={`${String(snapshot.generation)}:${String(view?.view ?? -1)}`}
        jump={state.jump}
        firstTop={controller.places.top}
        place={state.place}
        onTop={(top, isScrolled) => controller.places.noteTop(top, isScrolled)}
        onMenu={(row, column, x, y) => setMenu({ row, column, x, y })}
        cellTools={(row, column) => cellTools(row, column, controller)}
      >
        <LookupsEmpty state={state} snapshot={snapshot} controller={controller} />
      </VirtualGrid>
    </>
  );
}
