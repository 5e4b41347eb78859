/**
 * The candidate nearest to `word` by optimal string alignment (insert, delete, replace, swap neighbours), when it is near
 * enough to be a slip: one step for short words, two from five letters on. Cost: candidates × length, for only the few cells
 * beside the diagonal can hold so small a distance; words longer than 40 letters are not looked at.
 */
export function suggest(word: string, candidates: Iterable<string>): string | undefined {
  if (word.length > 40) return undefined;
  const wanted = word.toLowerCase();
  let limit = wanted.length < 5 ? 1 : 2;
  let best: string | undefined;
  for (const candidate of candidates) {
    if (limit < 0) break;
    if (Math.abs(candidate.length - wanted.length) > limit) continue;
    const distance = alignmentDistance(wanted, candidate.toLowerCase(), limit);
    if (distance > limit) continue;
    best = candidate;
    // Only a nearer one is better.
    limit = distance - 1;
  }
  return best;
}

/** Rows of the table, kept: a table is made for every candidate, and made anew they would cost more than the search. */
const ROWS = [new Uint8Array(128), new Uint8Array(128), new Uint8Array(128)] as const;

/** The distance when it is at most `limit`, else some number above it. The lengths differ by `limit` at most. */
function alignmentDistance(a: string, b: string, limit: number): number {
  const above = limit + 1;
  let [beforeLast, last, row]: [Uint8Array, Uint8Array, Uint8Array] = [...ROWS];
  for (let j = 0; j <= b.length; j += 1) last[j] = Math.min(j, above);
  let nearestBefore = 0;
  for (let i = 1; i <= a.length; i += 1) {
    row.fill(above, 0, b.length + 1);
    row[0] = Math.min(i, above);
    let nearest = row[0];
    for (let j = Math.max(1, i - limit); j <= Math.min(b.length, i + limit); j += 1) {
      const same = a.charCodeAt(i - 1) === b.charCodeAt(j - 1);
      let cost = Math.min((last[j] ?? above) + 1, (row[j - 1] ?? above) + 1, (last[j - 1] ?? above) + (same ? 0 : 1));
      if (i > 1 && j > 1 && a.charCodeAt(i - 1) === b.charCodeAt(j - 2) && a.charCodeAt(i - 2) === b.charCodeAt(j - 1))
        cost = Math.min(cost, (beforeLast[j - 2] ?? above) + 1);
      row[j] = Math.min(cost, above);
      nearest = Math.min(nearest, cost);
    }
    // A swap of neighbours reaches back over one row.
    if (nearest > limit && nearestBefore > limit) return above;
    nearestBefore = nearest;
    [beforeLast, last, row] = [last, row, beforeLast];
  }
  return last[b.length] ?? above;
}
