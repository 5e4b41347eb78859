/**
 * The first index in `[from, to)` at which `isThere` holds, or `to`. What it tells must not change more than once: false up to some
 * index, true from there on. Calls it log2(to - from) times.
 */
export function firstIndex(from: number, to: number, isThere: (index: number) => boolean): number {
  let low = from;
  let high = to;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (isThere(middle)) high = middle;
    else low = middle + 1;
  }
  return low;
}
