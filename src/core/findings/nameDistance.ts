/**
 * Names that a slip of the fingers makes of each other. Such a slip touches two neighbouring characters at most, so before or behind
 * it nearly half of the name stands as it was: names are found by the first and by the last part of their length, and only those few
 * are compared. Why not each with each: 200 wrong names and 20,000 right ones are four million comparisons, again for every look at a
 * live trace.
 */

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

export class NameNeighbours {
  readonly #names: readonly string[];
  /** Length, end of the name, and its characters there → places in the list, rising. */
  readonly #places = new Map<string, number[]>();

  constructor(names: readonly string[]) {
    this.#names = names;
    names.forEach((name, place) => {
      for (const key of keysOf(name, name.length)) {
        const places = this.#places.get(key);
        if (places === undefined) this.#places.set(key, [place]);
        else places.push(place);
      }
    });
  }

  /** The first name of the list that is one edit away. */
  of(name: string): string | undefined {
    let first = this.#names.length;
    for (let length = name.length - 1; length <= name.length + 1; length++) {
      for (const key of keysOf(name, length)) {
        const place = this.#places.get(key)?.find((at) => at >= first || isOneEdit(name, this.#names[at]!));
        if (place !== undefined && place < first) first = place;
      }
    }
    return this.#names[first];
  }
}

/** What a name of this length has in common with `name`, one edit away: its first characters or its last. */
function keysOf(name: string, length: number): readonly [string, string] {
  const common = Math.max(0, (length - 3) >> 1);
  return [`${String(length)}<${name.slice(0, common)}`, `${String(length)}>${name.slice(name.length - common)}`];
}
