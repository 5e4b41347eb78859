import { useRef } from 'preact/hooks';
import { type Column, type ColumnState, columnWidth, MAX_COLUMN_WIDTH, MIN_COLUMN_WIDTH } from './columns.ts';

export interface GridSort {
  readonly column: string;
  readonly descending: boolean;
}

export interface GridHeaderProps<Row> {
  readonly columns: readonly Column<Row>[];
  readonly state: ColumnState;
  readonly sort: GridSort | undefined;
  readonly onState: (state: ColumnState) => void;
  readonly onSort: (sort: GridSort | undefined) => void;
}

/** Up, then down, then as it came. */
function nextSort(column: string, sort: GridSort | undefined): GridSort | undefined {
  if (sort?.column !== column) return { column, descending: false };
  return sort.descending ? undefined : { column, descending: true };
}

export function GridHeader<Row>({ columns, state, sort, onState, onSort }: GridHeaderProps<Row>) {
  const drag = useRef<{ readonly id: string; readonly x: number; readonly width: number } | undefined>(undefined);

  const onPointerDown = (event: PointerEvent, column: Column<Row>): void => {
    if (event.button !== 0) return;
    event.preventDefault();
    event.stopPropagation();
    const handle = event.currentTarget as HTMLElement;
    handle.setPointerCapture(event.pointerId);
    const shown = handle.parentElement?.getBoundingClientRect().width ?? columnWidth(column, state);
    drag.current = { id: column.id, x: event.clientX, width: shown };
  };
  const onPointerMove = (event: PointerEvent, column: Column<Row>): void => {
    if (drag.current?.id !== column.id) return;
    const width = Math.round(drag.current.width + event.clientX - drag.current.x);
    const bounded = Math.min(MAX_COLUMN_WIDTH, Math.max(MIN_COLUMN_WIDTH, width));
    onState({ ...state, widths: { ...state.widths, [column.id]: bounded } });
  };
  const onPointerEnd = (): void => {
    drag.current = undefined;
  };
  const onReset = (column: Column<Row>): void => {
    onState({ ...state, widths: Object.fromEntries(Object.entries(state.widths).filter(([id]) => id !== column.id)) });
  };

  return (
    <div class="grid-header" role="row" aria-rowindex={1}>
      {columns.map((column, index) => {
        const own = sort?.column === column.id ? sort : undefined;
        const order = own === undefined ? 'none' : own.descending ? 'descending' : 'ascending';
        return (
          <div
            key={column.id}
            class={column.align === 'end' ? 'grid-heading grid-end' : 'grid-heading'}
            role="columnheader"
            aria-colindex={index + 1}
            aria-sort={column.sortable === true ? order : undefined}
            title={column.description}
          >
            {column.sortable === true ? (
              <button type="button" class="grid-sort" onClick={() => onSort(nextSort(column.id, sort))}>
                {column.title}
                {own !== undefined && <span aria-hidden="true">{own.descending ? ' ↓' : ' ↑'}</span>}
              </button>
            ) : (
              <span class="grid-heading-text">{column.title}</span>
            )}
            <div
              class="grid-resizer"
              aria-hidden="true"
              onPointerDown={(event) => onPointerDown(event, column)}
              onPointerMove={(event) => onPointerMove(event, column)}
              onPointerUp={onPointerEnd}
              onPointerCancel={onPointerEnd}
              onDblClick={() => onReset(column)}
            />
          </div>
        );
      })}
    </div>
  );
}
