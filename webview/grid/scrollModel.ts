/**
 * Scroll arithmetic in row units, without the DOM. The position is "rows above the viewport" as a fraction, so its
 * precision does not depend on how many rows there are (2^53 rows would still resolve whole rows).
 * Why not: native scrolling. Chromium ends an element at 33,554,428 px, which is 1.5 million rows of 22 px; rows past
 * that cannot be reached. Everything here is O(1).
 */

export interface ScrollState {
  /** Rows above the viewport, fractional, ≥ 0. */
  readonly top: number;
  /** Rows in all. */
  readonly count: number;
  /** Height of the viewport in rows, fractional. */
  readonly rows: number;
}

export interface RowRange {
  readonly from: number;
  /** Exclusive. */
  readonly to: number;
}

export interface Thumb {
  /** Pixels from the start of the track. */
  readonly offset: number;
  /** Length in pixels; 0 when everything fits. */
  readonly size: number;
}

const EPSILON = 1e-6;

/** The largest `top`: there the last row ends exactly at the lower edge. */
export function maxTop(count: number, rows: number): number {
  return Math.max(0, count - rows);
}

export function clampTop(top: number, count: number, rows: number): number {
  if (!Number.isFinite(top)) return top > 0 ? maxTop(count, rows) : 0;
  return Math.min(Math.max(0, top), maxTop(count, rows));
}

/** Rows that touch the viewport, partly visible ones included. */
export function visibleRange(state: ScrollState): RowRange {
  const from = Math.min(Math.floor(state.top), state.count);
  const to = Math.min(state.count, Math.ceil(state.top + state.rows + EPSILON));
  return { from, to: Math.max(from, to) };
}

/** At the end, with half a row of grace: wheels and fractional heights rarely land exactly. */
export function isAtEnd(state: ScrollState): boolean {
  return state.top >= maxTop(state.count, state.rows) - 0.5;
}

/** The `top` nearest to the present one that shows the whole row. */
export function topToReveal(state: ScrollState, index: number): number {
  if (index < state.top) return clampTop(index, state.count, state.rows);
  const lowest = index + 1 - state.rows;
  if (lowest > state.top) return clampTop(lowest, state.count, state.rows);
  return clampTop(state.top, state.count, state.rows);
}

/** The `top` that puts a row a third down the viewport, for jumps from afar. */
export function topToCenter(state: ScrollState, index: number): number {
  if (index >= state.top && index + 1 <= state.top + state.rows) return state.top;
  return clampTop(index - Math.floor(state.rows / 3), state.count, state.rows);
}

/**
 * Where to stand after the count or the height changed.
 * Invariant: without `follow`, or away from the end, the row at the top stays where it is unless it no longer exists.
 */
export function topAfterChange(
  before: ScrollState,
  after: { readonly count: number; readonly rows: number },
  follow: boolean,
): number {
  if (follow && isAtEnd(before)) return maxTop(after.count, after.rows);
  return clampTop(before.top, after.count, after.rows);
}

/** Thumb of a track that many pixels long; never shorter than `minimum` while there is something to scroll. */
export function thumbOf(state: ScrollState, track: number, minimum: number): Thumb {
  const limit = maxTop(state.count, state.rows);
  if (limit <= 0 || track <= 0) return { offset: 0, size: 0 };
  const size = Math.min(track, Math.max(minimum, (track * state.rows) / state.count));
  return { offset: ((track - size) * Math.min(state.top, limit)) / limit, size };
}

/** The inverse of {@link thumbOf}: `top` for a thumb dragged to that offset. */
export function topOfThumb(offset: number, state: ScrollState, track: number, minimum: number): number {
  const { size } = thumbOf(state, track, minimum);
  if (size === 0 || track <= size) return 0;
  const share = Math.min(1, Math.max(0, offset / (track - size)));
  return share * maxTop(state.count, state.rows);
}

/** Rows a page key moves: one row of the old page stays in sight. */
export function pageStep(rows: number): number {
  return Math.max(1, Math.floor(rows) - 1);
}
