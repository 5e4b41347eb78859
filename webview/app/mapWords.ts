/** The map in sentences: accessible names, tooltips and the table say the same as the picture. */
import type { MapEdge, MapNode } from '../../src/core/view/mapPicture.ts';
import { formatCount, formatDuration, formatPlural } from '../widgets/format.ts';
import type { HopStripState } from '../widgets/hopStrip.tsx';
import { brokenOf, type MapColumn, type MoreNode } from './mapOrder.ts';

export const COLUMN_TITLES: Readonly<Record<MapColumn, string>> = {
  client: 'Clients',
  nodelocal: 'NodeLocal',
  service: 'DNS Service',
  coredns: 'CoreDNS',
  upstream: 'Upstreams',
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
  const parts = [formatPlural(one.lookups, 'lookup')];
  if (one.queries > one.lookups) parts.push(`with ${formatPlural(one.queries, 'query', 'queries')}`);
  const words = [parts.join(' ')];
  const broken = brokenOf(one);
  if (broken > 0) words.push(`${formatCount(broken)} failed (${shareText(broken, one.lookups)})`);
  if (!isClient && broken > 0)
    words.push(
      one.began === 0
        ? 'all of them further on'
        : one.began < broken
          ? `${formatCount(one.began)} of them here`
          : 'here',
    );
  if (one.nxdomain > 0) words.push(`${formatCount(one.nxdomain)} for names that do not exist`);
  if (one.failed === 0) words.push('none failed');
  if (one.p95Ns !== undefined)
    words.push(`95 of 100 ${isClient ? 'took' : 'answers took'} ${formatDuration(one.p95Ns)} at most`);
  return words.join(', ');
}

export function nodeName(node: MapNode): string {
  const inside = node.within === undefined ? '' : ` in namespace ${node.within.replace(/^namespace:/u, '')}`;
  const kind = node.kind === 'namespace' ? 'Namespace ' : '';
  const detail = node.detail === undefined ? '' : ` (${node.detail})`;
  return `${kind}${node.label}${inside}${detail}`;
}

export function nodeSentence(node: MapNode): string {
  const note = node.note === undefined ? '' : `; ${node.note}`;
  if (node.lookups === 0) return `${nodeName(node)}${note}`;
  return `${nodeName(node)}: ${figuresText(node, node.column === 'client')}${note}`;
}

export function edgeSentence(edge: MapEdge, from: string, to: string): string {
  const ends = `From ${from} to ${to}`;
  if (edge.watched) return `${ends}: ${figuresText(edge, false)}`;
  if (edge.lookups === 0) return `${ends}: not watched`;
  return `${ends}: not watched; ${formatPlural(edge.lookups, 'lookup')} seen arriving at CoreDNS`;
}

export function moreText({ hidden }: MoreNode): { readonly text: string; readonly failing: number } {
  return {
    text: `and ${formatCount(hidden.length)} more`,
    failing: hidden.filter((node) => brokenOf(node) > 0).length,
  };
}
