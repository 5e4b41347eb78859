/**
 * How much memory the columns may take. Past the budget the oldest chunks go to a store (a file, in io/) and come back
 * when a row of theirs is asked for; which ones are in memory never changes what anybody reads, only what it costs.
 * Chunks that came back are visitors: the latest few of each table stay, so that a pass over all rows costs one reading of what
 * was put away, needs no care, and leaves the newest rows, where packets arrive, in memory. The one that goes gives its memory to
 * the one that comes: such a pass allocates nothing.
 * Invariant: who holds a chunk asks for it again after anything that may bring back more than a few others; what was put
 * away is read and written through its table only.
 */
export interface RowStore {
  /**
   * Keeps a copy of the bytes; the earlier one at `place`, if there is one, is void.
   * @returns its place; `undefined` when it cannot be kept: the rows then stay in memory
   */
  write(place: number | undefined, bytes: Uint8Array): number | undefined;
  /** The bytes given for `place` are still in use there, and must not change. */
  holds?(place: number): boolean;
  /** Fills `bytes` with what was kept at `place`, from this byte of it on; 0 unless said. Throws when the store lost it. */
  read(place: number, bytes: Uint8Array, from?: number): void;
  /** Writes over part of what was kept at `place`; `false` when it cannot, and then nothing was written. */
  patch?(place: number, bytes: Uint8Array, from: number): boolean;
}

/** A chunk as its table holds it. */
interface Resident {
  readonly table: { evict(index: number, mayWrite: boolean): (() => void) | undefined; isTail(index: number): boolean };
  readonly index: number;
  readonly bytes: number;
}

/** Of each table: a row, its neighbours, and the same again elsewhere. */
const VISITORS = 4;
/** Chunks put away whose memory is not given to other rows yet, for who still looks at one. */
const LEAVING = 4;

export class RowMemory {
  readonly store: RowStore | undefined;
  /** Bytes of columns to keep in memory; visitors come on top. */
  readonly budget: number;
  #bytes = 0;
  #full = false;
  #natives: Resident[] = [];
  readonly #visitors = new Map<Resident['table'], Resident[]>();
  readonly #leaving: (() => void)[] = [];

  constructor(budget = Number.POSITIVE_INFINITY, store?: RowStore) {
    this.budget = budget;
    this.store = store;
  }

  /** Bytes of columns in memory now. */
  get bytes(): number {
    return this.#bytes;
  }

  /** Old rows can no longer be put away: the store takes no more. */
  get full(): boolean {
    return this.#full;
  }

  /** A new chunk. */
  added(chunk: Resident): void {
    this.#bytes += chunk.bytes;
    this.#natives.push(chunk);
  }

  /** A chunk that was put away is needed again. */
  broughtBack(chunk: Resident): void {
    this.#bytes += chunk.bytes;
    const visitors = this.#visitors.get(chunk.table) ?? [];
    this.#visitors.set(chunk.table, visitors);
    visitors.push(chunk);
    if (visitors.length > VISITORS) this.#evict(visitors.shift()!);
  }

  /** Puts the oldest chunks away until the rest fits the budget. Call it where nobody holds a chunk to write to. */
  trim(): void {
    if (this.#bytes <= this.budget || this.store === undefined || this.#full) return;
    const stay: Resident[] = [];
    for (const chunk of this.#natives) {
      // The last chunk of a table is being filled.
      if (this.#bytes <= this.budget || chunk.table.isTail(chunk.index) || !this.#evict(chunk)) stay.push(chunk);
    }
    this.#natives = stay;
  }

  #evict(chunk: Resident): boolean {
    // Of what was only read the store has a copy, full or not.
    const release = chunk.table.evict(chunk.index, !this.#full);
    if (release === undefined) {
      this.#full = true;
      return false;
    }
    this.#bytes -= chunk.bytes;
    if (this.#leaving.push(release) > LEAVING) this.#leaving.shift()!();
    return true;
  }
}
