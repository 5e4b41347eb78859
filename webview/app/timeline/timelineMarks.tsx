import * as l10n from '@vscode/l10n';
import type { RefObject } from 'preact';
import { useRef, useState } from 'preact/hooks';
import { useSize } from '../../grid/useSize.ts';
import { formatClock } from '../../widgets/format.ts';
import { CHART_LEFT, CHART_RIGHT } from '../../widgets/timeChart.tsx';
import { axisOf, type TimeChartData } from '../../widgets/timeChartScale.ts';
import { type PlacedMark, placedMarks, type StripMark } from './timelineMarkPlaces.ts';

interface TimelineMarksProps {
  readonly marks: readonly StripMark[];
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
  const placed = placedMarks(marks, axisOf(data), plot);
  const stop = Math.min(current, placed.length - 1);
  const go = (step: number): void => {
    const next = Math.max(0, Math.min(stop + step, placed.length - 1));
    setCurrent(next);
    buttonsOf(root)[next]?.focus();
  };
  return (
    <ul class="timeline-marks" aria-label={l10n.t('Events')} ref={root}>
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

/** Told apart by their shape: a stretch that is missing, a warning, a change; of notes a question, a flag, an eye. */
export const MARK_SHAPES: Readonly<Record<StripMark['kind'], string>> = {
  hypothesis: 'M3.5 4.2a2.5 2.5 0 1 1 3.6 2.2C6.3 6.8 6 7.2 6 8M6 10v.6',
  action: 'M3 1.5v9M3 2h6.5L8 4.5 9.5 7H3',
  observation: 'M1 6s2-3.2 5-3.2S11 6 11 6 9 9.2 6 9.2 1 6 1 6M6 5a1 1 0 1 1 0 2 1 1 0 0 1 0-2',
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
  const text = `${formatClock(mark.us)} · ${mark.text}`;
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
          <path d={MARK_SHAPES[mark.kind]} />
        </svg>
      </button>
    </li>
  );
}
