import type { ComponentChildren } from 'preact';
import { useRef } from 'preact/hooks';

export interface SplitPaneProps {
  readonly label: string;
  /** `row`: the second part stands right; `column`: below. */
  readonly direction: 'row' | 'column';
  /** Share of the second part, 0 to 1. */
  readonly share: number;
  readonly onShare: (share: number) => void;
  readonly first: ComponentChildren;
  /** Without it the first part takes all. */
  readonly second: ComponentChildren | undefined;
}

const MIN_SHARE = 0.2;
const MAX_SHARE = 0.8;
const STEP = 0.05;

const bound = (share: number): number => Math.min(MAX_SHARE, Math.max(MIN_SHARE, share));

/** Two parts and a sash that can be dragged, or moved with the arrow keys. */
export function SplitPane({ label, direction, share, onShare, first, second }: SplitPaneProps) {
  const root = useRef<HTMLDivElement>(null);
  const shown = bound(share);
  const onPointerDown = (event: PointerEvent): void => {
    if (event.button !== 0) return;
    event.preventDefault();
    (event.currentTarget as HTMLElement).setPointerCapture(event.pointerId);
  };
  const onPointerMove = (event: PointerEvent): void => {
    if (root.current === null || !(event.currentTarget as HTMLElement).hasPointerCapture(event.pointerId)) return;
    const box = root.current.getBoundingClientRect();
    onShare(
      bound(direction === 'row' ? (box.right - event.clientX) / box.width : (box.bottom - event.clientY) / box.height),
    );
  };
  const onKeyDown = (event: KeyboardEvent): void => {
    const more = direction === 'row' ? 'ArrowLeft' : 'ArrowUp';
    const less = direction === 'row' ? 'ArrowRight' : 'ArrowDown';
    if (event.key !== more && event.key !== less) return;
    event.preventDefault();
    onShare(bound(shown + (event.key === more ? STEP : -STEP)));
  };
  return (
    <div ref={root} class={`split split-${direction}`}>
      <div class="split-first">{first}</div>
      {second !== undefined && (
        <>
          <div
            class="split-sash"
            role="separator"
            tabIndex={0}
            aria-label={label}
            aria-orientation={direction === 'row' ? 'vertical' : 'horizontal'}
            aria-valuenow={Math.round(shown * 100)}
            aria-valuemin={MIN_SHARE * 100}
            aria-valuemax={MAX_SHARE * 100}
            onPointerDown={onPointerDown}
            onPointerMove={onPointerMove}
            onKeyDown={onKeyDown}
          />
          <div class="split-second" style={{ flexBasis: `${String(shown * 100)}%` }}>
            {second}
          </div>
        </>
      )}
    </div>
  );
}
