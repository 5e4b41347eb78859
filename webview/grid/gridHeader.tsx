import { useRef, useState } from 'preact/hooks';
import {
  type Column,
  type ColumnState,
  columnWidth,
  MAX_COLUMN_WIDTH,
  MIN_COLUMN_WIDTH,
  moveColumn,
} from './columns.ts';
import { type HeadingDrag, useHeaderDrag } from './headerDrag.ts';

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

/** A press of a key makes a column wider by so much. */
const STEP_PX = 10;

/** Up, then down, then as it came. */
function nextSort(column: string, sort: GridSort | undefined): GridSort | undefined {
  if (sort?.column !== column) return { column, descending: false };
  return sort.descending ? undefined : { column, descending: true };
}

function headingClass<Row>(column: Column<Row>, index: number, count: number, moving: HeadingDrag | undefined): string {
  const names = ['grid-heading'];
  if (column.align === 'end') names.push('grid-end');
  if (moving?.id === column.id) names.push('grid-moving');
  if (moving?.gap === index) names.push('grid-gap-before');
  if (moving?.gap === count && index === count - 1) names.push('grid-gap-after');
  return names.join(' ');
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
    widen(column, drag.current.width + event.clientX - drag.current.x);
  };
  const onPointerEnd = (): void => {
    drag.current = undefined;
  };
  const onReset = (column: Column<Row>): void => {
    onState({ ...state, widths: Object.fromEntries(Object.entries(state.widths).filter(([id]) => id !== column.id)) });
  };

  // One stop for Tab, arrow keys from heading to heading; with Shift they change its width.
  const [stop, setStop] = useState(0);
  const shownStop = Math.min(stop, columns.length - 1);
  const onKeyDown = (event: KeyboardEvent): void => {
    if (event.altKey || event.ctrlKey || event.metaKey) return;
    const { currentTarget } = event;
    const headings = [...(currentTarget as HTMLElement).children];
    const column = columns[shownStop];
    const step = { ArrowLeft: -1, ArrowRight: 1 }[event.key];
    const to = step === undefined ? { Home: 0, End: headings.length - 1 }[event.key] : shownStop + step;
    if (to === undefined || column === undefined) return;
    event.preventDefault();
    if (event.shiftKey && step !== undefined) {
      const width = headings[shownStop]?.getBoundingClientRect().width ?? columnWidth(column, state);
      widen(column, width + step * STEP_PX);
    } else headings[to]?.querySelector<HTMLElement>('[tabindex]')?.focus();
  };
  const widen = (column: Column<Row>, width: number): void => {
    const bounded = Math.min(MAX_COLUMN_WIDTH, Math.max(MIN_COLUMN_WIDTH, Math.round(width)));
    onState({ ...state, widths: { ...state.widths, [column.id]: bounded } });
  };

  const { drag: moving, ...header } = useHeaderDrag((id, to) =>
    onState(moveColumn({ ...state, visible: columns.map((column) => column.id) }, id, to)),
  );

  return (
    <div class="grid-header" role="row" aria-rowindex={1} onKeyDown={onKeyDown}>
      {columns.map((column, index) => {
        const own = sort?.column === column.id ? sort : undefined;
        const focus = { tabIndex: index === shownStop ? 0 : -1, onFocus: () => setStop(index) };
        const order = own === undefined ? 'none' : own.descending ? 'descending' : 'ascending';
        return (
          <div
            key={column.id}
            class={headingClass(column, index, columns.length, moving)}
            onPointerDown={(event) => header.onDown(event, column.id)}
            onPointerMove={header.onMove}
            onPointerUp={header.onUp}
            onPointerCancel={header.onCancel}
            role="columnheader"
            aria-colindex={index + 1}
            aria-sort={column.sortable === true ? order : undefined}
            title={column.description === undefined ? column.title : `${column.title} · ${column.description}`}
          >
            {column.sortable === true ? (
              <button
                type="button"
                class="grid-sort"
                aria-keyshortcuts="Shift+ArrowLeft Shift+ArrowRight"
                {...focus}
                onClick={() => {
                  if (!header.takeClick()) onSort(nextSort(column.id, sort));
                }}
              >
                {column.title}
                {own !== undefined && <span aria-hidden="true">{own.descending ? ' ↓' : ' ↑'}</span>}
              </button>
            ) : (
              <span class="grid-heading-text" {...focus}>
                {column.title}
              </span>
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
