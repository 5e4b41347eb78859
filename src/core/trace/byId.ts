/**
 * What is kept for each dense id (an address, a DNS code) beside the columns: counts and sets as arrays indexed by the id.
 * A map would do the same at ten times the cost, and the hot path counts five things a query.
 */
export class IdCounts {
  #counts = new Uint32Array(64);
  #distinct = 0;

  /** Ids counted at least once. */
  get size(): number {
    return this.#distinct;
  }

  add(id: number): void {
    if (id >= this.#counts.length) this.#grow(id);
    if (this.#counts[id]!++ === 0) this.#distinct++;
  }

  get(id: number): number {
    return this.#counts[id] ?? 0;
  }

  *[Symbol.iterator](): Generator<readonly [id: number, count: number]> {
    for (let id = 0; id < this.#counts.length; id++) if (this.#counts[id] !== 0) yield [id, this.#counts[id]!];
  }

  #grow(id: number): void {
    const larger = new Uint32Array(Math.max(id + 1, this.#counts.length * 2));
    larger.set(this.#counts);
    this.#counts = larger;
  }
}

/** Ids of rows that few are like, in the order they were found: who is after them need not pass over all rows. */
export class IdList implements Iterable<number> {
  #ids = new Uint32Array(16);
  #length = 0;

  get size(): number {
    return this.#length;
  }

  add(id: number): void {
    if (this.#length === this.#ids.length) {
      const larger = new Uint32Array(this.#ids.length * 2);
      larger.set(this.#ids);
      this.#ids = larger;
    }
    this.#ids[this.#length++] = id;
  }

  [Symbol.iterator](): IterableIterator<number> {
    return this.#ids.subarray(0, this.#length).values();
  }
}

export class IdSet {
  #members = new Uint8Array(64);

  has(id: number): boolean {
    return this.#members[id] === 1;
  }

  delete(id: number): void {
    if (id < this.#members.length) this.#members[id] = 0;
  }

  add(id: number): void {
    if (id >= this.#members.length) {
      const larger = new Uint8Array(Math.max(id + 1, this.#members.length * 2));
      larger.set(this.#members);
      this.#members = larger;
    }
    this.#members[id] = 1;
  }
}
