/** Some of a trace's lookups, a bit each, so that choosing among millions costs kilobytes. */
export class LookupChoice {
  readonly #bits: Uint8Array;
  readonly size: number;

  /** @param lookups ids; those at `count` or above are left out */
  constructor(lookups: Iterable<number>, count: number) {
    this.#bits = new Uint8Array(Math.ceil(count / 8));
    let size = 0;
    for (const lookup of lookups) {
      if (!(lookup >= 0 && lookup < count) || this.has(lookup)) continue;
      this.#bits[lookup >>> 3]! |= 1 << (lookup & 7);
      size++;
    }
    this.size = size;
  }

  has(lookup: number): boolean {
    return ((this.#bits[lookup >>> 3] ?? 0) & (1 << (lookup & 7))) !== 0;
  }

  /** In ascending order, which is the order in which they began. */
  *[Symbol.iterator](): Generator<number> {
    for (let lookup = 0; lookup < this.#bits.length * 8; lookup++) if (this.has(lookup)) yield lookup;
  }
}
