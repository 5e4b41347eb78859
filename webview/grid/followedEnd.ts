/**
 * Where the list ends while its end is followed: at the newest rows that are known. Rows that come in faster than they can be read, over a slow
 * line say, would otherwise always be ahead of what was read, and nothing but empty rows would be seen.
 */
import type { RowCache } from './rowCache.ts';

/**
 * @param shown rows up to which the list was shown
 * @param count rows there are, at least as many
 * @param rows height of the viewport in rows
 */
export function followedEnd<Row>(cache: RowCache<Row>, shown: number, count: number, rows: number): number {
  const isKnown = (end: number): boolean => {
    for (let index = Math.max(0, Math.floor(end - rows)); index < end; index++)
      if (cache.get(index) === undefined) return false;
    return true;
  };
  if (isKnown(count)) return count;
  const read = Math.min(cache.lastReadEnd, count);
  return read > shown && isKnown(read) ? read : shown;
}
