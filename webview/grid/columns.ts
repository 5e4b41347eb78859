import type { ComponentChildren } from 'preact';

/** A column of the grid. What it draws is its owner's business; the grid only gives it room. */
export interface Column<Row> {
  /** Stable: it goes into saved state. */
  readonly id: string;
  readonly title: string;
  /** Longer words for the header's tooltip and the picker. */
  readonly description?: string;
  /** Pixels at first. */
  readonly width: number;
  readonly minWidth: number;
  /** Takes the room that is left; the last such column wins. */
  readonly grows?: boolean;
  readonly align?: 'end';
  readonly sortable?: boolean;
  render(row: Row): ComponentChildren;
}

/** What a user changed about the columns. Ids that no longer exist are ignored. */
export interface ColumnState {
  /** In the order of the column set. */
  readonly visible: readonly string[];
  readonly widths: Readonly<Record<string, number>>;
}

export const MAX_COLUMN_WIDTH = 1200;

export function visibleColumns<Row>(columns: readonly Column<Row>[], state: ColumnState): readonly Column<Row>[] {
  const shown = new Set(state.visible);
  const some = columns.filter((column) => shown.has(column.id));
  return some.length > 0 ? some : columns.slice(0, 1);
}

export function columnWidth<Row>(column: Column<Row>, state: ColumnState): number {
  const own = state.widths[column.id];
  if (own === undefined || !Number.isFinite(own)) return column.width;
  return Math.min(MAX_COLUMN_WIDTH, Math.max(column.minWidth, own));
}

/** The sum of the widths: where the sideways scrollbar begins. */
export function totalWidth<Row>(columns: readonly Column<Row>[], state: ColumnState): number {
  return columns.reduce((sum, column) => sum + columnWidth(column, state), 0);
}

/** `grid-template-columns` for header and rows; a growing column keeps its width as the minimum. */
export function columnTracks<Row>(columns: readonly Column<Row>[], state: ColumnState): string {
  const growing = columns.findLast((column) => column.grows === true) ?? columns.at(-1);
  return columns
    .map((column) => {
      const width = `${String(columnWidth(column, state))}px`;
      return column === growing ? `minmax(${width}, 1fr)` : width;
    })
    .join(' ');
}

export function withColumn(columns: readonly { readonly id: string }[], state: ColumnState, id: string, shown: boolean): ColumnState {
  const set = new Set(state.visible);
  if (shown) set.add(id);
  else set.delete(id);
  return { ...state, visible: columns.filter((column) => set.has(column.id)).map((column) => column.id) };
}
