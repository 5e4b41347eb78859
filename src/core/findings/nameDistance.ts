/** Names that a slip of the fingers makes of each other. */

/**
 * Whether two different names are one insertion, deletion, substitution or swap of neighbours apart, and not by a digit alone:
 * `db-1` and `db-2` are two hosts. One walk over both, no table.
 */
export function isOneEdit(a: string, b: string): boolean {
  const [short, long] = a.length <= b.length ? [a, b] : [b, a];
  if (long.length - short.length > 1 || a === b) return false;
  let from = 0;
  while (from < short.length && short[from] === long[from]) from++;
  let end = 0;
  while (end < short.length - from && short[short.length - 1 - end] === long[long.length - 1 - end]) end++;
  const inShort = short.slice(from, short.length - end);
  const inLong = long.slice(from, long.length - end);
  if (/\d/.test(inShort + inLong)) return false;
  if (inShort.length <= 1 && inLong.length === 1) return true;
  return inShort.length === 2 && inLong.length === 2 && inShort[0] === inLong[1] && inShort[1] === inLong[0];
}
