/**
 * Which rows are chosen, by their indices: ranges, so that choosing millions costs nothing. The focus is the row that keys act on, the
 * anchor the one that Shift extends from. Indices mean something only while the rows keep their places; whoever owns the rows starts
 * over when they don't.
 */
export interface Selection {
  /** Inclusive, ascending, neither overlapping nor touching. */
  readonly ranges: readonly IndexRange[];
  readonly anchor: number;
  readonly focus: number;
}

export interface IndexRange {
  readonly from: number;
  readonly to: number;
}

export const NO_SELECTION: Selection = { ranges: [], anchor: -1, focus: -1 };

export function selectOnly(index: number): Selection {
  return index < 0 ? NO_SELECTION : { ranges: [{ from: index, to: index }], anchor: index, focus: index };
}

/** All rows from the anchor to `index`; what was chosen otherwise is let go, as in VS Code's lists. */
export function extendTo({ anchor }: Selection, index: number): Selection {
  const from = anchor < 0 ? index : anchor;
  return { ranges: [{ from: Math.min(from, index), to: Math.max(from, index) }], anchor: from, focus: index };
}

/** One row more, or one less. */
export function toggleRow(selection: Selection, index: number): Selection {
  const ranges = isSelected(selection, index)
    ? selection.ranges.flatMap(({ from, to }) =>
        index < from || index > to
          ? [{ from, to }]
          : [
              { from, to: index - 1 },
              { from: index + 1, to },
            ].filter((part) => part.from <= part.to),
      )
    : joined([...selection.ranges, { from: index, to: index }]);
  return { ranges, anchor: index, focus: index };
}

export function selectAll(count: number, { focus }: Selection): Selection {
  if (count === 0) return NO_SELECTION;
  return { ranges: [{ from: 0, to: count - 1 }], anchor: 0, focus: focus < 0 ? count - 1 : focus };
}

export function isSelected({ ranges }: Selection, index: number): boolean {
  return ranges.some(({ from, to }) => index >= from && index <= to);
}

export function selectedCount({ ranges }: Selection): number {
  return ranges.reduce((sum, { from, to }) => sum + to - from + 1, 0);
}

function joined(ranges: readonly IndexRange[]): readonly IndexRange[] {
  const result: IndexRange[] = [];
  for (const range of [...ranges].sort((a, b) => a.from - b.from)) {
    const last = result.at(-1);
    if (last !== undefined && range.from <= last.to + 1)
      result[result.length - 1] = { from: last.from, to: Math.max(last.to, range.to) };
    else result.push(range);
  }
  return result;
}
