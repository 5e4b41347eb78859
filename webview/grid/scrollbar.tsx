import { useRef, useState } from 'preact/hooks';
import { type ScrollState, thumbOf, topOfThumb } from './scrollModel.ts';

const MIN_THUMB = 24;

export interface ScrollbarProps {
  readonly state: ScrollState;
  /** Pixels. */
  readonly track: number;
  readonly onScroll: (top: number) => void;
}

/** The grid's own vertical scrollbar: pointer only, as the keys belong to the grid itself. */
export function Scrollbar({ state, track, onScroll }: ScrollbarProps) {
  const grab = useRef<number | undefined>(undefined);
  const [dragging, setDragging] = useState(false);
  const thumb = thumbOf(state, track, MIN_THUMB);
  if (thumb.size === 0) return <div class="grid-scrollbar" aria-hidden="true" />;

  const offsetOf = (event: PointerEvent): number =>
    event.clientY - (event.currentTarget as HTMLElement).getBoundingClientRect().top;
  const onPointerDown = (event: PointerEvent): void => {
    if (event.button !== 0) return;
    event.preventDefault();
    const at = offsetOf(event);
    const onThumb = at >= thumb.offset && at < thumb.offset + thumb.size;
    grab.current = onThumb ? at - thumb.offset : thumb.size / 2;
    (event.currentTarget as HTMLElement).setPointerCapture(event.pointerId);
    setDragging(true);
    if (!onThumb) onScroll(topOfThumb(at - grab.current, state, track, MIN_THUMB));
  };
  const onPointerMove = (event: PointerEvent): void => {
    if (grab.current !== undefined) onScroll(topOfThumb(offsetOf(event) - grab.current, state, track, MIN_THUMB));
  };
  const onPointerEnd = (): void => {
    grab.current = undefined;
    setDragging(false);
  };
  return (
    <div
      class={dragging ? 'grid-scrollbar grid-scrollbar-active' : 'grid-scrollbar'}
      aria-hidden="true"
      onPointerDown={onPointerDown}
      onPointerMove={onPointerMove}
      onPointerUp={onPointerEnd}
      onPointerCancel={onPointerEnd}
    >
      <div
        class="grid-thumb"
        style={{ height: `${String(thumb.size)}px`, transform: `translateY(${String(thumb.offset)}px)` }}
      />
    </div>
  );
}
