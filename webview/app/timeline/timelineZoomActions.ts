/** What buttons, keys and the wheel do to the part that the timeline shows. */
import type { RefObject } from 'preact';
import type { Timeline, TimelinePart } from '../../../src/core/view/timeline/timeline.ts';
import type { TimeWindow } from '../../widgets/timeChartScale.ts';
import type { WheelMove } from '../../widgets/timeChartWheel.ts';
import type { TraceController } from '../traceController.ts';
import {
  isSamePart,
  nearer,
  pannedBy,
  partOf,
  partSentence,
  wholeOf,
  windowOf,
  ZOOM_FACTOR,
  zoomedAt,
  type ZoomTarget,
} from './timelineZoom.ts';
import type { ZoomActions } from './timelineZoomBar.tsx';

/** A part that is nothing of this trace is not shown. */
export function isZoomed({ asked, whole }: Timeline, zoom: TimelinePart | undefined): boolean {
  return zoom !== undefined && (whole !== undefined || !isSamePart(asked, zoom));
}

export interface ZoomContext {
  readonly value: Timeline;
  readonly zoom: TimelinePart | undefined;
  readonly running: boolean;
  readonly controller: TraceController;
  readonly slider: RefObject<HTMLElement | null>;
  readonly say: (text: string) => void;
}

export function zoomActions(
  { value, zoom, running, controller, slider, say }: ZoomContext,
  targetNow: () => ZoomTarget,
): ZoomActions & { readonly turn: (move: WheelMove, atUs: number) => void } {
  const whole = wholeOf(value);
  const shown = windowOf(isZoomed(value, zoom) ? zoom : undefined, whole);
  const go = (window: TimeWindow | undefined): void => {
    const part = window === undefined ? undefined : partOf(window, whole, running);
    if (isSamePart(part, zoom)) return;
    // The buttons of a part go with it.
    if (part === undefined && slider.current?.closest('.timeline')?.querySelector('.timeline-zoom :focus') !== null)
      slider.current?.focus();
    say(partSentence(part, whole));
    controller.setShown({ zoom: part });
  };
  const pan = (share: number): void => {
    if (isZoomed(value, zoom)) go(pannedBy(shown, share));
  };
  return {
    nearer: () => go(nearer(shown, targetNow())),
    farther: () => {
      const { atUs = (shown.fromUs + shown.toUs) / 2 } = targetNow();
      go(zoomedAt(shown, 1 / ZOOM_FACTOR, atUs));
    },
    whole: () => go(undefined),
    pan,
    turn: (move, atUs) => {
      if (move.kind === 'pan') pan(move.share);
      else go(zoomedAt(shown, move.factor, atUs));
    },
  };
}
