/** What keys do on the timeline: a cursor, a range from where it was, and what becomes of them. Pure. */
import { beginOf, intervalAt, type IntervalRange, type TimeChartData } from '../../widgets/timeChartScale.ts';

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
  /** The range is let go of; where there is none, the filter's time, then the zoom. */
  | { readonly kind: 'clear'; readonly range: boolean }
  /** Nearer, farther, or back to the whole. */
  | { readonly kind: 'zoom'; readonly to: 'in' | 'out' | 'whole' }
  /** The cursor is at a border and would go on. */
  | { readonly kind: 'pan'; readonly later: boolean };

const ZOOM_KEYS: Readonly<Record<string, 'in' | 'out' | 'whole'>> = {
  '+': 'in',
  '=': 'in',
  '-': 'out',
  _: 'out',
  '0': 'whole',
};

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
  const zoom = ZOOM_KEYS[key];
  if (zoom !== undefined) return { kind: 'zoom', to: zoom };
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
  const isBeyond = step > 0 ? cursor?.at === last : cursor?.at === 0;
  // A range ends with what is shown: what it would hold beyond is not counted yet.
  if (isBeyond && !isShift && key !== 'Home' && key !== 'End') return { kind: 'pan', later: step > 0 };
  // The first key shows the cursor, at the end that it goes from.
  const next = cursor === undefined ? (step > 0 && key !== 'End' ? 0 : key === 'Home' ? 0 : last) : cursor.at + step;
  const at = Math.max(0, Math.min(next, last));
  return { kind: 'move', cursor: { at, anchor: isShift ? (cursor?.anchor ?? cursor?.at ?? at) : undefined } };
}

export interface PlacedCursor {
  readonly cursor: TimelineCursor;
  /** What its intervals are of. */
  readonly data: TimeChartData;
}

/** The cursor where it was in time, when the intervals have become others. */
export function cursorOn(data: TimeChartData, placed: PlacedCursor | undefined): TimelineCursor | undefined {
  if (placed === undefined) return undefined;
  const { cursor, data: old } = placed;
  if (old.startUs === data.startUs && old.stepUs === data.stepUs) return cursor;
  const moved = (interval: number): number => intervalAt(data, beginOf(old, interval + 0.5));
  return { at: moved(cursor.at), anchor: cursor.anchor === undefined ? undefined : moved(cursor.anchor) };
}
