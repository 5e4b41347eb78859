export interface TreeRowPlace {
  /** 1 for a root. */
  readonly level: number;
  /** `undefined` where nothing is below it. */
  readonly expanded: boolean | undefined;
}

export type TreeKey =
  | { readonly kind: 'go'; readonly to: number }
  | { readonly kind: 'toggle'; readonly expanded: boolean }
  | { readonly kind: 'open' };

/** What a key does in a tree, as in VS Code's own; `undefined` when it is none of the tree's. */
export function treeKey(key: string, rows: readonly TreeRowPlace[], at: number): TreeKey | undefined {
  const row = rows[at];
  if (row === undefined) return undefined;
  const go = (to: number): TreeKey => ({ kind: 'go', to: Math.max(0, Math.min(to, rows.length - 1)) });
  switch (key) {
    case 'ArrowDown':
      return go(at + 1);
    case 'ArrowUp':
      return go(at - 1);
    case 'Home':
      return go(0);
    case 'End':
      return go(rows.length - 1);
    case 'ArrowRight':
      if (row.expanded === undefined) return go(at);
      return row.expanded ? go(at + 1) : { kind: 'toggle', expanded: true };
    case 'ArrowLeft': {
      if (row.expanded === true) return { kind: 'toggle', expanded: false };
      let parent = at - 1;
      while (parent >= 0 && rows[parent]!.level >= row.level) parent--;
      return go(parent < 0 ? at : parent);
    }
    case ' ':
      return row.expanded === undefined ? { kind: 'open' } : { kind: 'toggle', expanded: !row.expanded };
    case 'Enter':
      return { kind: 'open' };
    default:
      return undefined;
  }
}
