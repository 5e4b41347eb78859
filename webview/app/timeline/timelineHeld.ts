import { useRef } from 'preact/hooks';
import type { Timeline, TimelinePart } from '../../../src/core/view/timeline/timeline.ts';
import type { TimeChartData } from '../../widgets/timeChartScale.ts';
import { TIMELINE_INTERVALS } from '../overviews.ts';
import { isSamePart, windowOf, wholeOf } from './timelineZoom.ts';

interface Held {
  readonly value: Timeline;
  readonly view: number;
  readonly zoom: TimelinePart | undefined;
  /** The value was read for this view, not for the one before. */
  readonly isOfView: boolean;
  readonly data: TimeChartData;
}

export interface HeldOptions {
  readonly running: boolean;
  /** Somebody points at it. */
  readonly isHeld: boolean;
  readonly view: number;
  readonly zoom: TimelinePart | undefined;
}

/** The picture stays as it is while somebody points at it, once it is of the view and the part at hand. */
export function useHeld(value: Timeline, { running, isHeld, view, zoom }: HeldOptions): TimeChartData {
  const last = useRef<Held | undefined>(undefined);
  const old = last.current;
  if (old === undefined) {
    last.current = { value, view, zoom, isOfView: true, data: chartData(value, running, zoom) };
    return last.current.data;
  }
  const isNew = value !== old.value;
  const isOfView = view === old.view ? old.isOfView || isNew : false;
  const isSameZoom = isSamePart(zoom, old.zoom);
  const isKept = isHeld && view === old.view && old.isOfView && isSameZoom && old.data.window === undefined;
  const isSame = isKept || (!isNew && isSameZoom && old.data.room === roomOf(value, running));
  last.current = isSame
    ? { ...old, view, isOfView: isKept ? true : isOfView }
    : { value, view, zoom, isOfView, data: chartData(value, running, zoom) };
  return last.current.data;
}

/** While a trace runs there is room for all intervals, so that they stay where they are until they get twice as long. */
function roomOf({ all, asked }: Timeline, running: boolean): number {
  return running && asked === undefined ? Math.max(TIMELINE_INTERVALS, all.lookups.length) : all.lookups.length;
}

function chartData(value: Timeline, running: boolean, zoom: TimelinePart | undefined): TimeChartData {
  const { startUs, stepUs, all, chosen, asked } = value;
  const room = roomOf(value, running);
  // Until the finer intervals are there, those that are stand where they will.
  const window = isSamePart(asked, zoom) ? {} : { window: windowOf(zoom, wholeOf(value)) };
  return { startUs, stepUs, room, ...window, strong: chosen ?? all, ...(chosen === undefined ? {} : { whole: all }) };
}
