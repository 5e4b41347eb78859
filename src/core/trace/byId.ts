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

export class IdSet {
  #members = new Uint8Array(64);

  has(id: number): boolean {
    return this.#members[id] === 1;
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
