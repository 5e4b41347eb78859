import * as l10n from '@vscode/l10n';
import { useRef, useState } from 'preact/hooks';
import type { DetailNode } from '../../../src/core/view/rows.ts';

export interface DetailTreeProps {
  readonly nodes: readonly DetailNode[];
  readonly chosen: DetailNode | undefined;
  readonly onChoose: (node: DetailNode) => void;
  readonly onHover: (node: DetailNode | undefined) => void;
}

interface FlatNode {
  readonly node: DetailNode;
  readonly path: string;
  readonly level: number;
  readonly parent: number;
  readonly open: boolean;
}

function flatten(
  nodes: readonly DetailNode[],
  closed: ReadonlySet<string>,
  level = 1,
  prefix = '',
  parent = -1,
  out: FlatNode[] = [],
): FlatNode[] {
  nodes.forEach((node, index) => {
    const path = `${prefix}/${String(index)}`;
    const open = (node.children?.length ?? 0) > 0 && !closed.has(path);
    out.push({ node, path, level, parent, open });
    if (open) flatten(node.children ?? [], closed, level + 1, path, out.length - 1, out);
  });
  return out;
}

/** A decoded message as a tree with the keys of VS Code's trees. */
export function DetailTree({ nodes, chosen, onChoose, onHover }: DetailTreeProps) {
  const [closed, setClosed] = useState<ReadonlySet<string>>(new Set());
  const ref = useRef<HTMLDivElement>(null);
  const flat = flatten(nodes, closed);
  const at = chosen === undefined ? -1 : flat.findIndex((one) => sameNode(one.node, chosen));

  const setOpen = (path: string, open: boolean): void => {
    const next = new Set(closed);
    if (open) next.delete(path);
    else next.add(path);
    setClosed(next);
  };
  const choose = (index: number): void => {
    const one = flat[Math.min(flat.length - 1, Math.max(0, index))];
    if (one === undefined) return;
    onChoose(one.node);
    ref.current?.querySelector(`[data-path="${one.path}"]`)?.scrollIntoView({ block: 'nearest' });
  };
  const onKeyDown = (event: KeyboardEvent): void => {
    const one = flat[at];
    const branch = (one?.node.children?.length ?? 0) > 0;
    if (event.key === 'ArrowDown') choose(at + 1);
    else if (event.key === 'ArrowUp') choose(at - 1);
    else if (event.key === 'Home') choose(0);
    else if (event.key === 'End') choose(flat.length - 1);
    else if (event.key === 'ArrowRight' && one !== undefined && branch) {
      if (one.open) choose(at + 1);
      else setOpen(one.path, true);
    } else if (event.key === 'ArrowLeft' && one !== undefined) {
      if (one.open) setOpen(one.path, false);
      else if (one.parent >= 0) choose(one.parent);
    } else return;
    event.preventDefault();
    event.stopPropagation();
  };
  return (
    <div
      ref={ref}
      class="tree"
      role="tree"
      aria-label={l10n.t('Decoded message')}
      tabIndex={0}
      aria-activedescendant={at < 0 ? undefined : `tree-node-${String(at)}`}
      onKeyDown={onKeyDown}
      onMouseLeave={() => onHover(undefined)}
    >
      {flat.map((one, index) => {
        const branch = (one.node.children?.length ?? 0) > 0;
        return (
          <div
            key={one.path}
            id={`tree-node-${String(index)}`}
            data-path={one.path}
            class={index === at ? 'tree-node tree-chosen' : 'tree-node'}
            role="treeitem"
            aria-level={one.level}
            aria-selected={index === at}
            aria-expanded={branch ? one.open : undefined}
            style={{ paddingLeft: `${String((one.level - 1) * 12)}px` }}
            onMouseEnter={() => onHover(one.node)}
            onClick={() => onChoose(one.node)}
          >
            <span
              class="tree-twistie"
              aria-hidden="true"
              onClick={() => {
                if (branch) setOpen(one.path, !one.open);
              }}
            >
              {branch && (
                <svg viewBox="0 0 16 16" class={one.open ? 'grid-open' : undefined}>
                  <path d="M6 3.5 10.5 8 6 12.5" fill="none" stroke="currentColor" stroke-width="1.2" />
                </svg>
              )}
            </span>
            <span class="tree-label">{one.node.label}</span>
            {one.node.value !== undefined && <span class="tree-value">{one.node.value}</span>}
          </div>
        );
      })}
    </div>
  );
}

/** A live lookup is read again and brings new objects for the same nodes. */
function sameNode(left: DetailNode, right: DetailNode): boolean {
  return (
    left === right ||
    (left.label === right.label && left.value === right.value && left.start === right.start && left.end === right.end)
  );
}
