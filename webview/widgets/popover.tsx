import type { ComponentChildren } from 'preact';
import { useLayoutEffect, useRef } from 'preact/hooks';

export interface PopoverProps {
  readonly label: string;
  readonly onClose: () => void;
  readonly children: ComponentChildren;
}

/** A small box over the content; closes on Escape and when the focus or a click goes elsewhere. */
export function Popover({ label, onClose, children }: PopoverProps) {
  const ref = useRef<HTMLDivElement>(null);
  // Before it is painted: the next key is the box's already.
  useLayoutEffect(() => {
    const opener = document.activeElement;
    ref.current?.focus();
    const onPointer = (event: PointerEvent): void => {
      const target = event.target;
      if (target instanceof Node && ref.current?.parentElement?.contains(target) !== true) onClose();
    };
    document.addEventListener('pointerdown', onPointer);
    return () => {
      document.removeEventListener('pointerdown', onPointer);
      if (
        opener instanceof HTMLElement &&
        (document.activeElement === document.body || ref.current?.contains(document.activeElement) === true)
      )
        opener.focus();
    };
  }, []);
  return (
    <div
      ref={ref}
      class="popover"
      role="dialog"
      aria-label={label}
      tabIndex={-1}
      onFocusOut={({ relatedTarget }) => {
        if (relatedTarget instanceof Node && ref.current?.parentElement?.contains(relatedTarget) !== true) onClose();
      }}
      onKeyDown={(event) => {
        if (event.key !== 'Escape') return;
        event.stopPropagation();
        onClose();
      }}
    >
      {children}
    </div>
  );
}
