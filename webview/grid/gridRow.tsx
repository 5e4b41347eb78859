import type { ComponentChildren } from 'preact';
import { useRef } from 'preact/hooks';
import type { Column } from './columns.ts';

/** What the grid has to know about a row beside its cells. */
export interface RowInfo {
  /** Unique in the view and stable. */
  readonly key: string;
  /** 1 at the top. */
  readonly level: 1 | 2;
  readonly expandable: boolean;
  readonly expanded: boolean;
  readonly className?: string;
}

export interface GridRowProps<Row> {
  readonly index: number;
  readonly row: Row | undefined;
  readonly info: RowInfo | undefined;
  readonly columns: readonly Column<Row>[];
  readonly selected: boolean;
  readonly current: boolean;
  /** Pixels from the top of the viewport. */
  readonly offset: number;
  readonly onPointer: (row: Row, held: { readonly shift: boolean; readonly command: boolean }) => void;
  readonly onToggle: (row: Row, expanded: boolean) => void;
}

export function GridRow<Row>({
  index,
  row,
  info,
  columns,
  selected,
  current,
  offset,
  onPointer,
  onToggle,
}: GridRowProps<Row>) {
  // While a row is not known its element keeps the cells of the one before, if any, hidden: the row's own are there at once.
  const drawn = useRef<Drawn<Row> | undefined>(undefined);
  const isExpandable = info?.expandable === true;
  const isExpanded = info?.expanded === true;
  const before = drawn.current;
  if (
    before?.columns !== columns ||
    (row !== undefined &&
      (before.row !== row || before.isExpandable !== isExpandable || before.isExpanded !== isExpanded))
  )
    drawn.current = {
      row,
      columns,
      isExpandable,
      isExpanded,
      cells: drawCells(row, columns, isExpandable, isExpanded),
    };
  const names = ['grid-row'];
  if (selected) names.push('grid-selected');
  if (current) names.push('grid-current');
  if (info?.level === 2) names.push('grid-child');
  if (info?.className !== undefined) names.push(info.className);
  if (row === undefined) names.push('grid-unknown');
  return (
    <div
      id={`grid-row-${String(index)}`}
      class={names.join(' ')}
      role="row"
      aria-rowindex={index + 2}
      aria-level={info?.level ?? 1}
      aria-selected={selected}
      aria-expanded={isExpandable ? isExpanded : undefined}
      aria-busy={row === undefined ? true : undefined}
      style={{ transform: `translateY(${String(offset)}px)` }}
      onMouseDown={(event) => {
        // With Shift the browser would mark text from the row before to this one.
        if (event.shiftKey) event.preventDefault();
      }}
      onClick={(event) => {
        if (row === undefined) return;
        if (isExpandable && isTwistie(event)) onToggle(row, !isExpanded);
        else onPointer(row, { shift: event.shiftKey, command: event.ctrlKey || event.metaKey });
      }}
      onDblClick={(event) => {
        if (row !== undefined && isExpandable && !isTwistie(event)) onToggle(row, !isExpanded);
      }}
    >
      {drawn.current?.cells}
    </div>
  );
}

const isTwistie = ({ target }: Event): boolean => target instanceof Element && target.closest('.grid-twistie') !== null;

/** Cells and what they were drawn from: drawn again only when that changes, which a turn of the wheel does not. */
interface Drawn<Row> {
  readonly row: Row | undefined;
  readonly columns: readonly Column<Row>[];
  readonly isExpandable: boolean;
  readonly isExpanded: boolean;
  readonly cells: ComponentChildren;
}

function drawCells<Row>(
  row: Row | undefined,
  columns: readonly Column<Row>[],
  isExpandable: boolean,
  isExpanded: boolean,
): ComponentChildren {
  return columns.map((column, at) => (
    <div
      key={column.id}
      class={column.align === 'end' ? `grid-cell grid-end cell-${column.id}` : `grid-cell cell-${column.id}`}
      role="gridcell"
      aria-colindex={at + 1}
    >
      {at === 0 && (
        <span class={isExpandable ? 'grid-twistie' : 'grid-twistie grid-twistie-none'} aria-hidden="true">
          {isExpandable && (
            <svg viewBox="0 0 16 16" class={isExpanded ? 'grid-open' : undefined}>
              <path d="M6 3.5 10.5 8 6 12.5" fill="none" stroke="currentColor" stroke-width="1.2" />
            </svg>
          )}
        </span>
      )}
      {row !== undefined && column.render(row)}
    </div>
  ));
}
