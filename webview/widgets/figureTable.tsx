import type { ComponentChildren } from 'preact';
import { useRef, useState } from 'preact/hooks';

export interface FigureCell {
  readonly content: ComponentChildren;
  readonly title?: string;
  /** What its button does; without it the cell is read only. */
  readonly onClick?: () => void;
}

export interface FigureRow {
  readonly id: string;
  readonly head: ComponentChildren;
  readonly title?: string;
  readonly cells: readonly FigureCell[];
}

export interface FigureTableProps {
  readonly label: string;
  /** The first heads the rows' heads. */
  readonly columns: readonly { readonly id: string; readonly title: string; readonly hint?: string }[];
  readonly rows: readonly FigureRow[];
}

/** Rows of figures of which some are buttons: arrow keys go from cell to cell, Tab over the whole table at once. */
export function FigureTable({ label, columns, rows }: FigureTableProps) {
  const [current, setCurrent] = useState<{ readonly row: string; readonly column: number }>({ row: '', column: 0 });
  const table = useRef<HTMLTableElement | null>(null);
  const row = Math.max(
    0,
    rows.findIndex(({ id }) => id === current.row),
  );
  const column = Math.min(current.column, columns.length - 2);
  const go = (toRow: number, toColumn: number): void => {
    const [r, c] = [within(toRow, rows.length), within(toColumn, columns.length - 1)];
    table.current?.querySelector<HTMLElement>(`[data-cell="${String(r)} ${String(c)}"]`)?.focus();
  };
  const onKeyDown = (event: KeyboardEvent): void => {
    if (event.altKey || event.ctrlKey || event.metaKey) return;
    const steps: Readonly<Record<string, readonly [number, number]>> = {
      ArrowDown: [row + 1, column],
      ArrowUp: [row - 1, column],
      ArrowRight: [row, column + 1],
      ArrowLeft: [row, column - 1],
      Home: [row, 0],
      End: [row, columns.length - 2],
    };
    const to = steps[event.key];
    if (to === undefined) return;
    event.preventDefault();
    go(...to);
  };
  return (
    <table class="figure-table" role="grid" aria-label={label} ref={table} onKeyDown={onKeyDown}>
      <thead>
        <tr>
          {columns.map(({ id, title, hint }, index) => (
            <th key={id} scope="col" class={index === 0 ? '' : 'tree-number'} title={hint}>
              {title}
            </th>
          ))}
        </tr>
      </thead>
      <tbody>
        {rows.map((one, r) => (
          <tr key={one.id}>
            <th scope="row" title={one.title}>
              {one.head}
            </th>
            {one.cells.map((cell, c) => {
              const stop = {
                tabIndex: r === row && c === column ? 0 : -1,
                'data-cell': `${String(r)} ${String(c)}`,
                onFocus: () => setCurrent({ row: one.id, column: c }),
                title: cell.title,
              };
              const key = columns[c + 1]?.id;
              return cell.onClick === undefined ? (
                <td key={key} role="gridcell" class="tree-number" {...stop}>
                  {cell.content}
                </td>
              ) : (
                <td key={key} role="gridcell" class="tree-number">
                  <button type="button" class="link-button" {...stop} onClick={cell.onClick}>
                    {cell.content}
                  </button>
                </td>
              );
            })}
          </tr>
        ))}
      </tbody>
    </table>
  );
}

function within(value: number, count: number): number {
  return Math.max(0, Math.min(value, count - 1));
}
