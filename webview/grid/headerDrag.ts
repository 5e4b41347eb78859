/** A heading that is drawn to another place. Less than a few pixels is a click, which sorts. */
import { useRef, useState } from 'preact/hooks';

const CLICK_PX = 5;

export interface HeadingDrag {
  /** The column on its way. */
  readonly id: string;
  /** Where it would stand among the headings, counted with itself still in its old place. */
  readonly gap: number;
}

export interface HeaderDrag {
  readonly drag: HeadingDrag | undefined;
  readonly onDown: (event: PointerEvent, id: string) => void;
  readonly onMove: (event: PointerEvent) => void;
  /** Ends it; the new place is told to `onMoved`. */
  readonly onUp: (event: PointerEvent) => void;
  readonly onCancel: () => void;
  /** Whether the click that follows belongs to a drag. */
  readonly takeClick: () => boolean;
}

/** @param onMoved place among the others, without itself */
export function useHeaderDrag(onMoved: (id: string, to: number) => void): HeaderDrag {
  const [drag, setDrag] = useState<HeadingDrag | undefined>(undefined);
  const down = useRef<{ readonly id: string; readonly x: number } | undefined>(undefined);
  const dragged = useRef(false);

  const gapAt = (heading: HTMLElement, x: number): number => {
    const headings = [...(heading.parentElement?.children ?? [])];
    const gap = headings.findIndex((other) => {
      const { left, width } = other.getBoundingClientRect();
      return x < left + width / 2;
    });
    return gap < 0 ? headings.length : gap;
  };
  const end = (): void => {
    down.current = undefined;
    setDrag(undefined);
  };
  return {
    drag,
    onDown: (event, id) => {
      dragged.current = false;
      if (event.button === 0) down.current = { id, x: event.clientX };
    },
    onMove: (event) => {
      const from = down.current;
      if (from === undefined || (drag === undefined && Math.abs(event.clientX - from.x) < CLICK_PX)) return;
      const heading = event.currentTarget as HTMLElement;
      heading.setPointerCapture(event.pointerId);
      dragged.current = true;
      const gap = gapAt(heading, event.clientX);
      if (drag?.gap !== gap) setDrag({ id: from.id, gap });
    },
    onUp: (event) => {
      const heading = event.currentTarget as HTMLElement;
      const own = [...(heading.parentElement?.children ?? [])].indexOf(heading);
      if (drag !== undefined) onMoved(drag.id, drag.gap > own ? drag.gap - 1 : drag.gap);
      end();
    },
    onCancel: end,
    takeClick: () => dragged.current,
  };
}
