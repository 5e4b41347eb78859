/** What keys do on the timeline: a cursor, a range from where it was, and what becomes of them. Pure. */
import type { IntervalRange } from '../widgets/timeChartScale.ts';

export interface TimelineCursor {
  readonly at: number;
  /** Where a range began. */
  readonly anchor: number | undefined;
}

export type TimelineKey =
  | { readonly kind: 'move'; readonly cursor: TimelineCursor }
  | { readonly kind: 'apply'; readonly range: IntervalRange }
  /** A note is written about the cursor's time, or the whole. */
  | { readonly kind: 'note' }
  /** The range is let go of; where there is none, the filter's time. */
  | { readonly kind: 'clear'; readonly range: boolean };

/** Intervals of a big step, as a share of all. */
const PAGES = 10;

export function rangeOf({ at, anchor = at }: TimelineCursor): IntervalRange {
  return { from: Math.min(at, anchor), to: Math.max(at, anchor) };
}

/** `undefined` for a key that is not the timeline's. */
export function timelineKey(
  key: string,
  isShift: boolean,
  cursor: TimelineCursor | undefined,
  intervals: number,
): TimelineKey | undefined {
  if (key === 'Enter') return cursor === undefined ? undefined : { kind: 'apply', range: rangeOf(cursor) };
  if (key === 'n' || key === 'N') return { kind: 'note' };
  if (key === 'Escape') return { kind: 'clear', range: cursor?.anchor !== undefined };
  const last = intervals - 1;
  const page = Math.max(1, Math.round(intervals / PAGES));
  const steps: Readonly<Record<string, number>> = {
    ArrowLeft: -1,
    ArrowRight: 1,
    ArrowDown: -1,
    ArrowUp: 1,
    PageUp: page,
    PageDown: -page,
    Home: -intervals,
    End: intervals,
  };
  const step = steps[key];
  if (step === undefined) return undefined;
  // The first key shows the cursor, at the end that it goes from.
  const next = cursor === undefined ? (step > 0 && key !== 'End' ? 0 : key === 'Home' ? 0 : last) : cursor.at + step;
  const at = Math.max(0, Math.min(next, last));
  return { kind: 'move', cursor: { at, anchor: isShift ? (cursor?.anchor ?? cursor?.at ?? at) : undefined } };
}
