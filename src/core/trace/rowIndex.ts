/**
 * From a hash (32 bits, signed) to row ids: open addressing, eight bytes an entry, hash beside id, so that a probe that misses never
 * touches the columns. The caller compares the columns of a hit (equal hashes are no proof) and goes on with `after`.
 * Nothing is deleted one by one: when half full, the index is rebuilt with what may still be found, so that its size
 * follows the rate of packets and not the length of the trace, and its entries stay in the processor's cache.
 */
import { NONE } from './tables.ts';

const SMALLEST = 1 << 14;

export class RowIndex {
  /** Hash and id in turn; id NONE marks a free slot. */
  #entries = emptyEntries(SMALLEST);
  #spare = emptyEntries(0);
  #mask = SMALLEST - 1;
  #used = 0;

  /** Place of the first entry with this hash, or of the free slot where it belongs. */
  first(hash: number): number {
    return this.#probe(hash, hash & this.#mask);
  }

  /** The same, beyond an entry that turned out to be something else. */
  after(place: number, hash: number): number {
    return this.#probe(hash, (place + 1) & this.#mask);
  }

  /** Touches the entry where `first` begins to look. */
  load(hash: number): number {
    return this.#entries[2 * (hash & this.#mask)]!;
  }

  /** Id at a place; NONE when it is free. */
  idAt(place: number): number {
    return this.#entries[2 * place + 1]!;
  }

  /** Puts `id` where `first` or `after` led. Places from before are void when it returns `true`: time to call `keep`. */
  put(place: number, hash: number, id: number): boolean {
    const entries = this.#entries;
    if (entries[2 * place + 1] === NONE) this.#used++;
    entries[2 * place] = hash;
    entries[2 * place + 1] = id;
    return this.#used * 2 > this.#mask;
  }

  /** Drops every entry that `wanted` refuses, and makes room. */
  keep(wanted: (id: number) => boolean): void {
    const old = this.#entries;
    let kept = 0;
    for (let at = 1; at < old.length; at += 2) {
      if (old[at] === NONE) continue;
      if (wanted(old[at]!)) kept++;
      else old[at] = NONE;
    }
    let size = SMALLEST;
    while (size < kept * 4) size *= 2;
    // Two arrays take turns, or each rebuild would ask for fresh memory.
    const entries = this.#spare.length === 2 * size ? freed(this.#spare) : emptyEntries(size);
    this.#spare = old;
    this.#entries = entries;
    this.#mask = size - 1;
    this.#used = kept;
    for (let at = 1; at < old.length; at += 2) {
      if (old[at] === NONE) continue;
      let place = old[at - 1]! & this.#mask;
      while (entries[2 * place + 1] !== NONE) place = (place + 1) & this.#mask;
      entries[2 * place] = old[at - 1]!;
      entries[2 * place + 1] = old[at]!;
    }
  }

  #probe(hash: number, from: number): number {
    const entries = this.#entries;
    let place = from;
    while (entries[2 * place + 1] !== NONE && entries[2 * place] !== hash) place = (place + 1) & this.#mask;
    return place;
  }
}

function emptyEntries(places: number): Int32Array<ArrayBuffer> {
  return freed(new Int32Array(2 * places));
}

function freed(entries: Int32Array<ArrayBuffer>): Int32Array<ArrayBuffer> {
  return entries.fill(NONE);
}
