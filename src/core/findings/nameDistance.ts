/** Names that a slip of the fingers makes of each other. */

/**
 * Whether two different names are one insertion, deletion, substitution or swap of neighbours apart, and not by a digit alone:
 * `db-1` and `db-2` are two hosts. One walk over both, no table, and nothing allocated: a name is compared with thousands.
 */
export function isOneEdit(a: string, b: string): boolean {
  const grows = b.length - a.length;
  if (grows > 1 || grows < -1) return false;
  const shorter = Math.min(a.length, b.length);
  let from = 0;
  while (from < shorter && a.charCodeAt(from) === b.charCodeAt(from)) from++;
  let same = 0;
  while (same < shorter - from && a.charCodeAt(a.length - 1 - same) === b.charCodeAt(b.length - 1 - same)) same++;
  const [endA, endB] = [a.length - same, b.length - same];
  if (endA - from > 2 || endB - from > 2) return false;
  const [inA, inB] = [a.slice(from, endA), b.slice(from, endB)];
  if (inA === inB || /\d/.test(inA + inB)) return false;
  if (inA.length <= 1 && inB.length <= 1) return true;
  return inA.length === 2 && inB.length === 2 && inA[0] === inB[1] && inA[1] === inB[0];
}
