/** Events that stand on the timeline: what captures lost, and what became of the cluster's DNS. Those of one interval and kind are one mark. */
import { visibleText } from '../../../base/visibleText.ts';
import { plural } from '../../findings/findingRule.ts';
import type { TraceEngine } from '../../trace/traceEngine.ts';
import type { CaptureLoss } from '../../trace/vantage.ts';

export interface TimelineMark {
  /** `gap`: nothing was seen from here to there; `loss`: packets were lost; `change`: the cluster's DNS changed. */
  readonly kind: 'gap' | 'loss' | 'change';
  /** Epoch µs; equal for a moment. */
  readonly fromUs: number;
  readonly toUs: number;
  /** Sentences without a final full stop, the first few of them. */
  readonly texts: readonly string[];
  /** Further events that are not told. */
  readonly more: number;
}

const MOST_TEXTS = 5;

/** What a capture lost, in words. */
export function lossText(vantage: string, { reason, packets }: CaptureLoss): string {
  return `${visibleText(vantage)}: ${visibleText(reason)}${packets === undefined ? '' : ` (${plural(packets, 'packet')})`}`;
}

/**
 * In time order; not more than three for each of the timeline's intervals.
 *
 * @param intervals those alone; all that there are when left out
 */
export function timelineMarks(
  engine: TraceEngine,
  {
    startUs,
    stepUs,
    intervals = Number.POSITIVE_INFINITY,
  }: { readonly startUs: number; readonly stepUs: number; readonly intervals?: number },
): readonly TimelineMark[] {
  const { vantages } = engine.trace;
  const found: Omit<TimelineMark, 'more'>[] = vantages.flatMap(({ vantage, losses }) =>
    losses.map((loss) => ({
      kind: loss.packets === undefined ? ('gap' as const) : ('loss' as const),
      fromUs: Number(loss.fromNs / 1000n),
      toUs: Number(loss.toNs / 1000n),
      texts: [lossText(vantage.name, loss)],
    })),
  );
  for (const { atNs, text } of engine.dnsChanges.all) {
    const atUs = Number(atNs / 1000n);
    found.push({ kind: 'change', fromUs: atUs, toUs: atUs, texts: [visibleText(text)] });
  }
  const marks = new Map<string, TimelineMark>();
  for (const { kind, fromUs, toUs, texts } of found) {
    const interval = Math.floor((fromUs - startUs) / stepUs);
    if (Number.isFinite(intervals) && (interval >= intervals || toUs < startUs)) continue;
    const key = `${kind} ${String(interval)}`;
    const old = marks.get(key) ?? { kind, fromUs, toUs, texts: [], more: 0 };
    const isTold = old.texts.length < MOST_TEXTS;
    marks.set(key, {
      kind,
      fromUs: Math.min(old.fromUs, fromUs),
      toUs: Math.max(old.toUs, toUs),
      texts: isTold ? [...old.texts, ...texts] : old.texts,
      more: isTold ? old.more : old.more + 1,
    });
  }
  return [...marks.values()].sort((a, b) => a.fromUs - b.fromUs);
}
