/**
 * Which nodes of the map stand in which column and in what order. The order is worst first when a node comes in, and stays then: what changes
 * while one looks are figures, not places. Clients are folded by namespace where they are too many to read, and each column shows a first part.
 */
import type { DnsMap, MapNode } from '../../../src/core/view/map/mapPicture.ts';

export type MapColumn = MapNode['column'];
export const MAP_COLUMNS: readonly MapColumn[] = ['client', 'nodelocal', 'service', 'coredns', 'upstream'];

const FIRST_SHOWN = 12;
const MORE_AT_ONCE = 50;

/** Stands for the nodes of its column that are not shown. */
export interface MoreNode {
  readonly id: string;
  readonly column: MapColumn;
  readonly hidden: readonly MapNode[];
}

export interface ShownNode {
  readonly node: MapNode;
  /** A namespace: its workloads are shown below it. */
  readonly isOpen: boolean;
  /** A workload below its namespace. */
  readonly isInside: boolean;
}

export interface MapColumnView {
  readonly column: MapColumn;
  readonly nodes: readonly ShownNode[];
  readonly more: MoreNode | undefined;
}

/** What is broken, beyond names that do not exist. */
export function brokenOf(node: { readonly failed: number; readonly nxdomain: number }): number {
  return node.failed - node.nxdomain;
}

function worstFirst(a: MapNode, b: MapNode): number {
  return brokenOf(b) - brokenOf(a) || b.failed - a.failed || b.lookups - a.lookups || (a.label < b.label ? -1 : 1);
}

/** What stays while the map's figures change. */
export class MapOrder {
  readonly #orders = new Map<MapColumn, readonly string[]>();
  readonly #shown = new Map<MapColumn, number>();
  readonly #open = new Set<string>();
  #isFolded: boolean | undefined;
  #generation = -1;

  /** Another trace has other nodes. */
  of(generation: number): this {
    if (generation !== this.#generation) {
      this.sortAgain();
      this.#shown.clear();
      this.#open.clear();
      this.#isFolded = undefined;
      this.#generation = generation;
    }
    return this;
  }

  sortAgain(): void {
    this.#orders.clear();
  }

  showMore(column: MapColumn): void {
    this.#shown.set(column, (this.#shown.get(column) ?? FIRST_SHOWN) + MORE_AT_ONCE);
  }

  toggle(namespace: string): void {
    if (!this.#open.delete(namespace)) this.#open.add(namespace);
  }

  /** Once folded, it stays so until somebody wants it otherwise. */
  isFolded(map: DnsMap): boolean {
    const clients = map.nodes.filter(({ column }) => column === 'client');
    const namespaces = clients.filter(({ kind }) => kind === 'namespace').length;
    if (this.#isFolded === undefined && clients.length - namespaces > FIRST_SHOWN && namespaces > 1)
      this.#isFolded = true;
    return this.#isFolded === true;
  }

  setFolded(isFolded: boolean): void {
    this.#isFolded = isFolded;
  }

  columns(map: DnsMap): readonly MapColumnView[] {
    const isFolded = this.isFolded(map);
    return MAP_COLUMNS.flatMap((column) => {
      const nodes = map.nodes.filter((node) => node.column === column && isTop(node, isFolded));
      if (nodes.length === 0) return [];
      return [this.#column(column, this.#ordered(column, nodes), map)];
    });
  }

  #column(column: MapColumn, ordered: readonly MapNode[], map: DnsMap): MapColumnView {
    const most = this.#shown.get(column) ?? FIRST_SHOWN;
    // One more takes no more room than the line that says so.
    const count = ordered.length <= most + 1 ? ordered.length : most;
    const hidden = ordered.slice(count);
    const nodes = ordered.slice(0, count).flatMap((node): readonly ShownNode[] => {
      const isOpen = node.kind === 'namespace' && this.#open.has(node.id);
      if (!isOpen) return [{ node, isOpen, isInside: false }];
      const inside = map.nodes.filter(({ within }) => within === node.id).sort(worstFirst);
      return [
        { node, isOpen, isInside: false },
        ...inside.map((one) => ({ node: one, isOpen: false, isInside: true })),
      ];
    });
    return { column, nodes, more: hidden.length === 0 ? undefined : { id: `more:${column}`, column, hidden } };
  }

  #ordered(column: MapColumn, nodes: readonly MapNode[]): readonly MapNode[] {
    const byId = new Map(nodes.map((node) => [node.id, node]));
    const before = this.#orders.get(column) ?? [];
    const known = new Set(before);
    const added = nodes.filter(({ id }) => !known.has(id)).sort(worstFirst);
    const order = [...before, ...added.map(({ id }) => id)];
    this.#orders.set(column, order);
    return order.flatMap((id) => byId.get(id) ?? []);
  }
}

function isTop({ kind, within }: MapNode, isFolded: boolean): boolean {
  return isFolded ? within === undefined : kind !== 'namespace';
}
