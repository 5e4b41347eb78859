/**
 * Which element shows which row. A row that stays in sight keeps its element; one that comes takes the element of one
 * that went, in order, so that a leap over a million rows changes texts and makes, moves and removes no element.
 * Why not the row's number as its key: every leap then throws all rows away, which was most of the work of a frame.
 */
import type { RowRange } from './scrollModel.ts';

export interface RowSlots {
  /** The first row. */
  readonly from: number;
  /** The element of each row from there on; no number twice. */
  readonly slots: readonly number[];
}

export const NO_SLOTS: RowSlots = { from: 0, slots: [] };

export function assignSlots(before: RowSlots, { from, to }: RowRange): RowSlots {
  const slotOf = (index: number): number | undefined => before.slots[index - before.from];
  const free = before.slots.filter((_, at) => before.from + at < from || before.from + at >= to);
  let unused = 1 + Math.max(-1, ...before.slots);
  const slots: number[] = [];
  for (let index = from; index < to; index++) slots.push(slotOf(index) ?? free.shift() ?? unused++);
  return { from, slots };
}
