/**
 * Some columns of a table for as long as one pass over its rows lasts. Chunks in memory are read as they are; of those that were put away the
 * named columns alone are read, into chunks of the pass's own: a pass that looks at two columns of 64 bytes costs the disk two, and nobody's
 * rows have to leave for it.
 * Invariant: nothing is written to the table while it lasts, but by the pass itself to rows that it will not read again.
 */
import { ROW_BITS, type ColumnName, type Columns, type Reading, type Rows } from './columns.ts';

/** Where a row's neighbours are, and those of a row beside it in another table. */
const VISITORS = 2;

/** What a pass asks of its table. */
export interface PassMemory<Chunk extends Columns> {
  make(): Chunk;
  /** Reads the columns that the pass is about. */
  fill(chunk: Chunk, index: number): void;
  release(chunk: Chunk): void;
}

interface Visitor<Chunk extends Columns> {
  index: number;
  readonly chunk: Chunk;
}

export class ColumnPass<Chunk extends Columns, Name extends ColumnName<Chunk>> implements Rows<Chunk, Name> {
  readonly #resident: readonly (Chunk | undefined)[];
  readonly #memory: PassMemory<Chunk>;
  /** The one that was turned to last comes first. */
  #visitors: Visitor<Chunk>[] = [];

  constructor(resident: readonly (Chunk | undefined)[], memory: PassMemory<Chunk>) {
    this.#resident = resident;
    this.#memory = memory;
  }

  /** To read a row. */
  of(id: number): Pick<Reading<Chunk>, Name> {
    const index = id >>> ROW_BITS;
    return (this.#resident[index] ?? this.#visitor(index)) as Reading<Chunk>;
  }

  /** Gives its memory to other rows. */
  release(): void {
    for (const { chunk } of this.#visitors) this.#memory.release(chunk);
    this.#visitors = [];
  }

  #visitor(index: number): Chunk {
    const [latest] = this.#visitors;
    if (latest?.index === index) return latest.chunk;
    let at = this.#visitors.findIndex((visitor) => visitor.index === index);
    if (at < 0) {
      if (this.#visitors.length < VISITORS) this.#visitors.push({ index, chunk: this.#memory.make() });
      at = this.#visitors.length - 1;
      this.#visitors[at]!.index = index;
      this.#memory.fill(this.#visitors[at]!.chunk, index);
    }
    const [visitor] = this.#visitors.splice(at, 1);
    this.#visitors.unshift(visitor!);
    return visitor!.chunk;
  }
}
