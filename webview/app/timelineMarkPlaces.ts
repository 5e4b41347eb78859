import type { NoteMark } from './noteDraft.ts';
import type { TimelineMark } from '../../src/core/view/timelineMarks.ts';

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
    const text = mark.more > 0 ? `${mark.texts.join('; ')}; ${String(mark.more)} more` : mark.texts.join('; ');
    const last = placed.at(-1);
    if (last === undefined || px - last.px >= APART_PX) placed.push({ kind: mark.kind, us: mark.fromUs, px, text });
    else {
      const kind = GRAVITY.indexOf(mark.kind) > GRAVITY.indexOf(last.kind) ? mark.kind : last.kind;
      placed[placed.length - 1] = { ...last, kind, text: `${last.text}; ${text}` };
    }
  }
  return placed;
}
