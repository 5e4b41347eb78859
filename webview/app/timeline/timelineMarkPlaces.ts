import * as l10n from '@vscode/l10n';
import type { TraceNote } from '../../../src/core/trace/traceNote.ts';
import type { TimelineMark } from '../../../src/core/view/timeline/timelineMarks.ts';
import { axisOf, type TimeChartData } from '../../widgets/timeChartScale.ts';
import { type NoteMark, noteMarks } from '../notes/noteDraft.ts';

/** One or several events, where they stand. */
export type StripMark = TimelineMark | NoteMark;

export interface PlacedMark {
  /** The gravest of them. */
  readonly kind: StripMark['kind'];
  /** Of the first. */
  readonly us: number;
  /** From the plot's left border. */
  readonly px: number;
  readonly text: string;
}

/** Nearer than this they would cover each other. */
const APART_PX = 16;
const GRAVITY: readonly StripMark['kind'][] = ['observation', 'hypothesis', 'action', 'change', 'loss', 'gap'];

/** Those too near to each other become one; what lies beyond the time axis stands at its end. */
export function placedMarks(
  marks: readonly StripMark[],
  { fromUs, toUs }: { readonly fromUs: number; readonly toUs: number },
  width: number,
): readonly PlacedMark[] {
  const placed: PlacedMark[] = [];
  if (width <= 0) return placed;
  for (const mark of marks) {
    const px = Math.max(0, Math.min(((mark.fromUs - fromUs) / (toUs - fromUs)) * width, width));
    const text = [...mark.texts, ...(mark.more > 0 ? [l10n.t('{0} more', mark.more)] : [])].join('; ');
    const last = placed.at(-1);
    if (last === undefined || px - last.px >= APART_PX) placed.push({ kind: mark.kind, us: mark.fromUs, px, text });
    else {
      const kind = GRAVITY.indexOf(mark.kind) > GRAVITY.indexOf(last.kind) ? mark.kind : last.kind;
      placed[placed.length - 1] = { ...last, kind, text: `${last.text}; ${text}` };
    }
  }
  return placed;
}

export interface MarkedTimeline {
  readonly marks: readonly TimelineMark[];
  readonly notes: readonly TraceNote[];
  readonly data: TimeChartData;
  /** Zoomed in: what happened elsewhere is left out, else it stands at an end. */
  readonly isPart: boolean;
}

/** What stands above the columns, in time order. */
export function marksOn({ marks, notes, data, isPart }: MarkedTimeline): readonly StripMark[] {
  const all: StripMark[] = [...marks, ...noteMarks(notes)];
  const { fromUs, toUs } = axisOf(data);
  const isHere = (mark: StripMark): boolean => mark.fromUs < toUs && mark.toUs >= fromUs;
  const shown = isPart || data.window !== undefined ? all.filter(isHere) : all;
  return shown.sort((a, b) => a.fromUs - b.fromUs);
}
