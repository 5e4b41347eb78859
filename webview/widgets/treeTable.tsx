import type { ComponentChildren } from 'preact';
import { useRef, useState } from 'preact/hooks';
import { Icon } from './icon.tsx';
import { treeKey, type TreeRowPlace } from './treeKeys.ts';

export interface TreeColumn {
  readonly id: string;
  readonly title: string;
  readonly hint?: string;
}

export interface TreeRow extends TreeRowPlace {
  readonly id: string;
  readonly title: string;
  /** Its place among those beside it, from 1 on, and how many they are. */
  readonly place: number;
  readonly of: number;
  /** One to each column after the title. */
  readonly cells: readonly ComponentChildren[];
}

export interface TreeTableProps {
  readonly label: string;
  /** Heads the titles. */
  readonly title: string;
  readonly columns: readonly TreeColumn[];
  /** Those in sight, from top to bottom. */
  readonly rows: readonly TreeRow[];
  readonly onToggle: (id: string, expanded: boolean) => void;
  /** Enter on a row. */
  readonly onOpen: (id: string) => void;
}

/** A tree whose rows have cells; keys as in VS Code's trees, one stop for Tab. */
export function TreeTable({ label, title, columns, rows, onToggle, onOpen }: TreeTableProps) {
  const [current, setCurrent] = useState<string | undefined>(undefined);
  const elements = useRef(new Map<string, HTMLElement>());
  const at = Math.max(
    0,
    rows.findIndex(({ id }) => id === current),
  );
  const onKeyDown = (event: KeyboardEvent): void => {
    const row = rows[at];
    if (row === undefined || event.altKey || event.ctrlKey || event.metaKey) return;
    const done = treeKey(event.key, rows, at);
    if (done === undefined) return;
    event.preventDefault();
    if (done.kind === 'open') onOpen(row.id);
    else if (done.kind === 'toggle') onToggle(row.id, done.expanded);
    else elements.current.get(rows[done.to]?.id ?? '')?.focus();
  };
  return (
    <table class="tree-table" role="treegrid" aria-label={label} onKeyDown={onKeyDown}>
      <thead>
        <tr>
          <th scope="col">{title}</th>
          {columns.map((column) => (
            <th key={column.id} scope="col" class="tree-number" title={column.hint}>
              {column.title}
            </th>
          ))}
        </tr>
      </thead>
      <tbody>
        {rows.map((row, index) => (
          <tr
            key={row.id}
            ref={(element) => {
              if (element === null) elements.current.delete(row.id);
              else elements.current.set(row.id, element);
            }}
            class="tree-row"
            tabIndex={index === at ? 0 : -1}
            aria-level={row.level}
            aria-posinset={row.place}
            aria-setsize={row.of}
            aria-expanded={row.expanded}
            onFocus={() => setCurrent(row.id)}
          >
            <th
              scope="row"
              role="rowheader"
              onClick={() => row.expanded !== undefined && onToggle(row.id, !row.expanded)}
            >
              <span class={`tree-title tree-level-${String(Math.min(row.level, 4))}`}>
                <span class={row.expanded === true ? 'tree-twistie tree-twistie-open' : 'tree-twistie'}>
                  {row.expanded !== undefined && <Icon name="chevron" />}
                </span>
                {row.title}
              </span>
            </th>
            {row.cells.map((cell, column) => (
              <td key={columns[column]?.id} role="gridcell" class="tree-number">
                {cell}
              </td>
            ))}
          </tr>
        ))}
      </tbody>
    </table>
  );
}
