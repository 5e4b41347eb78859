/** Rows of a table as its chunks hold them: 65,536 rows, a typed array a column. */
export const ROW_BITS = 16;
export const ROWS = 1 << ROW_BITS;
export const ROW_MASK = ROWS - 1;

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
export type ColumnName<Chunk extends Columns> = Exclude<keyof Chunk, keyof Columns>;

/** Rows to be read: a table, or some of its columns. */
export interface Rows<Chunk extends Columns, Name extends ColumnName<Chunk>> {
  of(id: number): Pick<Reading<Chunk>, Name>;
}

export type Column = Float64Array | Uint32Array | Int32Array | Uint16Array | Uint8Array;

export interface ChunkClass<Chunk extends Columns> {
  /** What all columns take together. */
  readonly rowBytes: number;
  new (buffer: ArrayBuffer): Chunk;
}
