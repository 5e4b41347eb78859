/**
 * A table is a list of chunks of 65,536 rows, and a chunk holds one typed array a column, all cut from one buffer: it grows
 * without copying, a row costs exactly the bytes of its columns, and the garbage collector sees a few hundred objects for
 * millions of rows. Row ids are dense: `of(id)` and `id & ROW_MASK` address a row to read it, `edit(id)` to write it; a chunk
 * that was only read need not be written back to disk. Chunks whose rows were put away hold the next ones.
 * Of rows that were put away, a pass that names its columns (`only`) reads those alone, and single cells are read and written where they lie.
 */
import { ColumnPass } from './columnPass.ts';
import {
  ROW_BITS,
  ROW_MASK,
  ROWS,
  type ChunkClass,
  type Column,
  type ColumnName,
  type Columns,
  type Reading,
} from './columns.ts';
import { RowMemory } from './rowMemory.ts';

/** A cell in the store costs as much as some thousand that are written together. */
const MOST_PATCHES = 512;
/** Emptied chunks kept for the next rows. */
const MOST_SPARE = 2;

export class ChunkedTable<Chunk extends Columns> {
  length = 0;
  readonly #chunks: (Chunk | undefined)[] = [];
  /** Where chunks that were put away lie in the store. */
  readonly #places: (number | undefined)[] = [];
  /** Cells changed in the store, by chunk. */
  readonly #patches: number[] = [];
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

  /**
   * To read these columns of many rows: of chunks that were put away nothing else is read back. Nobody may write to the table meanwhile;
   * `release` ends it.
   */
  only<Name extends ColumnName<Chunk>>(...names: readonly Name[]): ColumnPass<Chunk, Name> {
    return new ColumnPass(this.#chunks, {
      make: () => this.#spare.pop() ?? this.#make(),
      fill: (chunk, index) => {
        this.#fill(chunk, index, names);
      },
      release: (chunk) => {
        if (this.#spare.length < MOST_SPARE) this.#spare.push(chunk);
      },
    });
  }

  /** One cell of a row that may have been put away: its neighbours stay there. */
  cell(id: number, name: ColumnName<Chunk>): number {
    const row = id & ROW_MASK;
    const chunk = this.#chunks[id >>> ROW_BITS];
    if (chunk !== undefined) return columnOf(chunk, name)[row]!;
    const place = this.#places[id >>> ROW_BITS];
    if (place === undefined) return 0;
    const column = this.#columnLike(name);
    const cell = oneOf(column);
    this.#memory.store!.read(place, bytesOf(cell), column.byteOffset + row * column.BYTES_PER_ELEMENT);
    return cell[0]!;
  }

  /** Writes one cell where its row lies, in the store, in memory or both: where few rows of old chunks change, none is written whole for it. */
  put(id: number, name: ColumnName<Chunk>, value: number): void {
    const index = id >>> ROW_BITS;
    const chunk = this.#chunks[index];
    const at = chunk?.changed === true || !this.#patch(index, id & ROW_MASK, name, value) ? this.edit(id) : chunk;
    if (at !== undefined) columnOf(at, name)[id & ROW_MASK] = value;
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

  /** Reads columns of a chunk that was put away, those that lie side by side at once. */
  #fill(chunk: Chunk, index: number, names: readonly ColumnName<Chunk>[]): void {
    const place = this.#places[index];
    const columns = names.map((name) => columnOf(chunk, name)).sort((a, b) => a.byteOffset - b.byteOffset);
    for (let at = 0; at < columns.length;) {
      const start = columns[at]!.byteOffset;
      let end = start;
      for (; at < columns.length && columns[at]!.byteOffset === end; at++) end += columns[at]!.byteLength;
      const bytes = chunk.bytes.subarray(start, end);
      if (place === undefined) bytes.fill(0);
      else this.#memory.store!.read(place, bytes, start);
    }
  }

  /** Changes the copy in the store, unless so much of it was changed already that it is better written whole. */
  #patch(index: number, row: number, name: ColumnName<Chunk>, value: number): boolean {
    const place = this.#places[index];
    const patches = this.#patches[index] ?? 0;
    if (place === undefined || patches === MOST_PATCHES) return false;
    this.#patches[index] = patches + 1;
    const column = this.#columnLike(name);
    const cell = oneOf(column);
    cell[0] = value;
    const from = column.byteOffset + row * column.BYTES_PER_ELEMENT;
    return this.#memory.store!.patch?.(place, bytesOf(cell), from) === true;
  }

  /** This column of some chunk in memory: all have theirs at the same place. */
  #columnLike(name: ColumnName<Chunk>): Column {
    // Rows may still be added to the last chunk, so it is never put away.
    return columnOf(this.#chunks[(this.length - 1) >>> ROW_BITS]!, name);
  }

  #residentAt(index: number): { readonly table: ChunkedTable<Chunk>; readonly index: number; readonly bytes: number } {
    return { table: this, index, bytes: this.#kind.rowBytes * ROWS };
  }

  #make(): Chunk {
    return new this.#kind(new ArrayBuffer(this.#kind.rowBytes * ROWS));
  }
}

function columnOf<Chunk extends Columns>(chunk: Chunk, name: ColumnName<Chunk>): Column {
  return chunk[name] as Column;
}

/** Room for one cell of a column. */
function oneOf(column: Column): Column {
  return new (column.constructor as new (length: number) => Column)(1);
}

function bytesOf(cell: Column): Uint8Array {
  return new Uint8Array(cell.buffer);
}
