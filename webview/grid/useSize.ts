import type { RefObject } from 'preact';
import { useLayoutEffect, useState } from 'preact/hooks';

export interface Size {
  readonly width: number;
  readonly height: number;
}

/** The element's content box in CSS pixels, kept up to date. */
export function useSize(ref: RefObject<HTMLElement | null>): Size {
  const [size, setSize] = useState<Size>({ width: 0, height: 0 });
  useLayoutEffect(() => {
    const element = ref.current;
    if (element === null) return undefined;
    const measure = (): void => {
      const next = { width: element.clientWidth, height: element.clientHeight };
      setSize((old) => (old.width === next.width && old.height === next.height ? old : next));
    };
    const observer = new ResizeObserver(measure);
    observer.observe(element);
    measure();
    return () => observer.disconnect();
  }, []);
  return size;
}

/** Height of a row in CSS pixels, as the style sheet says in `--grid-row-height`. */
export function useRowHeight(ref: RefObject<HTMLElement | null>): number {
  const [height, setHeight] = useState(22);
  useLayoutEffect(() => {
    if (ref.current === null) return;
    const own = Number.parseFloat(getComputedStyle(ref.current).getPropertyValue('--grid-row-height'));
    if (own > 0) setHeight(own);
  }, []);
  return height;
}
