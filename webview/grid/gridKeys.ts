import { pageStep } from './scrollModel.ts';

/** What a key means in the grid, apart from the DOM; the keys are those of VS Code's lists and trees. */
export type GridAction =
  /** `extends`: the rows on the way are chosen too. */
  | { readonly kind: 'move'; readonly to: number; readonly extends: boolean }
  | { readonly kind: 'chooseAll' }
  | { readonly kind: 'chooseOne' }
  | { readonly kind: 'copy' }
  | { readonly kind: 'toggle'; readonly expanded: boolean }
  | { readonly kind: 'open' };

export interface KeyContext {
  /** Row the keys act on, −1 when none. */
  readonly index: number;
  readonly count: number;
  /** Rows that fit. */
  readonly rows: number;
  /** `undefined` while the row is not known yet. */
  readonly info: { readonly expandable: boolean; readonly expanded: boolean } | undefined;
  /** Index of the parent row, −1 when there is none. */
  readonly parent: number;
}

export interface KeyPress {
  readonly key: string;
  readonly ctrlKey: boolean;
  readonly metaKey: boolean;
  readonly altKey: boolean;
  readonly shiftKey: boolean;
}

export function gridKey(press: KeyPress, context: KeyContext): GridAction | undefined {
  const { index, count, info } = context;
  if (count === 0 || press.altKey) return undefined;
  const command = press.ctrlKey || press.metaKey;
  const move = (to: number): GridAction => ({
    kind: 'move',
    to: Math.min(count - 1, Math.max(0, to)),
    extends: press.shiftKey,
  });
  switch (press.key) {
    case 'ArrowDown':
      return move(index + 1);
    case 'ArrowUp':
      return move(index < 0 ? count - 1 : index - 1);
    case 'PageDown':
      return move(index + pageStep(context.rows));
    case 'PageUp':
      return move(index - pageStep(context.rows));
    case 'Home':
      return move(0);
    case 'End':
      return move(count - 1);
    case 'ArrowRight':
      if (command || info === undefined) return undefined;
      if (!info.expandable) return undefined;
      return info.expanded ? move(index + 1) : { kind: 'toggle', expanded: true };
    case 'ArrowLeft':
      if (command || info === undefined) return undefined;
      if (info.expandable && info.expanded) return { kind: 'toggle', expanded: false };
      return context.parent >= 0 ? move(context.parent) : undefined;
    case 'Enter':
      return info === undefined ? undefined : { kind: 'open' };
    case 'a':
      return command && !press.shiftKey ? { kind: 'chooseAll' } : undefined;
    case 'c':
      return command && !press.shiftKey ? { kind: 'copy' } : undefined;
    case 'Escape':
      return { kind: 'chooseOne' };
    case ' ':
      return info?.expandable === true ? { kind: 'toggle', expanded: !info.expanded } : undefined;
    default:
      return undefined;
  }
}
