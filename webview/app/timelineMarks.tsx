import type { RefObject } from 'preact';
import { useRef, useState } from 'preact/hooks';
import type { TimelineMark } from '../../src/core/view/timelineMarks.ts';
import { useSize } from '../grid/useSize.ts';
import { formatClock } from '../widgets/format.ts';
import { CHART_LEFT, CHART_RIGHT } from '../widgets/timeChart.tsx';
import { beginOf, type TimeChartData } from '../widgets/timeChartScale.ts';
import { type PlacedMark, placedMarks } from './timelineMarkPlaces.ts';

interface TimelineMarksProps {
  readonly marks: readonly TimelineMark[];
  readonly data: TimeChartData;
  /** What is pointed at, in words. */
  readonly onPoint: (text: string | undefined) => void;
  readonly onOpen: (us: number) => void;
}

/** What happened, above the columns: one stop for the tab key, arrows from one to the next. */
export function TimelineMarks({ marks, data, onPoint, onOpen }: TimelineMarksProps) {
  const root = useRef<HTMLUListElement | null>(null);
  const { width } = useSize(root);
  const [current, setCurrent] = useState(0);
  const plot = width - CHART_LEFT - CHART_RIGHT;
  const placed = placedMarks(marks, { fromUs: data.startUs, toUs: beginOf(data, data.room) }, plot);
  const stop = Math.min(current, placed.length - 1);
  const go = (step: number): void => {
    const next = Math.max(0, Math.min(stop + step, placed.length - 1));
    setCurrent(next);
    buttonsOf(root)[next]?.focus();
  };
  return (
    <ul class="timeline-marks" aria-label="Events" ref={root}>
      {placed.map((mark, index) => (
        <Mark
          key={`${mark.kind} ${String(mark.us)}`}
          mark={mark}
          isStop={index === stop}
          onPoint={onPoint}
          onOpen={onOpen}
          onStep={go}
        />
      ))}
    </ul>
  );
}

function buttonsOf(root: RefObject<HTMLElement | null>): readonly HTMLElement[] {
  return [...(root.current?.querySelectorAll('button') ?? [])];
}

/** Told apart by their shape: a stretch that is missing, a warning, a change. */
const SHAPES: Readonly<Record<TimelineMark['kind'], string>> = {
  gap: 'M2 3v6M10 3v6M2 6h8',
  loss: 'M6 1.5 11 10.5H1z',
  change: 'M6 1 11 6 6 11 1 6z',
};

function Mark({
  mark,
  isStop,
  onPoint,
  onOpen,
  onStep,
}: {
  readonly mark: PlacedMark;
  readonly isStop: boolean;
  readonly onPoint: (text: string | undefined) => void;
  readonly onOpen: (us: number) => void;
  readonly onStep: (step: number) => void;
}) {
  const text = `${formatClock(mark.us)} ${mark.text}`;
  return (
    <li style={{ left: `${String(CHART_LEFT + mark.px)}px` }}>
      <button
        type="button"
        class={`timeline-mark timeline-mark-${mark.kind}`}
        title={text}
        aria-label={text}
        tabIndex={isStop ? 0 : -1}
        onFocus={() => onPoint(text)}
        onBlur={() => onPoint(undefined)}
        onMouseEnter={() => onPoint(text)}
        onMouseLeave={() => onPoint(undefined)}
        onClick={() => onOpen(mark.us)}
        onKeyDown={(event) => {
          if (event.altKey || (event.key !== 'ArrowLeft' && event.key !== 'ArrowRight')) return;
          event.preventDefault();
          onStep(event.key === 'ArrowLeft' ? -1 : 1);
        }}
      >
        <svg viewBox="0 0 12 12" aria-hidden="true">
          <path d={SHAPES[mark.kind]} />
        </svg>
      </button>
    </li>
  );
}
