/**
 * A table is a list of chunks of 65,536 rows, and a chunk holds one typed array a column, all cut from one buffer: it grows
 * without copying, a row costs exactly the bytes of its columns, and the garbage collector sees a few hundred objects for
 * millions of rows. Row ids are dense: `of(id)` and `id & ROW_MASK` address a row.
 */
import { RowMemory } from './rowMemory.ts';

export const ROW_BITS = 16;
export const ROWS = 1 << ROW_BITS;
export const ROW_MASK = ROWS - 1;

/** Base of a chunk: its fields take their columns from the buffer in the order in which they are written down. */
export class Columns {
  readonly bytes: Uint8Array<ArrayBuffer>;
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
  readonly #kind: ChunkClass<Chunk>;
  readonly #memory: RowMemory;

  constructor(kind: ChunkClass<Chunk>, memory = new RowMemory()) {
    this.#kind = kind;
    this.#memory = memory;
  }

  /** Adds an empty row (all zero) and returns its id. */
  add(): number {
    const id = this.length++;
    if ((id & ROW_MASK) === 0) this.#memory.added(this.#make(id >>> ROW_BITS));
    return id;
  }

  of(id: number): Chunk {
    return this.#chunks[id >>> ROW_BITS] ?? this.#bringBack(id >>> ROW_BITS);
  }

  /** The table chunk by chunk, with the id of each one's first row and the number of its rows in use. */
  *windows(): Generator<{ readonly chunk: Chunk; readonly base: number; readonly rows: number }> {
    for (let base = 0; base < this.length; base += ROWS) {
      yield { chunk: this.of(base), base, rows: Math.min(ROWS, this.length - base) };
    }
  }

  /** Rows may still be added to this chunk. */
  isTail(index: number): boolean {
    return index === (this.length - 1) >>> ROW_BITS;
  }

  /** Puts a chunk away and gives up its buffer; `undefined` when the store cannot take it. */
  evict(index: number): ArrayBuffer | undefined {
    const chunk = this.#chunks[index]!;
    const place = this.#memory.store?.write(this.#places[index], chunk.bytes);
    if (place === undefined) return undefined;
    this.#places[index] = place;
    this.#chunks[index] = undefined;
    return chunk.bytes.buffer;
  }

  #bringBack(index: number): Chunk {
    const resident = this.#make(index);
    const chunk = this.#chunks[index]!;
    // Beyond the table's end, where a damaged id may point, rows are empty.
    if (this.#places[index] !== undefined) this.#memory.store!.read(this.#places[index], chunk.bytes);
    this.#memory.broughtBack(resident);
    return chunk;
  }

  #make(index: number): { readonly table: ChunkedTable<Chunk>; readonly index: number; readonly bytes: number } {
    const bytes = this.#kind.rowBytes * ROWS;
    this.#chunks[index] = new this.#kind(new ArrayBuffer(bytes));
    return { table: this, index, bytes };
  }
}
