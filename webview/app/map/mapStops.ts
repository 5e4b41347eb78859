/** What of the map has the focus, and where arrow keys lead from there. */
import type { MapEdge, MapNode } from '../../../src/core/view/map/mapPicture.ts';
import type { Box, CardLayout, EdgeLayout } from './mapLayout.ts';

const ARROWS: ReadonlySet<string> = new Set(['ArrowLeft', 'ArrowRight', 'ArrowUp', 'ArrowDown', 'Home', 'End']);

export const isMapKey = (key: string): boolean => ARROWS.has(key);

export interface Stop {
  readonly id: string;
  /** Cards of a column stand at a whole number, what lies between two columns at a half. */
  readonly column: number;
  readonly y: number;
  /** Not a further button of a card or plate. */
  readonly isMain: boolean;
}

/** Cards and plates as arrow keys find them, column by column, each from above. */
export function stopsOf(cards: readonly CardLayout[], edges: readonly EdgeLayout[]): readonly Stop[] {
  const stops: Stop[] = [];
  const add = (id: string, column: number, { y, height }: Box, further: readonly string[]): void => {
    const middle = y + height / 2;
    stops.push({ id, column, y: middle, isMain: true });
    for (const [index, word] of further.entries())
      stops.push({ id: `${id} ${word}`, column, y: middle + index + 1, isMain: false });
  };
  for (const card of cards) {
    const { node } = card;
    const further = node !== undefined && hasFailures(node) ? ['failed'] : [];
    add(card.id, card.at, card, node?.kind === 'namespace' ? [...further, 'toggle'] : further);
  }
  for (const { key, at, plate, edge } of edges)
    if (plate !== undefined && edge !== undefined) add(key, at + 0.5, plate, hasFailures(edge) ? ['failed'] : []);
  return stops.sort((a, b) => a.column - b.column || a.y - b.y);
}

/** Some failed, and a filter shows them. */
export function hasFailures<Part extends MapNode | MapEdge>(
  part: Part,
): part is Part & { readonly failedFilter: string } {
  return part.failed > 0 && part.failedFilter !== undefined;
}

/** Up and down within a column, left and right to the nearest of the next; Home and End within the column. */
export function nextStop(stops: readonly Stop[], id: string, key: string): Stop | undefined {
  const here = stops.find((one) => one.id === id);
  if (here === undefined) return stops[0];
  const own = stops.filter(({ column }) => column === here.column);
  const at = own.indexOf(here);
  switch (key) {
    case 'ArrowUp':
      return own[at - 1];
    case 'ArrowDown':
      return own[at + 1];
    case 'Home':
      return own[0];
    case 'End':
      return own.at(-1);
    default: {
      const step = key === 'ArrowRight' ? 1 : -1;
      const others = stops.filter(({ column, isMain }) => isMain && (column - here.column) * step > 0);
      const nearest = others.reduce((least, { column }) => Math.min(least, (column - here.column) * step), Infinity);
      return others
        .filter(({ column }) => (column - here.column) * step === nearest)
        .sort((a, b) => Math.abs(a.y - here.y) - Math.abs(b.y - here.y))[0];
    }
  }
}
