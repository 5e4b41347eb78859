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
  /** Pixels; narrower is of no use. */
  readonly minWidth: number;
  /** Takes the room that is left; the last such column wins. */
  readonly grows?: boolean;
  readonly align?: 'end';
  readonly sortable?: boolean;
  render(row: Row): ComponentChildren;
  /** The same in one line of plain text, for copying. */
  text(row: Row): string;
}

/** What a user changed about the columns. Ids that no longer exist are ignored. */
export interface ColumnState {
  /** From left to right. */
  readonly visible: readonly string[];
  readonly widths: Readonly<Record<string, number>>;
}

export const MIN_COLUMN_WIDTH = 36;
export const MAX_COLUMN_WIDTH = 1200;

export function visibleColumns<Row>(columns: readonly Column<Row>[], state: ColumnState): readonly Column<Row>[] {
  const some = [...new Set(state.visible)].flatMap((id) => columns.find((column) => column.id === id) ?? []);
  return some.length > 0 ? some : columns.slice(0, 1);
}

export function columnWidth<Row>(column: Column<Row>, state: ColumnState): number {
  const own = state.widths[column.id];
  if (own === undefined || !Number.isFinite(own)) return column.width;
  return Math.min(MAX_COLUMN_WIDTH, Math.max(MIN_COLUMN_WIDTH, own));
}

/** Narrowest useful width; what a user set is not shrunk. */
function leastWidth<Row>(column: Column<Row>, state: ColumnState): number {
  return state.widths[column.id] === undefined ? Math.min(column.width, column.minWidth) : columnWidth(column, state);
}

const sum = (widths: readonly number[]): number => widths.reduce((total, width) => total + width, 0);

export interface ColumnLayout {
  /** `grid-template-columns` for header and rows. */
  readonly tracks: string;
  /** Pixels below which the rows scroll sideways. */
  readonly least: number;
}

/**
 * Room for the columns: when they do not fit, those the user left alone give up slack, the ones with much of it far
 * more than the rest; when even the least widths are too wide, the rows scroll sideways.
 */
export function layoutColumns<Row>(columns: readonly Column<Row>[], state: ColumnState, room: number): ColumnLayout {
  const growing = columns.findLast((column) => column.grows === true) ?? columns.at(-1);
  const full = columns.map((column) => columnWidth(column, state));
  const least = columns.map((column) => leastWidth(column, state));
  const widths = shrink(full, least, sum(full) - room);
  const tracks = columns.map((column, index) => {
    const width = `${String(widths[index] ?? 0)}px`;
    return column === growing ? `minmax(${width}, 1fr)` : width;
  });
  return { tracks: tracks.join(' '), least: sum(widths) };
}

/** Takes `lacking` pixels, in proportion to the square of each column's slack; none falls below its least width. */
function shrink(full: readonly number[], least: readonly number[], lacking: number): readonly number[] {
  const widths = [...full];
  let left = lacking;
  for (let round = 0; round < full.length && left > 0; round++) {
    const slack = widths.map((width, index) => width - (least[index] ?? width));
    const weight = sum(slack.map((one) => one * one));
    if (weight <= 0) break;
    const gives = slack.map((one) => Math.min(one, Math.ceil((left * one * one) / weight)));
    gives.forEach((give, index) => (widths[index] = (widths[index] ?? 0) - give));
    left -= sum(gives);
  }
  return widths;
}

/** One that is shown again stands behind those that stand before it in the column set. */
export function withColumn(
  columns: readonly { readonly id: string }[],
  state: ColumnState,
  id: string,
  shown: boolean,
): ColumnState {
  const others = state.visible.filter((other) => other !== id);
  if (!shown) return { ...state, visible: others };
  const before = new Set(
    columns
      .slice(
        0,
        columns.findIndex((column) => column.id === id),
      )
      .map((column) => column.id),
  );
  return { ...state, visible: others.toSpliced(others.findLastIndex((other) => before.has(other)) + 1, 0, id) };
}

/** @param to its place among the visible columns once it has moved; beyond either end is that end */
export function moveColumn(state: ColumnState, id: string, to: number): ColumnState {
  if (!state.visible.includes(id)) return state;
  const others = state.visible.filter((other) => other !== id);
  return { ...state, visible: others.toSpliced(Math.max(0, to), 0, id) };
}
