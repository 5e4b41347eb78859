/**
 * Domain names as dense ids. The key is the name in wire form with ASCII letters lower-cased (RFC 4343: case does not
 * distinguish names); the bytes kept are those first seen. Raw labels live in one growing arena, ids point into it;
 * text is made on demand and a bounded number of texts is kept.
 * Cost of a known name: one hash probe and one comparison, nothing allocated.
 */
import { nameHash, sameNameIgnoringCase } from '../dns/dnsHead.ts';
import { nameText } from '../dns/name.ts';
import { RowIndex } from './rowIndex.ts';
import { NONE } from './tables.ts';

const TEXT_CACHE = 20_000;

export class NameTable {
  #arena = new Uint8Array(64 * 1024);
  #used = 0;
  /** A name ends where the next one starts. */
  #starts = new Uint32Array(1025);
  #labelHashes = new Uint32Array(1024);
  readonly #index = new RowIndex();
  #count = 0;
  readonly #texts = new Map<number, string>();

  get size(): number {
    return this.#count;
  }

  /** Id of the uncompressed wire name `bytes[start, end)`, whose case-folded hash the caller already has. */
  idOf(bytes: Uint8Array, start: number, end: number, hash: number): number {
    const index = this.#index;
    let place = index.first(hash);
    for (let id = index.idAt(place); id !== NONE; id = index.idAt(place)) {
      const at = this.#starts[id]!;
      // The hash covers the length, which is compared all the same: a hash is no proof.
      if (sameNameIgnoringCase(this.#arena, at, this.#starts[id + 1]!, bytes, start, end)) return id;
      place = index.after(place, hash);
    }
    return this.#add(place, bytes, start, end, hash);
  }

  textOf(id: number): string {
    const known = this.#texts.get(id);
    if (known !== undefined) return known;
    if (id >= this.#count) return '?';
    const text = nameText(this.#arena, this.#starts[id]!, this.#starts[id + 1]!);
    if (this.#texts.size >= TEXT_CACHE) this.#texts.clear();
    this.#texts.set(id, text);
    return text;
  }

  /** Hash of a name's first label, case ignored: names with different ones never belong to one search-list walk. */
  firstLabelHash(id: number): number {
    return this.#labelHashes[id]!;
  }

  /** Whether two names begin with the same label, case ignored: the cheap test before comparing names label by label. */
  sameFirstLabel(one: number, other: number): boolean {
    const a = this.#starts[one]!;
    const b = this.#starts[other]!;
    const length = this.#arena[a]!;
    return (
      length > 0 &&
      this.#arena[b] === length &&
      sameNameIgnoringCase(this.#arena, a, a + 1 + length, this.#arena, b, b + 1 + length)
    );
  }

  #add(place: number, bytes: Uint8Array, start: number, end: number, hash: number): number {
    const id = this.#count++;
    if (id === this.#labelHashes.length) this.#growColumns();
    const length = end - start;
    while (this.#used + length > this.#arena.length) {
      const larger = new Uint8Array(this.#arena.length * 2);
      larger.set(this.#arena);
      this.#arena = larger;
    }
    this.#arena.set(bytes.subarray(start, end), this.#used);
    this.#used += length;
    this.#starts[id + 1] = this.#used;
    this.#labelHashes[id] = start === end ? 0 : nameHash(bytes, start, start + 1 + bytes[start]!);
    if (this.#index.put(place, hash, id)) this.#index.keep(() => true);
    return id;
  }

  #growColumns(): void {
    const size = this.#labelHashes.length * 2;
    const starts = new Uint32Array(size + 1);
    const labelHashes = new Uint32Array(size);
    starts.set(this.#starts);
    labelHashes.set(this.#labelHashes);
    this.#starts = starts;
    this.#labelHashes = labelHashes;
  }
}
