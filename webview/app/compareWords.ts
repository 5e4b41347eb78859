/** A comparison's figures in words. */
import type { ComparedFigure, FigureKind, FigureOfSide } from '../../src/core/view/compare.ts';
import { FEWEST_TO_TELL } from '../../src/core/view/tellApart.ts';
import { formatCount, formatDuration, formatPlural } from '../widgets/format.ts';

const ANSWERED_BY: Readonly<Record<string, string>> = {
  upstream: 'from an upstream',
  cache: 'from the cache of CoreDNS',
  local: 'from data of CoreDNS',
  nodelocal: 'from the cache of NodeLocal',
};

export function figureTitle({ kind, of = '' }: ComparedFigure): string {
  switch (kind) {
    case 'lookups':
      return 'Lookups';
    case 'answered':
      return 'Answered';
    case 'nodata':
      return 'No records';
    case 'failed':
      return 'Failed';
    case 'result':
      return of;
    case 'unanswered':
      return 'No answer';
    case 'pending':
      return 'Still waiting';
    case 'took':
      return of === 'max' ? 'Longest' : `Took, ${of}`;
    case 'attempts':
      return 'Attempts per lookup';
    case 'answered-by':
      return of === 'unknown' ? 'Where from is not known' : `Answered ${ANSWERED_BY[of] ?? of}`;
    case 'upstream':
      return `Asked ${of}`;
  }
}

/** `25 (50 %)`, `6.01 ms`, `1.05`; a share alone where only some were looked at. */
export function figureText({ unit, kind }: ComparedFigure, { value, of, every }: FigureOfSide): string {
  if (value === undefined) return 'none';
  if (unit === 'nanoseconds') return formatDuration(value);
  if (unit === 'attempts') return value.toFixed(2);
  if (kind === 'lookups' || of === 0) return formatCount(value);
  return every > 1 ? `about ${percentText(value, of)}` : `${formatCount(value)} (${percentText(value, of)})`;
}

/** What a click shows, or why there is nothing to click on. */
export function figureHelp({ unit, kind, of: which }: ComparedFigure, side: FigureOfSide): string | undefined {
  const { rows, every, filter } = side;
  if (every > 1) return `One in ${formatCount(every)} lookups was looked at`;
  if (filter === undefined) return undefined;
  const lookups = rows === 1 ? 'the lookup' : `the ${formatPlural(rows, 'lookup')}`;
  if (unit === 'nanoseconds')
    return which === 'max' ? `Show ${lookups} that took longest` : `Show ${lookups} that took so long or longer`;
  return kind === 'attempts' ? `Show ${lookups} with more than one attempt` : `Show ${lookups}`;
}

export function percentText(part: number, of: number): string {
  if (of === 0) return '0 %';
  const share = (part / of) * 100;
  // Neither none nor all while it is not.
  if (part > 0 && share < 0.1) return 'under 0.1 %';
  if (part < of && share > 99.9) return 'over 99.9 %';
  return `${String(Math.round(share * 10) / 10)} %`;
}

export interface DifferenceWords {
  readonly shape: 'up' | 'down' | 'same' | 'unsure';
  readonly text: string;
  /** More of it is a fault. */
  readonly isWorse: boolean;
  readonly help?: string;
}

const FAULTS: ReadonlySet<FigureKind> = new Set<FigureKind>(['failed', 'result', 'unanswered', 'took', 'attempts']);

/** `undefined` where there is nothing to judge. */
export function differenceWords(figure: ComparedFigure): DifferenceWords | undefined {
  const { kind, unit, a, b, difference } = figure;
  if (difference === undefined) return undefined;
  switch (difference) {
    case 'same':
      return { shape: 'same', text: 'the same', isWorse: false };
    case 'few':
      return {
        shape: 'unsure',
        text: 'too few to tell',
        isWorse: false,
        help: `${formatCount(a.of)} and ${formatCount(b.of)}; ${String(FEWEST_TO_TELL)} on each side are needed`,
      };
    case 'chance':
      return {
        shape: 'unsure',
        text: 'may be chance',
        isWorse: false,
        help: 'With so many lookups chance alone can make this difference',
      };
    case 'more':
    case 'less': {
      const isMore = difference === 'more';
      const word =
        unit === 'nanoseconds' ? (isMore ? 'slower in B' : 'faster in B') : isMore ? 'more in B' : 'less in B';
      return {
        shape: isMore ? 'up' : 'down',
        text: `${word}${changeText(figure)}`,
        isWorse: isMore && FAULTS.has(kind),
      };
    }
  }
}

/** How much: of shares in points, of times by a factor. */
function changeText({ unit, a, b }: ComparedFigure): string {
  if (a.value === undefined || b.value === undefined) return '';
  if (unit === 'lookups') {
    const points = (b.value / b.of - a.value / a.of) * 100;
    return `, ${signed(Math.round(points * 10) / 10)} points`;
  }
  if (unit === 'attempts') return `, ${signed(Math.round((b.value - a.value) * 100) / 100)}`;
  const [less, more] = [Math.min(a.value, b.value), Math.max(a.value, b.value)];
  return less > 0 && more / less >= 1.05 ? `, × ${(more / less).toFixed(more / less < 10 ? 1 : 0)}` : '';
}

function signed(value: number): string {
  return value < 0 ? `−${String(-value)}` : `+${String(value)}`;
}

export function figureGroup(kind: FigureKind): string {
  switch (kind) {
    case 'took':
      return 'How long they took';
    case 'attempts':
      return 'How often they asked';
    case 'answered-by':
      return 'Where answers came from';
    case 'upstream':
      return 'Whom CoreDNS asked';
    default:
      return 'How they came out';
  }
}
