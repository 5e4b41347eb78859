/** The map in sentences: accessible names, tooltips and the table say the same as the picture. */
import * as l10n from '@vscode/l10n';
import type { MapEdge, MapNode } from '../../../src/core/view/map/mapPicture.ts';
import { formatCount, formatDuration, formatPlural } from '../../widgets/format.ts';
import type { HopStripState } from '../../widgets/hopStrip.tsx';
import { brokenOf, type MapColumn, type MoreNode } from './mapOrder.ts';

export const COLUMN_TITLES: Readonly<Record<MapColumn, string>> = {
  client: l10n.t('Clients'),
  nodelocal: 'NodeLocal',
  service: l10n.t('DNS Service'),
  coredns: 'CoreDNS',
  upstream: l10n.t('Upstreams'),
};

export interface MapScale {
  /** Of a running trace: rates take the place of counts. */
  readonly recentSeconds: number | undefined;
}

/** `12 %`; less than one in a hundred is told as such, never as nothing. */
export function shareText(part: number, whole: number): string {
  if (whole === 0) return '';
  const percent = (part / whole) * 100;
  if (percent > 0 && percent < 1) return '< 1 %';
  if (percent < 100 && percent > 99) return '> 99 %';
  return `${String(Math.round(percent))} %`;
}

/** `4.2/s` of a running trace, the count of any other. */
export function amountText({ lookups, recent }: MapNode | MapEdge, { recentSeconds }: MapScale): string {
  if (recentSeconds === undefined) return formatCount(lookups);
  const rate = recent / recentSeconds;
  return `${rate >= 100 ? formatCount(Math.round(rate)) : rate.toFixed(1)}/s`;
}

/** How it stands with an edge, as the marks of a lookup's way tell it: it fails where failures began, not where they were passed on. */
export function edgeState(edge: MapEdge): HopStripState {
  if (edge.began > 0) return 'failed';
  if (!edge.watched) return 'unwatched';
  return edge.slow ? 'slow' : 'ok';
}

/** Of a node: what the edges into it tell. Clients are asked nothing. */
export function nodeState(node: MapNode, into: readonly MapEdge[]): HopStripState {
  if (into.some(({ began }) => began > 0)) return 'failed';
  if (!node.watched) return 'unwatched';
  return into.some(({ slow }) => slow) ? 'slow' : 'ok';
}

function figuresText(one: MapNode | MapEdge, isClient: boolean): string {
  const lookups = formatPlural(one.lookups, l10n.t('{0} lookup|{0} lookups'));
  const words = [
    one.queries > one.lookups
      ? formatPlural(one.queries, l10n.t('{1} with {0} query|{1} with {0} queries'), lookups)
      : lookups,
  ];
  const broken = brokenOf(one);
  if (broken > 0) words.push(l10n.t('{0} failed ({1})', formatCount(broken), shareText(broken, one.lookups)));
  if (!isClient && broken > 0) words.push(...faultWords(one, broken));
  if (one.nxdomain > 0) words.push(l10n.t('{0} for names that do not exist', formatCount(one.nxdomain)));
  if (one.failed === 0) words.push(l10n.t('none failed'));
  if (one.p95Ns !== undefined)
    words.push(
      isClient
        ? l10n.t('95 of 100 took {0} at most', formatDuration(one.p95Ns))
        : l10n.t('95 of 100 answers took {0} at most', formatDuration(one.p95Ns)),
    );
  return words.join(', ');
}

/** Where the failures of a place are at home. */
function faultWords({ began, excused }: MapNode | MapEdge, broken: number): readonly string[] {
  if (excused >= broken) return [l10n.t('the fault of the CoreDNS pod that asked')];
  const own =
    began === 0
      ? l10n.t('all of them further on')
      : began < broken
        ? l10n.t('{0} of them here', formatCount(began))
        : l10n.t('here');
  if (excused === 0) return [own];
  const others = l10n.t('{0} the fault of the CoreDNS pod that asked', formatCount(excused));
  return began === 0 ? [others] : [own, others];
}

/** What a click on the failures of an edge does. */
export function failuresTitle({ began, excused }: MapEdge): string {
  if (began > 0) return l10n.t('Show those that failed here');
  return excused > 0 ? l10n.t('Show those that failed') : l10n.t('Show those that failed further on');
}

export function nodeName(node: MapNode): string {
  const name = node.kind === 'namespace' ? l10n.t('Namespace {0}', node.label) : node.label;
  const detail = node.detail === undefined ? '' : ` (${node.detail})`;
  if (node.within === undefined) return `${name}${detail}`;
  return `${l10n.t('{0} in namespace {1}', name, node.within.replace(/^namespace:/u, ''))}${detail}`;
}

export function nodeSentence(node: MapNode): string {
  const note = node.note === undefined ? '' : `; ${node.note}`;
  if (node.lookups === 0) return `${nodeName(node)}${note}`;
  return `${nodeName(node)}: ${figuresText(node, node.column === 'client')}${note}`;
}

export function edgeSentence(edge: MapEdge, from: string, to: string): string {
  const ends = l10n.t('From {0} to {1}', from, to);
  if (edge.watched) return `${ends}: ${figuresText(edge, false)}`;
  if (edge.lookups === 0) return `${ends}: ${l10n.t('not watched')}`;
  const seen = l10n.t(
    'not watched; {0} lookup seen arriving at CoreDNS|not watched; {0} lookups seen arriving at CoreDNS',
  );
  return `${ends}: ${formatPlural(edge.lookups, seen)}`;
}

export function moreText({ hidden }: MoreNode): { readonly text: string; readonly failing: number } {
  return {
    text: l10n.t('and {0} more', formatCount(hidden.length)),
    failing: hidden.filter((node) => brokenOf(node) > 0).length,
  };
}

/** Below a node's name. */
export function underText({ column, lookups, watched, detail, failed, p95Ns }: MapNode): string {
  if (lookups === 0) return watched ? '' : l10n.t('not watched');
  if (detail !== undefined && column !== 'client') return detail;
  const isShort = failed > 0 || p95Ns === undefined || column === 'client';
  return `${formatPlural(lookups, l10n.t('{0} lookup|{0} lookups'))}${isShort ? '' : ` · p95 ${formatDuration(p95Ns)}`}`;
}

export function withoutPlateText(lines: number): string {
  return formatPlural(
    lines,
    l10n.t(
      '{0} line more without figures: too many to write beside them. The table has them all.|{0} lines more without figures: too many to write beside them. The table has them all.',
    ),
  );
}
