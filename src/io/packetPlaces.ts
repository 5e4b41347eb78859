/**
 * Where the packets of a trace lie, and their order in time. Columns in chunks of 65,536 rows: 32 bytes a packet, grown
 * without copying, plus 8 while the order is worked out (an index and its scratch), 4 of which stay.
 * The order is a natural merge sort of the index: captures are nearly in time order, so it finds few runs (about one a
 * vantage) and costs packets × log₂ runs; packets of the same moment keep the order in which they came. Only a capture
 * that runs backwards has as many runs as packets, and then needs 8 bytes more for each.
 * Why not: `Uint32Array.prototype.sort` with a comparator copies the index into tagged values, 16 bytes each.
 */
import { ChunkedTable } from '../core/trace/chunkedTable.ts';
import { Columns, ROW_MASK, type Reading } from '../core/trace/columns.ts';

/** A vantage may lie in several files (a rotated capture); a place then says in which: part × this + position in the file. */
export const PLACES_PER_FILE = 2 ** 40;

export class PlaceChunk extends Columns {
  static readonly rowBytes = 32;
  /** Epoch seconds. */
  readonly seconds = this.f64();
  /** Position of the packet's first byte in its source, see {@link PLACES_PER_FILE}. */
  readonly offset = this.f64();
  readonly nanos = this.u32();
  readonly vantage = this.u32();
  /** Captured length, bytes. */
  readonly length = this.u32();
  /** Length on the wire, bytes. */
  readonly originalLength = this.u32();
}

export class PacketPlaces {
  readonly #table = new ChunkedTable(PlaceChunk);

  get length(): number {
    return this.#table.length;
  }

  add(seconds: number, nanos: number, vantage: number, offset: number, length: number, originalLength: number): void {
    const id = this.#table.add();
    const chunk = this.#table.edit(id);
    const row = id & ROW_MASK;
    chunk.seconds[row] = seconds;
    chunk.nanos[row] = nanos;
    chunk.vantage[row] = vantage;
    chunk.offset[row] = offset;
    chunk.length[row] = length;
    chunk.originalLength[row] = originalLength;
  }

  at(id: number): { readonly chunk: Reading<PlaceChunk>; readonly row: number } {
    return { chunk: this.#table.of(id), row: id & ROW_MASK };
  }

  /** Ids by time, and by arrival within one moment. */
  inTimeOrder(): Uint32Array {
    const count = this.length;
    let from = new Uint32Array(count);
    for (let id = 0; id < count; id++) from[id] = id;
    let runs = this.#runs();
    if (runs.length <= 2) return from;
    let to = new Uint32Array(count);
    while (runs.length > 2) {
      const merged: number[] = [0];
      for (let run = 0; run + 1 < runs.length; run += 2) {
        const end = runs[run + 2] ?? count;
        this.#merge(from, to, runs[run]!, runs[run + 1]!, end);
        merged.push(end);
      }
      runs = merged;
      [from, to] = [to, from];
    }
    return from;
  }

  /** Where ascending runs begin, and at last the count. */
  #runs(): number[] {
    const runs = [0];
    for (let id = 1; id < this.length; id++) if (this.#isAfter(id - 1, id)) runs.push(id);
    runs.push(this.length);
    return runs;
  }

  /** Merges two neighbouring runs; with none on the right (`middle` = `end`) it copies. */
  #merge(from: Uint32Array, to: Uint32Array, start: number, middle: number, end: number): void {
    let left = start;
    let right = middle;
    for (let at = start; at < end; at++) {
      const takeRight = left >= middle || (right < end && this.#isAfter(from[left]!, from[right]!));
      to[at] = takeRight ? from[right++]! : from[left++]!;
    }
  }

  #isAfter(a: number, b: number): boolean {
    const first = this.#table.of(a);
    const second = this.#table.of(b);
    const apart = first.seconds[a & ROW_MASK]! - second.seconds[b & ROW_MASK]!;
    return apart > 0 || (apart === 0 && first.nanos[a & ROW_MASK]! > second.nanos[b & ROW_MASK]!);
  }
}
