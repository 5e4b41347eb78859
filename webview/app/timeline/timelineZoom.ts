/**
 * Which part of the trace the timeline shows. Zoom is no filter: the rows stay as they are. A part that reaches to the end of a trace that
 * runs goes on with it. Pure; times are epoch µs.
 */
import * as l10n from '@vscode/l10n';
import type { Timeline, TimelinePart } from '../../../src/core/view/timeline/timeline.ts';
import { formatDateTime } from '../../widgets/format.ts';
import type { TimeWindow } from '../../widgets/timeChartScale.ts';
import { timeWords } from '../filter/filterTerms.ts';
import { spanText } from './timelineWords.ts';

/** Twenty of the shortest intervals. */
const LEAST_SPAN_US = 20_000;
const US_PER_MS = 1000;
/** Of what is shown, at one press of a button or key. */
export const PAN_SHARE = 0.5;
export const ZOOM_FACTOR = 2;
/** A range this near to all that is shown brings nothing nearer. */
const NEARLY_ALL = 0.9;

/** All that there is to show. */
export function wholeOf({ startUs, stepUs, all, whole }: Timeline): TimeWindow {
  return whole ?? { fromUs: startUs, toUs: startUs + all.lookups.length * stepUs };
}

export function windowOf(part: TimelinePart | undefined, whole: TimeWindow): TimeWindow {
  if (part === undefined) return whole;
  return 'lastUs' in part ? { fromUs: Math.max(whole.fromUs, whole.toUs - part.lastUs), toUs: whole.toUs } : part;
}

export function isSamePart(a: TimelinePart | undefined, b: TimelinePart | undefined): boolean {
  if (a === undefined || b === undefined) return a === b;
  if ('lastUs' in a || 'lastUs' in b) return 'lastUs' in a && 'lastUs' in b && a.lastUs === b.lastUs;
  return a.fromUs === b.fromUs && a.toUs === b.toUs;
}

/** The part that a window is, moved to where there is something; `undefined` where that is all. */
export function partOf({ fromUs, toUs }: TimeWindow, whole: TimeWindow, running: boolean): TimelinePart | undefined {
  const span = Math.max(LEAST_SPAN_US, Math.ceil((toUs - fromUs) / US_PER_MS) * US_PER_MS);
  if (span >= whole.toUs - whole.fromUs) return undefined;
  const wanted = fromUs - Math.max(0, LEAST_SPAN_US - (toUs - fromUs)) / 2;
  if (wanted + span >= whole.toUs && running) return { lastUs: span };
  const from = Math.max(whole.fromUs, Math.min(wanted, whole.toUs - span));
  const begin = Math.floor(from / US_PER_MS) * US_PER_MS;
  return { fromUs: begin, toUs: begin + span };
}

/** @param factor over 1 to see more closely; the moment at `atUs` stays where it is on screen */
export function zoomedAt({ fromUs, toUs }: TimeWindow, factor: number, atUs: number): TimeWindow {
  const at = Math.max(fromUs, Math.min(atUs, toUs));
  return { fromUs: at - (at - fromUs) / factor, toUs: at + (toUs - at) / factor };
}

/** @param share of what is shown, to later times */
export function pannedBy({ fromUs, toUs }: TimeWindow, share: number): TimeWindow {
  const by = (toUs - fromUs) * share;
  return { fromUs: fromUs + by, toUs: toUs + by };
}

export interface ZoomTarget {
  /** What the cursor has chosen, or stands at. */
  readonly range: TimeWindow | undefined;
  readonly atUs: number | undefined;
  /** What the filter leaves. */
  readonly lit: { readonly fromUs?: number; readonly toUs?: number } | undefined;
}

/** One step nearer: to what is chosen, else to what the filter leaves, else to the middle. */
export function nearer(shown: TimeWindow, { range, atUs, lit }: ZoomTarget): TimeWindow {
  if (range !== undefined) return range;
  if (atUs !== undefined) return zoomedAt(shown, ZOOM_FACTOR, atUs);
  const { fromUs = shown.fromUs, toUs = shown.toUs } = lit ?? {};
  const isWithin = fromUs < toUs && fromUs >= shown.fromUs && toUs <= shown.toUs;
  if (isWithin && toUs - fromUs < (shown.toUs - shown.fromUs) * NEARLY_ALL) return { fromUs, toUs };
  return zoomedAt(shown, ZOOM_FACTOR, (shown.fromUs + shown.toUs) / 2);
}

/** `04:40:04.000 to 04:40:06.000`, `The last 5 s`. */
export function partWords(part: TimelinePart): string {
  return 'lastUs' in part ? l10n.t('The last {0}', spanText(part.lastUs)) : timeWords(part);
}

/** For who does not see it. */
export function partSentence(part: TimelinePart | undefined, { fromUs, toUs }: TimeWindow): string {
  const words = timeWords({ fromUs, toUs });
  if (part === undefined) return l10n.t('The timeline shows the whole trace, {0}', words);
  return 'lastUs' in part
    ? l10n.t('The timeline shows the last {0} of {1}', spanText(part.lastUs), words)
    : l10n.t('The timeline shows {0} of {1}', timeWords(part), words);
}

/** Before the summary of what is shown. */
export function wholeSentence({ whole }: Timeline): string {
  if (whole === undefined) return '';
  const [from, to] = [whole.fromUs, whole.toUs].map((us) => formatDateTime(us).slice(0, 23));
  return `${l10n.t('Zoomed in: a part of {0} to {1}.', from ?? '', to ?? '')} `;
}
