/** A comparison's figures in words. */
import * as l10n from '@vscode/l10n';
import type { ComparedFigure, FigureKind, FigureOfSide } from '../../../src/core/view/compare/compare.ts';
import { FEWEST_TO_TELL } from '../../../src/core/view/compare/tellApart.ts';
import { formatCount, formatDuration, formatPlural } from '../../widgets/format.ts';

const ANSWERED_BY: Readonly<Record<string, string>> = {
  upstream: l10n.t('from an upstream'),
  cache: l10n.t('from the cache of CoreDNS'),
  local: l10n.t('from data of CoreDNS'),
  nodelocal: l10n.t('from the cache of NodeLocal'),
};

export function figureTitle({ kind, of = '' }: ComparedFigure): string {
  switch (kind) {
    case 'lookups':
      return l10n.t('Lookups');
    case 'answered':
      return l10n.t('Answered');
    case 'nodata':
      return l10n.t('No records');
    case 'failed':
      return l10n.t('Failed');
    case 'result':
      return of;
    case 'unanswered':
      return l10n.t('No answer');
    case 'pending':
      return l10n.t('Still waiting');
    case 'took':
      return of === 'max' ? l10n.t('Longest') : l10n.t('Took, {0}', of);
    case 'attempts':
      return l10n.t('Attempts per lookup');
    case 'answered-by':
      return of === 'unknown' ? l10n.t('Where from is not known') : l10n.t('Answered {0}', ANSWERED_BY[of] ?? of);
    case 'upstream':
      return l10n.t('Asked {0}', of);
  }
}

/** `25 (50 %)`, `6.01 ms`, `1.05`; a share alone where only some were looked at. */
export function figureText({ unit, kind }: ComparedFigure, { value, of, every }: FigureOfSide): string {
  if (value === undefined) return l10n.t('none');
  if (unit === 'nanoseconds') return formatDuration(value);
  if (unit === 'attempts') return value.toFixed(2);
  if (kind === 'lookups' || of === 0) return formatCount(value);
  return every > 1 ? l10n.t('about {0}', percentText(value, of)) : `${formatCount(value)} (${percentText(value, of)})`;
}

/** What a click shows, or why there is nothing to click on. */
export function figureHelp({ unit, kind, of: which }: ComparedFigure, side: FigureOfSide): string | undefined {
  const { rows, every, filter } = side;
  if (every > 1) return l10n.t('One in {0} lookups was looked at', formatCount(every));
  if (filter === undefined) return undefined;
  if (unit === 'nanoseconds')
    return formatPlural(
      rows,
      which === 'max'
        ? l10n.t('Show the lookup that took longest|Show the {0} lookups that took longest')
        : l10n.t('Show the lookup that took so long or longer|Show the {0} lookups that took so long or longer'),
    );
  return formatPlural(
    rows,
    kind === 'attempts'
      ? l10n.t('Show the lookup with more than one attempt|Show the {0} lookups with more than one attempt')
      : l10n.t('Show the lookup|Show the {0} lookups'),
  );
}

export function percentText(part: number, of: number): string {
  if (of === 0) return '0 %';
  const share = (part / of) * 100;
  // Neither none nor all while it is not.
  if (part > 0 && share < 0.1) return l10n.t('under {0}', '0.1 %');
  if (part < of && share > 99.9) return l10n.t('over {0}', '99.9 %');
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
      return { shape: 'same', text: l10n.t('the same'), isWorse: false };
    case 'few':
      return {
        shape: 'unsure',
        text: l10n.t('too few to tell'),
        isWorse: false,
        help: l10n.t('{0} and {1}; {2} on each side are needed', formatCount(a.of), formatCount(b.of), FEWEST_TO_TELL),
      };
    case 'chance':
      return {
        shape: 'unsure',
        text: l10n.t('may be chance'),
        isWorse: false,
        help: l10n.t('With so many lookups chance alone can make this difference'),
      };
    case 'more':
    case 'less': {
      const isMore = difference === 'more';
      const word =
        unit === 'nanoseconds'
          ? isMore
            ? l10n.t('slower in B')
            : l10n.t('faster in B')
          : isMore
            ? l10n.t('more in B')
            : l10n.t('less in B');
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
    return `, ${l10n.t('{0} points', signed(Math.round(points * 10) / 10))}`;
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
      return l10n.t('How long they took');
    case 'attempts':
      return l10n.t('How often they asked');
    case 'answered-by':
      return l10n.t('Where answers came from');
    case 'upstream':
      return l10n.t('Whom CoreDNS asked');
    default:
      return l10n.t('How they came out');
  }
}
