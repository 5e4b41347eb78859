/**
 * A tree grid that shows a window of any number of rows. Its owner gives a cache of rows, columns and a count; it
 * gives back what the user did. Only the rows in sight exist as elements (rowSlots.ts), so the cost of a paint does not
 * depend on the count. Scrolling is our own (scrollModel.ts). Keys are those of VS Code's lists; the focus stays on the grid and
 * `aria-activedescendant` names the row.
 * Invariant: rows that come in, above, below or between, never move what is read: the row that the user is at is held by its key where it is
 * in sight, else the top row.
 */
import type { ComponentChildren } from 'preact';
import { useCallback, useEffect, useLayoutEffect, useMemo, useRef, useState } from 'preact/hooks';
import { cellAt, CellTools } from './cellPointer.tsx';
import { type Column, type ColumnState, layoutColumns, visibleColumns } from './columns.ts';
import { followedEnd } from './followedEnd.ts';
import { GridHeader, type GridSort } from './gridHeader.tsx';
import { gridKey } from './gridKeys.ts';
import { GridRow, type RowInfo } from './gridRow.tsx';
import type { RowCache } from './rowCache.ts';
import { assignSlots, NO_SLOTS } from './rowSlots.ts';
import { Scrollbar } from './scrollbar.tsx';
import {
  clampTop,
  isAtEnd,
  type ScrollState,
  topAfterChange,
  topToCenter,
  topToReveal,
  visibleRange,
} from './scrollModel.ts';
import {
  extendTo,
  type IndexRange,
  isSelected,
  selectAll,
  type Selection,
  selectOnly,
  toggleRow,
} from './selection.ts';
import { useRowHeight, useSize } from './useSize.ts';

export interface VirtualGridProps<Row> {
  readonly label: string;
  readonly cache: RowCache<Row>;
  readonly count: number;
  readonly columns: readonly Column<Row>[];
  readonly columnState: ColumnState;
  readonly onColumnState: (state: ColumnState) => void;
  readonly sort: GridSort | undefined;
  readonly onSort: (sort: GridSort | undefined) => void;
  readonly rowInfo: (row: Row) => RowInfo;
  /** Key of the selected row. */
  readonly selected: string | undefined;
  /** By pointer or key. */
  readonly onSelect: (row: Row, index: number) => void;
  /** Enter, or a click. */
  readonly onOpen: (row: Row, by: 'pointer' | 'key') => void;
  readonly onToggle: (row: Row, expanded: boolean) => void;
  /** Several rows are chosen, or (empty) only the selected one. */
  readonly onChoose: (ranges: readonly IndexRange[]) => void;
  readonly onCopy: () => void;
  /** Escape, when no rows are chosen that it would let go of. */
  readonly onEscape?: () => void;
  /** A right click on a cell, or the menu key: then without a cell. Pixels of the window. */
  readonly onMenu?: (row: Row, column: string | undefined, x: number, y: number) => void;
  /** Small tools over the cell the pointer is at; nothing where there are none. */
  readonly cellTools?: (row: Row | undefined, column: string) => ComponentChildren;
  readonly follow: boolean;
  /** The user scrolled to the end or away from it. */
  readonly onFollow: (follow: boolean) => void;
  /** Changes when the rows mean something else: the grid starts at the top (or the end when following). */
  readonly identity: string;
  /** A new object jumps to that row and selects it. */
  readonly jump: { readonly index: number } | undefined;
  /** Where it stands at first, rows. */
  readonly firstTop?: number;
  /** A new object puts it there. */
  readonly place?: { readonly top: number } | undefined;
  /** It stands elsewhere, rows: because the user scrolled, or because rows came or went. */
  readonly onTop?: (top: number, isScrolled: boolean) => void;
  /** Shown instead of rows while there are none. */
  readonly children?: ComponentChildren;
}

const ANCHOR_REACH = 300;

/** What is held where it is while rows come and go. */
interface HeldRow {
  readonly index: number;
  readonly key: string;
  /** It is what the user acted on last, until he goes elsewhere. */
  readonly isToggled?: boolean;
}

interface Chosen {
  readonly selection: Selection;
  /** Of the focused row, by which it is known that rows are still where they were. */
  readonly key: string | undefined;
}

export function VirtualGrid<Row>(props: VirtualGridProps<Row>) {
  const { cache, columns, columnState, rowInfo, selected, follow } = props;
  const bodyRef = useRef<HTMLDivElement>(null);
  const gridRef = useRef<HTMLDivElement>(null);
  const canvasRef = useRef<HTMLDivElement>(null);
  const scrollerRef = useRef<HTMLDivElement>(null);
  const rowHeight = useRowHeight(bodyRef);
  const size = useSize(bodyRef);
  const room = useSize(scrollerRef).width;
  const rows = size.height / rowHeight;
  const [wantedTop, setTop] = useState(props.firstTop ?? 0);
  const [cursor, setCursor] = useState(-1);
  const [chosen, setChosen] = useState<Chosen | undefined>(undefined);
  const last = useRef<ScrollState>({ top: 0, count: 0, rows: 0 });
  const anchor = useRef<HeldRow | undefined>(undefined);
  const awaited = useRef<number | undefined>(undefined);
  const lastIdentity = useRef(props.identity);
  const scrolled = useRef(false);
  const slots = useRef(NO_SLOTS);

  // The position is settled before painting: growth at the end, rows inserted above, a new view.
  let top = wantedTop;
  const before = last.current;
  const isFollowing =
    follow && before.count > 0 && lastIdentity.current === props.identity && isAtEnd({ ...before, top, rows });
  const count =
    isFollowing && props.count > before.count ? followedEnd(cache, before.count, props.count, rows) : props.count;
  if (lastIdentity.current !== props.identity) {
    lastIdentity.current = props.identity;
    anchor.current = undefined;
    top = clampTop(follow ? Infinity : 0, count, rows);
  } else if (before.count !== count || before.rows !== rows) {
    top = topAfterChange({ ...before, top }, { count, rows }, follow);
  }
  const held = anchor.current;
  const sticking = follow && isAtEnd({ top, count, rows });
  let isLost = false;
  if (held !== undefined && !sticking) {
    const now = cache.get(held.index);
    if (now !== undefined && rowInfo(now).key !== held.key) {
      const moved = cache.findNear(held.index, ANCHOR_REACH, (row) => rowInfo(row).key === held.key);
      isLost = moved < 0;
      if (!isLost) {
        top = clampTop(top + moved - held.index, count, rows);
        anchor.current = { ...held, index: moved };
      }
    }
  }
  top = clampTop(top, count, rows);
  const state: ScrollState = { top, count, rows };
  const range = visibleRange(state);
  const current = currentIndex(cache, range, cursor, selected, (row) => rowInfo(row).key);

  useLayoutEffect(() => {
    last.current = state;
    if (top !== wantedTop) setTop(top);
    const isInSight = (index: number): boolean => index >= top - 1e-6 && index + 1 <= top + rows + 1e-6;
    // It went farther than rows are known: those are read before another is held.
    const near = held === undefined ? 0 : Math.max(0, held.index - ANCHOR_REACH);
    const far = held === undefined ? 0 : Math.min(count, held.index + ANCHOR_REACH);
    const isSought = isLost && !cache.isFresh(near, far);
    if (isSought) cache.want(near, far);
    else {
      const kept = anchor.current?.isToggled === true && isInSight(anchor.current.index);
      const index = isInSight(current) ? current : Math.ceil(top - 1e-6);
      const row = cache.get(index);
      if (row !== undefined && !kept && (isLost || anchor.current?.index !== index))
        anchor.current = { index, key: rowInfo(row).key };
      // Where the end is followed, the newest rows rather than those on the screen.
      const ahead = props.count - count;
      cache.want(Math.max(0, range.from + ahead - 10), Math.min(props.count, range.to + ahead + 10));
    }
    const waiting = awaited.current;
    const arrived = waiting === undefined ? undefined : cache.get(waiting);
    if (waiting !== undefined && arrived !== undefined) {
      awaited.current = undefined;
      props.onSelect(arrived, waiting);
    }
  });

  const scrollTo = useCallback(
    (next: number): void => {
      const bounded = clampTop(next, count, rows);
      anchor.current = undefined;
      scrolled.current = true;
      setTop(bounded);
      const atEnd = isAtEnd({ top: bounded, count, rows });
      if (atEnd !== follow) props.onFollow(atEnd);
    },
    [count, rows, follow, props.onFollow],
  );

  const choose = (next: Selection | undefined): void => {
    const row = next === undefined ? undefined : cache.get(next.focus);
    setChosen(
      next === undefined ? undefined : { selection: next, key: row === undefined ? undefined : rowInfo(row).key },
    );
    props.onChoose(next?.ranges ?? []);
  };

  const select = (index: number, next?: Selection): void => {
    anchor.current = undefined;
    setCursor(index);
    if (next !== undefined || chosen !== undefined) choose(next);
    const row = cache.get(index);
    awaited.current = row === undefined ? index : undefined;
    if (row !== undefined) props.onSelect(row, index);
  };

  useEffect(() => {
    if (isNew(props.place)) scrollTo(props.place.top);
  }, [props.place]);
  useEffect(() => {
    props.onTop?.(top, scrolled.current);
    scrolled.current = false;
  }, [top]);

  useEffect(() => {
    if (!isNew(props.jump)) return;
    anchor.current = undefined;
    const next = topToCenter({ top, count, rows }, props.jump.index);
    setTop(next);
    if (follow && !isAtEnd({ top: next, count, rows })) props.onFollow(false);
    select(props.jump.index);
    canvasRef.current?.focus({ preventScroll: true });
  }, [props.jump]);

  // Rows that moved or went are no longer the ones that were chosen.
  useEffect(() => {
    if (chosen === undefined) return;
    const at = cache.get(chosen.selection.focus);
    if (
      chosen.selection.focus >= count ||
      (at !== undefined && chosen.key !== undefined && rowInfo(at).key !== chosen.key)
    )
      choose(undefined);
  });
  useEffect(() => {
    if (chosen !== undefined) choose(undefined);
  }, [props.identity]);

  const toggle = (row: Row, index: number, expanded: boolean): void => {
    anchor.current = { index, key: rowInfo(row).key, isToggled: true };
    props.onToggle(row, expanded);
  };

  const onWheel = (event: WheelEvent): void => {
    if (event.ctrlKey || event.shiftKey || event.deltaY === 0) return;
    const delta =
      event.deltaMode === 1 ? event.deltaY : event.deltaMode === 2 ? event.deltaY * rows : event.deltaY / rowHeight;
    event.preventDefault();
    scrollTo(top + delta);
  };

  const onKeyDown = (event: KeyboardEvent): void => {
    if (event.target !== event.currentTarget) return;
    const row = cache.get(current);
    if (event.key === 'ContextMenu' || (event.shiftKey && event.key === 'F10')) {
      const box = document.getElementById(`grid-row-${String(current)}`)?.getBoundingClientRect();
      if (row === undefined || box === undefined) return;
      event.preventDefault();
      props.onMenu?.(row, undefined, box.left + 24, box.bottom);
      return;
    }
    const info = row === undefined ? undefined : rowInfo(row);
    const parent =
      info?.level === 2 ? cache.findBefore(current, ANCHOR_REACH, (other) => rowInfo(other).level === 1) : -1;
    const action = gridKey(event, { index: current, count, rows, info, parent });
    if (action === undefined || (action.kind === 'chooseOne' && chosen === undefined)) {
      if (event.key === 'Escape') props.onEscape?.();
      return;
    }
    event.preventDefault();
    if (action.kind === 'move') {
      const next = topToReveal(state, action.to);
      if (next !== top) scrollTo(next);
      select(action.to, action.extends ? extendTo(chosen?.selection ?? selectOnly(current), action.to) : undefined);
    } else if (action.kind === 'copy') props.onCopy();
    else if (action.kind === 'chooseAll') choose(selectAll(count, chosen?.selection ?? selectOnly(current)));
    else if (action.kind === 'chooseOne') choose(undefined);
    else if (row !== undefined && action.kind === 'toggle') toggle(row, current, action.expanded);
    else if (row !== undefined && action.kind === 'open') props.onOpen(row, 'key');
  };

  const shown = useMemo(() => visibleColumns(columns, columnState), [columns, columnState]);
  const layout = layoutColumns(shown, columnState, room);
  slots.current = assignSlots(slots.current, range);
  const painted: ComponentChildren[] = [];
  for (let index = range.from; index < range.to; index++) {
    const row = cache.get(index);
    painted.push(
      <GridRow
        key={slots.current.slots[index - range.from]}
        index={index}
        row={row}
        info={row === undefined ? undefined : rowInfo(row)}
        columns={shown}
        selected={
          chosen === undefined
            ? row !== undefined && rowInfo(row).key === selected
            : isSelected(chosen.selection, index)
        }
        current={index === current}
        offset={(index - top) * rowHeight}
        onPointer={(of, { shift, command }) => {
          const before = chosen?.selection ?? selectOnly(current);
          select(index, shift ? extendTo(before, index) : command ? toggleRow(before, index) : undefined);
          if (!shift && !command) props.onOpen(of, 'pointer');
          canvasRef.current?.focus({ preventScroll: true });
        }}
        onToggle={(of, expanded) => toggle(of, index, expanded)}
      />,
    );
  }
  const onContextMenu = (event: MouseEvent): void => {
    const at = cellAt(event.target, shown);
    const row = at === undefined ? undefined : cache.get(at.index);
    if (at === undefined || row === undefined || props.onMenu === undefined) return;
    event.preventDefault();
    if (chosen === undefined || !isSelected(chosen.selection, at.index)) select(at.index);
    canvasRef.current?.focus({ preventScroll: true });
    props.onMenu(row, at.column, event.clientX, event.clientY);
  };
  const { cellTools } = props;
  const active = count > 0 && current >= range.from && current < range.to ? `grid-row-${String(current)}` : undefined;
  return (
    <div ref={gridRef} class="grid">
      <div ref={scrollerRef} class="grid-scroller">
        <div
          ref={canvasRef}
          class={active === undefined ? 'grid-canvas grid-canvas-alone' : 'grid-canvas'}
          role="treegrid"
          aria-label={props.label}
          aria-multiselectable={true}
          aria-rowcount={props.count + 1}
          aria-colcount={shown.length}
          aria-activedescendant={active}
          tabIndex={0}
          style={{ minWidth: `${String(layout.least)}px`, '--grid-columns': layout.tracks }}
          onKeyDown={onKeyDown}
          onContextMenu={onContextMenu}
        >
          <GridHeader
            columns={shown}
            state={columnState}
            sort={props.sort}
            onState={props.onColumnState}
            onSort={props.onSort}
          />
          <div ref={bodyRef} class="grid-body" role="rowgroup" onWheel={onWheel}>
            {painted}
          </div>
        </div>
      </div>
      {cellTools !== undefined && (
        <CellTools
          body={bodyRef}
          frame={gridRef}
          columns={shown}
          moved={`${props.identity} ${String(top)} ${String(size.height)}`}
          tools={(index, column) => cellTools(cache.get(index), column)}
        />
      )}
      <Scrollbar state={state} track={size.height} onScroll={scrollTo} />
      {count === 0 && <div class="grid-empty">{props.children}</div>}
    </div>
  );
}

/** Wishes that were granted, so that a grid that is made anew does not grant them again. */
const granted = new WeakSet<object>();

function isNew<Wish extends object>(wish: Wish | undefined): wish is Wish {
  if (wish === undefined || granted.has(wish)) return false;
  granted.add(wish);
  return true;
}

/** The row the keys act on: where the selected row is now, else where the cursor was left. */
function currentIndex<Row>(
  cache: RowCache<Row>,
  range: { readonly from: number; readonly to: number },
  cursor: number,
  selected: string | undefined,
  keyOf: (row: Row) => string,
): number {
  const at = cache.get(cursor);
  if (selected === undefined || (at !== undefined && keyOf(at) === selected)) return cursor;
  for (let index = range.from; index < range.to; index++) {
    const row = cache.get(index);
    if (row !== undefined && keyOf(row) === selected) return index;
  }
  return cursor;
}
