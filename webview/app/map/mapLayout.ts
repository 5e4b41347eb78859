/**
 * Where everything of the map stands, in pixels: columns of cards from left to right, and between them edges as curves, each through a small
 * plate with its figures. Plates of one gap never overlap: they are pushed apart, as little as can be. An edge that passes over a column
 * goes below its cards. Pure: what is measured comes in, what is drawn comes out.
 */
import type { DnsMap, MapEdge, MapNode } from '../../../src/core/view/map/mapPicture.ts';
import type { MapColumn, MapColumnView, MoreNode } from './mapOrder.ts';

export const CARD_HEIGHT = 42;
export const PLATE_HEIGHT = 36;
const HEADING = 26;
const CARD_GAP = 8;
const PITCH = CARD_HEIGHT + CARD_GAP;
const PLATE_PITCH = PLATE_HEIGHT + 4;
const MARGIN = 10;
const NARROWEST_CARD = 132;
const WIDEST_CARD = 184;
const NARROWEST_GAP = 150;
const WIDEST_GAP = 260;
const PLATE_WIDTH = 118;
const INDENT = 14;
/** Short columns stand in the middle of what is seen at once, not of hundreds of rows. */
const SEEN_AT_ONCE = 12;
const FEW_PLATES = 6;
const THINNEST = 1.2;
const THICKEST = 7;

export interface Box {
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
}

export interface CardLayout extends Box {
  readonly id: string;
  readonly column: MapColumn;
  readonly node: MapNode | undefined;
  readonly more: MoreNode | undefined;
  readonly isOpen: boolean;
  /** Place of its column and its row there, from 0. */
  readonly at: number;
}

/** Nodes that are not shown have their edges drawn together, without figures. */
export interface EdgeLayout {
  readonly key: string;
  readonly path: string;
  readonly thickness: number;
  readonly edge: MapEdge | undefined;
  readonly began: number;
  readonly watched: boolean;
  readonly plate: Box | undefined;
  /** Place of the column that it begins in. */
  readonly at: number;
}

export interface MapLayout {
  readonly width: number;
  readonly height: number;
  readonly headings: readonly (Box & { readonly column: MapColumn })[];
  readonly cards: readonly CardLayout[];
  readonly edges: readonly EdgeLayout[];
  /** Edges whose figures have no room. */
  readonly withoutPlate: number;
}

interface Bundle {
  readonly from: CardLayout;
  readonly to: CardLayout;
  edge: MapEdge | undefined;
  lookups: number;
  began: number;
  watched: boolean;
}

/** @param available width in pixels; the map is at least as wide as its columns need */
export function layoutMap(map: DnsMap, columns: readonly MapColumnView[], available: number): MapLayout {
  const count = Math.max(1, columns.length);
  const room = available - 2 * MARGIN;
  const gap = Math.min(WIDEST_GAP, Math.max(NARROWEST_GAP, (room - count * WIDEST_CARD) / Math.max(1, count - 1)));
  const card = Math.min(WIDEST_CARD, Math.max(NARROWEST_CARD, (room - (count - 1) * gap) / count));
  const rows = columns.map(({ nodes, more }) => nodes.length + (more === undefined ? 0 : 1));
  const middle = (Math.min(SEEN_AT_ONCE, Math.max(1, ...rows)) * PITCH) / 2;
  const cards = columns.flatMap((column, at) =>
    placeCards(column, at, MARGIN + at * (card + gap), card, HEADING + Math.max(0, middle - (rows[at]! * PITCH) / 2)),
  );
  const bundles = bundle(map, cards);
  const most = Math.max(1, ...bundles.map(({ lookups }) => lookups));
  const bottoms = columns.map((_, at) =>
    Math.max(HEADING, ...cards.filter((one) => one.at === at).map((one) => one.y + one.height)),
  );
  const plates = placePlates(bundles, rows, (at) => MARGIN + at * (card + gap) + card + gap / 2);
  const edges = bundles.map((one): EdgeLayout => {
    const plate = plates.get(one);
    return {
      key: `${one.from.id} → ${one.to.id}`,
      path: pathOf(one, plate, cards, bottoms),
      thickness: one.lookups === 0 ? THINNEST : THINNEST + (THICKEST - THINNEST) * Math.sqrt(one.lookups / most),
      edge: one.edge,
      began: one.began,
      watched: one.watched,
      plate,
      at: one.from.at,
    };
  });
  const lowest = Math.max(...bottoms, ...edges.map(({ plate }) => (plate === undefined ? 0 : plate.y + plate.height)));
  const over = bundles.filter(({ from, to }) => to.at - from.at > 1).length;
  return {
    width: 2 * MARGIN + count * card + (count - 1) * gap,
    height: lowest + MARGIN + (over === 0 ? 0 : 28),
    headings: columns.map(({ column }, at) => ({
      column,
      x: MARGIN + at * (card + gap),
      y: 0,
      width: card,
      height: HEADING,
    })),
    cards,
    edges,
    withoutPlate: edges.filter(({ edge, plate }) => edge !== undefined && edge.lookups > 0 && plate === undefined)
      .length,
  };
}

function placeCards(view: MapColumnView, at: number, x: number, width: number, top: number): readonly CardLayout[] {
  const { column, nodes, more } = view;
  const box = (row: number, indent: number): Box => ({
    x: x + indent,
    y: top + row * PITCH,
    width: width - indent,
    height: CARD_HEIGHT,
  });
  const cards = nodes.map(({ node, isOpen, isInside }, row): CardLayout => ({
    ...box(row, isInside ? INDENT : 0),
    id: node.id,
    column,
    node,
    more: undefined,
    isOpen,
    at,
  }));
  if (more === undefined) return cards;
  return [...cards, { ...box(nodes.length, 0), id: more.id, column, node: undefined, more, isOpen: false, at }];
}

/** Edges between what is shown; those of nodes behind one card together. */
function bundle(map: DnsMap, cards: readonly CardLayout[]): readonly Bundle[] {
  const byId = new Map<string, CardLayout>();
  for (const one of cards) {
    // The workloads below an open namespace have edges of their own.
    if (!one.isOpen) byId.set(one.id, one);
    for (const node of one.more?.hidden ?? []) byId.set(node.id, one);
  }
  const bundles = new Map<string, Bundle>();
  for (const edge of map.edges) {
    const from = byId.get(edge.from);
    const to = byId.get(edge.to);
    if (from === undefined || to === undefined || to.at <= from.at) continue;
    const key = `${from.id} → ${to.id}`;
    const known = bundles.get(key);
    if (known === undefined) {
      const isWhole = from.more === undefined && to.more === undefined;
      const { lookups, began, watched } = edge;
      bundles.set(key, { from, to, edge: isWhole ? edge : undefined, lookups, began, watched });
    } else {
      known.lookups += edge.lookups;
      known.began += edge.began;
      known.watched ||= edge.watched;
    }
  }
  return [...bundles.values()];
}

const middleOf = ({ y, height }: Box): number => y + height / 2;

function placePlates(
  bundles: readonly Bundle[],
  rows: readonly number[],
  middleAt: (at: number) => number,
): ReadonlyMap<Bundle, Box> {
  const plates = new Map<Bundle, Box>();
  const outOf = countBy(bundles, ({ from }) => from.id);
  const into = countBy(bundles, ({ to }) => to.id);
  for (const [at] of rows.entries()) {
    const own = bundles.filter(({ from, edge }) => from.at === at && edge !== undefined && edge.lookups > 0);
    const most = Math.max(FEW_PLATES, rows[at]!, rows[at + 1] ?? 0);
    // In a thicket only what is broken is told; the cards at its ends tell the rest.
    const shown = (own.length <= most ? own : own.filter(({ began }) => began > 0))
      .sort((a, b) => b.began - a.began || b.lookups - a.lookups)
      .slice(0, most)
      .map((one) => ({ one, y: anchorOf(one, outOf, into) }))
      .sort((a, b) => a.y - b.y || middleOf(a.one.to) - middleOf(b.one.to));
    const middles = spread(
      shown.map(({ y }) => y),
      PLATE_PITCH,
      HEADING + PLATE_HEIGHT / 2,
    );
    for (const [index, { one }] of shown.entries())
      plates.set(one, {
        x: middleAt(at) - PLATE_WIDTH / 2,
        y: middles[index]! - PLATE_HEIGHT / 2,
        width: PLATE_WIDTH,
        height: PLATE_HEIGHT,
      });
  }
  return plates;
}

/**
 * Rising places at least `pitch` apart and none above `least`, with the smallest sum of squared distances from those wanted (which rise as
 * well): what stands too close becomes a block around its own mean, as in isotonic regression.
 */
export function spread(wanted: readonly number[], pitch: number, least: number): readonly number[] {
  const blocks: { sum: number; count: number }[] = [];
  for (const [index, place] of wanted.entries()) {
    let block = { sum: place - index * pitch, count: 1 };
    for (
      let last = blocks.at(-1);
      last !== undefined && last.sum / last.count > block.sum / block.count;
      last = blocks.at(-1)
    ) {
      blocks.pop();
      block = { sum: block.sum + last.sum, count: block.count + last.count };
    }
    blocks.push(block);
  }
  const flat = blocks.flatMap(({ sum, count }) => new Array<number>(count).fill(Math.max(least, sum / count)));
  return flat.map((place, index) => place + index * pitch);
}

/** Beside the end that is its own; between both where neither is. */
function anchorOf({ from, to }: Bundle, outOf: ReadonlyMap<string, number>, into: ReadonlyMap<string, number>): number {
  const isOnlyOut = outOf.get(from.id) === 1;
  const isOnlyIn = into.get(to.id) === 1;
  if (isOnlyOut && !isOnlyIn) return middleOf(from);
  if (isOnlyIn && !isOnlyOut) return middleOf(to);
  return (middleOf(from) + middleOf(to)) / 2;
}

function countBy(bundles: readonly Bundle[], key: (one: Bundle) => string): ReadonlyMap<string, number> {
  const counts = new Map<string, number>();
  for (const one of bundles) counts.set(key(one), (counts.get(key(one)) ?? 0) + 1);
  return counts;
}

interface Point {
  readonly x: number;
  readonly y: number;
}

function pathOf(
  { from, to }: Bundle,
  plate: Box | undefined,
  cards: readonly CardLayout[],
  bottoms: readonly number[],
): string {
  const points: Point[] = [{ x: from.x + from.width, y: middleOf(from) }];
  if (plate !== undefined) points.push({ x: plate.x + plate.width / 2, y: middleOf(plate) });
  for (let at = from.at + 1; at < to.at; at++) {
    const passed = cards.find((one) => one.at === at);
    if (passed === undefined) continue;
    const y = bottoms[at]! + 14;
    points.push({ x: passed.x, y }, { x: passed.x + passed.width, y });
  }
  points.push({ x: to.x, y: middleOf(to) });
  return points
    .map(({ x, y }, index) => {
      const before = points[index - 1];
      if (before === undefined) return `M${round(x)} ${round(y)}`;
      const bend = (x - before.x) / 2;
      return `C${round(before.x + bend)} ${round(before.y)} ${round(x - bend)} ${round(y)} ${round(x)} ${round(y)}`;
    })
    .join('');
}

const round = (value: number): string => String(Math.round(value * 10) / 10);
