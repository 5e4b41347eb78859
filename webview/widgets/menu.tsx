import { useLayoutEffect, useRef, useState } from 'preact/hooks';

export interface MenuItem {
  readonly label: string;
  /** Drawn apart from the items before it. */
  readonly isFirstOfGroup?: boolean;
  readonly onChoose: () => void;
}

export interface MenuProps {
  readonly label: string;
  /** Where it opens, pixels of the window. */
  readonly x: number;
  readonly y: number;
  readonly items: readonly MenuItem[];
  /** What opened it, and closes it itself. */
  readonly opener?: { readonly current: Element | null };
  readonly onClose: () => void;
}

/** A context menu with the keys of VS Code's; the focus goes back to where it came from. */
export function Menu({ label, x, y, items, opener: owner, onClose }: MenuProps) {
  const ref = useRef<HTMLDivElement>(null);
  const [at, setAt] = useState(0);
  const [place, setPlace] = useState({ left: x, top: y });
  // Before it is painted: the next key is the menu's already.
  useLayoutEffect(() => {
    const opener = document.activeElement;
    ref.current?.focus({ preventScroll: true });
    const onPointer = ({ target }: PointerEvent): void => {
      if (!(target instanceof Node) || owner?.current?.contains(target) === true) return;
      if (ref.current?.contains(target) !== true) onClose();
    };
    document.addEventListener('pointerdown', onPointer);
    window.addEventListener('blur', onClose);
    return () => {
      document.removeEventListener('pointerdown', onPointer);
      window.removeEventListener('blur', onClose);
      const { activeElement } = document;
      const isOurs = activeElement === document.body || ref.current?.contains(activeElement) === true;
      if (isOurs && opener instanceof HTMLElement) opener.focus({ preventScroll: true });
    };
  }, []);
  useLayoutEffect(() => {
    const box = ref.current?.getBoundingClientRect();
    if (box === undefined) return;
    setPlace({
      left: Math.max(0, Math.min(x, window.innerWidth - box.width - 4)),
      top: y + box.height > window.innerHeight ? Math.max(0, y - box.height) : y,
    });
  }, [x, y]);

  const choose = (index: number): void => {
    // Before the choice, which may move the focus itself.
    onClose();
    items[index]?.onChoose();
  };
  const onKeyDown = (event: KeyboardEvent): void => {
    const last = items.length - 1;
    if (event.key === 'ArrowDown') setAt(at === last ? 0 : at + 1);
    else if (event.key === 'ArrowUp') setAt(at === 0 ? last : at - 1);
    else if (event.key === 'Home') setAt(0);
    else if (event.key === 'End') setAt(last);
    else if (event.key === 'Enter' || event.key === ' ') choose(at);
    else if (event.key === 'Escape' || event.key === 'Tab') onClose();
    else return;
    event.preventDefault();
    event.stopPropagation();
  };
  return (
    <div
      ref={ref}
      class="menu"
      role="menu"
      aria-label={label}
      aria-activedescendant={`menu-item-${String(at)}`}
      tabIndex={-1}
      style={{ left: `${String(place.left)}px`, top: `${String(place.top)}px` }}
      onKeyDown={onKeyDown}
      onContextMenu={(event) => event.preventDefault()}
    >
      {items.map((item, index) => (
        <div
          key={`${String(index)} ${item.label}`}
          id={`menu-item-${String(index)}`}
          class={item.isFirstOfGroup === true && index > 0 ? 'menu-item menu-group' : 'menu-item'}
          role="menuitem"
          data-current={index === at ? '' : undefined}
          // Not when it enters: a menu may open under a pointer that rests.
          onPointerMove={() => setAt(index)}
          onClick={() => choose(index)}
        >
          <div class="menu-label" title={item.label}>
            {item.label}
          </div>
        </div>
      ))}
    </div>
  );
}
