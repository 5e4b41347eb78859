/** Which cell the pointer is at, and a place for small tools over it: one for the whole grid, so that rows stay cheap. */
import type { ComponentChildren } from 'preact';
import { useEffect, useState } from 'preact/hooks';
import type { Column } from './columns.ts';

export interface CellPlace {
  readonly index: number;
  readonly column: string;
  readonly element: Element;
}

export function cellAt<Row>(target: EventTarget | null, columns: readonly Column<Row>[]): CellPlace | undefined {
  const element = target instanceof Element ? target.closest('[role="gridcell"]') : null;
  const index = Number(element?.closest('[role="row"]')?.getAttribute('aria-rowindex')) - 2;
  const column = columns[Number(element?.getAttribute('aria-colindex')) - 1];
  return element === null || column === undefined || !(index >= 0) ? undefined : { index, column: column.id, element };
}

export interface CellToolsProps<Row> {
  /** Where the rows are. */
  readonly body: { readonly current: HTMLElement | null };
  /** What the tools stand in. */
  readonly frame: { readonly current: HTMLElement | null };
  readonly columns: readonly Column<Row>[];
  /** Changes when other rows stand where these did. */
  readonly moved: unknown;
  /** For the pointer only: whoever has a keyboard takes the menu. */
  readonly tools: (index: number, column: string) => ComponentChildren;
}

/** Width that the tools take at most. */
const TOOLS_PX = 46;

interface Hovered {
  readonly index: number;
  readonly column: string;
  readonly right: number;
  readonly top: number;
  readonly height: number;
}

export function CellTools<Row>({ body, frame, columns, moved, tools }: CellToolsProps<Row>) {
  const [hovered, setHovered] = useState<Hovered | undefined>(undefined);
  useEffect(() => setHovered(undefined), [moved]);
  useEffect(() => {
    const element = body.current;
    const outer = frame.current;
    if (element === null || outer === null) return undefined;
    const onMove = ({ target, buttons, clientX }: PointerEvent): void => {
      const at = buttons === 0 ? cellAt(target, columns) : undefined;
      if (at === undefined) {
        setHovered(undefined);
        return;
      }
      const cell = at.element.getBoundingClientRect();
      const box = outer.getBoundingClientRect();
      const edge = Math.min(cell.right, element.getBoundingClientRect().right, box.right);
      // Never under the pointer: a click there is meant for the row.
      if (clientX > edge - TOOLS_PX) {
        setHovered((old) => (old?.index === at.index && old.column === at.column ? old : undefined));
        return;
      }
      const next = {
        index: at.index,
        column: at.column,
        right: box.right - edge,
        top: cell.top - box.top,
        height: cell.height,
      };
      setHovered((old) => (old !== undefined && isSame(old, next) ? old : next));
    };
    const onOut = ({ relatedTarget }: PointerEvent): void => {
      const isHere =
        relatedTarget instanceof Element &&
        (element.contains(relatedTarget) || relatedTarget.closest('.grid-tools') !== null);
      if (!isHere) setHovered(undefined);
    };
    const onMoved = (): void => setHovered(undefined);
    element.addEventListener('pointermove', onMove);
    element.addEventListener('pointerleave', onOut);
    outer.addEventListener('wheel', onMoved, { passive: true });
    outer.addEventListener('keydown', onMoved);
    return () => {
      element.removeEventListener('pointermove', onMove);
      element.removeEventListener('pointerleave', onOut);
      outer.removeEventListener('wheel', onMoved);
      outer.removeEventListener('keydown', onMoved);
    };
  }, [columns]);
  const content = hovered === undefined ? undefined : tools(hovered.index, hovered.column);
  if (hovered === undefined || content === undefined) return null;
  return (
    <div
      class="grid-tools"
      style={{
        right: `${String(hovered.right)}px`,
        top: `${String(hovered.top)}px`,
        height: `${String(hovered.height)}px`,
      }}
      onPointerLeave={() => setHovered(undefined)}
    >
      {content}
    </div>
  );
}

function isSame(left: Hovered, right: Hovered): boolean {
  return (
    left.index === right.index &&
    left.column === right.column &&
    left.right === right.right &&
    left.top === right.top &&
    left.height === right.height
  );
}
