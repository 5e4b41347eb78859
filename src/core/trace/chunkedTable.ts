/**
 * A table is a list of chunks of 65,536 rows, and a chunk holds one typed array a column, all cut from one buffer: it grows
 * without copying, a row costs exactly the bytes of its columns, and the garbage collector sees a few hundred objects for
 * millions of rows. Row ids are dense: `of(id)` and `id & ROW_MASK` address a row to read it, `edit(id)` to write it; a chunk
 * that was only read need not be written back to disk. Chunks whose rows were put away hold the next ones.
 */
import { RowMemory } from './rowMemory.ts';

export const ROW_BITS = 16;
export const ROWS = 1 << ROW_BITS;
export const ROW_MASK = ROWS - 1;
/** Emptied chunks kept for the next rows. */
const MOST_SPARE = 1;

/** Base of a chunk: its fields take their columns from the buffer in the order in which they are written down. */
export class Columns {
  readonly bytes: Uint8Array<ArrayBuffer>;
  /** What it holds is not, or no longer, in the store. */
  changed = true;
  #used = 0;

  constructor(buffer: ArrayBuffer) {
    this.bytes = new Uint8Array(buffer);
  }

  protected f64(): Float64Array<ArrayBuffer> {
    return new Float64Array(this.bytes.buffer, this.#take(8), ROWS);
  }

  protected u32(): Uint32Array<ArrayBuffer> {
    return new Uint32Array(this.bytes.buffer, this.#take(4), ROWS);
  }

  /** Ids of rows, names and addresses: `NONE` is -1. */
  protected i32(): Int32Array<ArrayBuffer> {
    return new Int32Array(this.bytes.buffer, this.#take(4), ROWS);
  }

  protected u16(): Uint16Array<ArrayBuffer> {
    return new Uint16Array(this.bytes.buffer, this.#take(2), ROWS);
  }

  protected u8(): Uint8Array<ArrayBuffer> {
    return new Uint8Array(this.bytes.buffer, this.#take(1), ROWS);
  }

  #take(width: number): number {
    const start = this.#used;
    this.#used += width * ROWS;
    return start;
  }
}

/** A chunk as its readers see it: columns that cannot be written to. */
export type Reading<Chunk extends Columns> = {
  readonly [Column in Exclude<keyof Chunk, keyof Columns>]: ReadColumn;
};
export type ReadColumn = ArrayLike<number>;

export interface ChunkClass<Chunk extends Columns> {
  /** What all columns take together. */
  readonly rowBytes: number;
  new (buffer: ArrayBuffer): Chunk;
}

export class ChunkedTable<Chunk extends Columns> {
  length = 0;
  readonly #chunks: (Chunk | undefined)[] = [];
  /** Where chunks that were put away lie in the store. */
  readonly #places: (number | undefined)[] = [];
  readonly #spare: Chunk[] = [];
  readonly #kind: ChunkClass<Chunk>;
  readonly #memory: RowMemory;

  constructor(kind: ChunkClass<Chunk>, memory = new RowMemory()) {
    this.#kind = kind;
    this.#memory = memory;
  }

  /** Adds an empty row (all zero) and returns its id. */
  add(): number {
    const id = this.length++;
    if ((id & ROW_MASK) === 0) this.#addChunk(id >>> ROW_BITS);
    return id;
  }

  /** To read a row. */
  of(id: number): Reading<Chunk> {
    return (this.#chunks[id >>> ROW_BITS] ?? this.#bringBack(id >>> ROW_BITS)) as Reading<Chunk>;
  }

  /** To write to a row. */
  edit(id: number): Chunk {
    const chunk = this.#chunks[id >>> ROW_BITS] ?? this.#bringBack(id >>> ROW_BITS);
    chunk.changed = true;
    return chunk;
  }

  /** The table chunk by chunk, to be read, with the id of each one's first row and the number of its rows in use. */
  *windows(): Generator<{ readonly chunk: Chunk; readonly base: number; readonly rows: number }> {
    for (let base = 0; base < this.length; base += ROWS) {
      const chunk = this.#chunks[base >>> ROW_BITS] ?? this.#bringBack(base >>> ROW_BITS);
      yield { chunk, base, rows: Math.min(ROWS, this.length - base) };
    }
  }

  /** Rows may still be added to this chunk. */
  isTail(index: number): boolean {
    return index === (this.length - 1) >>> ROW_BITS;
  }

  /** Puts a chunk away; what gives its memory to other rows, or `undefined` when the store cannot or may not take it. */
  evict(index: number, mayWrite: boolean): (() => void) | undefined {
    const chunk = this.#chunks[index]!;
    if (chunk.changed) {
      const place = mayWrite ? this.#memory.store?.write(this.#places[index], chunk.bytes) : undefined;
      if (place === undefined) return undefined;
      this.#places[index] = place;
      chunk.changed = false;
    }
    this.#chunks[index] = undefined;
    const place = this.#places[index]!;
    return () => {
      if (this.#spare.length < MOST_SPARE && this.#memory.store?.holds?.(place) !== true) this.#spare.push(chunk);
    };
  }

  #addChunk(index: number): void {
    const chunk = this.#spare.pop();
    chunk?.bytes.fill(0);
    this.#chunks[index] = chunk ?? this.#make();
    this.#chunks[index].changed = true;
    this.#memory.added(this.#residentAt(index));
  }

  #bringBack(index: number): Chunk {
    const chunk = this.#spare.pop() ?? this.#make();
    const place = this.#places[index];
    // Beyond the table's end, where a damaged id may point, rows are empty.
    if (place === undefined) chunk.bytes.fill(0);
    else this.#memory.store!.read(place, chunk.bytes);
    chunk.changed = false;
    this.#chunks[index] = chunk;
    this.#memory.broughtBack(this.#residentAt(index));
    return chunk;
  }

  #residentAt(index: number): { readonly table: ChunkedTable<Chunk>; readonly index: number; readonly bytes: number } {
    return { table: this, index, bytes: this.#kind.rowBytes * ROWS };
  }

  #make(): Chunk {
    return new this.#kind(new ArrayBuffer(this.#kind.rowBytes * ROWS));
  }
}
