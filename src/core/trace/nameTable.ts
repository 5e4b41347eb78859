/**
 * Domain names as dense ids. The key is the name in wire form with ASCII letters lower-cased (RFC 4343: case does not
 * distinguish names); the bytes kept are those first seen. Raw labels live in one growing arena, ids point into it;
 * text is made on demand and a bounded number of texts is kept.
 * Cost of a known name: one hash probe and one comparison, nothing allocated. A slot holds all that the probe needs beside the
 * name's own bytes, so that a lookup in a table larger than the processor's cache fetches two lines of memory and not five.
 */
import { nameHash, sameNameIgnoringCase } from '../dns/dnsHead.ts';
import { nameText } from '../dns/name.ts';

const EMPTY = -1;
/** A slot: hash, id, and where the name starts and ends in the arena. */
const SLOT = 4;
const TEXT_CACHE = 20_000;

export class NameTable {
  #arena = new Uint8Array(64 * 1024);
  #used = 0;
  #starts = new Uint32Array(1024);
  #ends = new Uint32Array(1024);
  #hashes = new Int32Array(1024);
  #labelHashes = new Int32Array(1024);
  #slots = new Int32Array(4096 * SLOT).fill(EMPTY);
  #count = 0;
  readonly #texts = new Map<number, string>();

  get size(): number {
    return this.#count;
  }

  /** Id of the uncompressed wire name `bytes[start, end)`, whose case-folded hash the caller already has. */
  idOf(bytes: Uint8Array, start: number, end: number, hash: number): number {
    const slots = this.#slots;
    const mask = slots.length - 1;
    let slot = firstSlot(hash) & mask;
    for (;;) {
      const id = slots[slot + 1]!;
      if (id === EMPTY) break;
      if (
        slots[slot] === hash &&
        sameNameIgnoringCase(this.#arena, slots[slot + 2]!, slots[slot + 3]!, bytes, start, end)
      ) {
        return id;
      }
      slot = (slot + SLOT) & mask;
    }
    return this.#add(slot, bytes, start, end, hash);
  }

  /** Touches the slot where a name with this hash begins to be looked for. */
  loadSlot(hash: number): number {
    return this.#slots[firstSlot(hash) & (this.#slots.length - 1)]!;
  }

  /** Touches the bytes of the name in that slot. */
  loadBytes(hash: number): number {
    const slot = firstSlot(hash) & (this.#slots.length - 1);
    // Of a free slot, past the arena's end: nothing is loaded.
    return (this.#arena[this.#slots[slot + 2]!] ?? 0) ^ (this.#arena[this.#slots[slot + 3]! - 1] ?? 0);
  }

  /** Id of the name in that slot if it has this hash; nearly always what `idOf` will say. NONE otherwise. */
  likelyId(hash: number): number {
    const slot = firstSlot(hash) & (this.#slots.length - 1);
    return this.#slots[slot] === hash ? this.#slots[slot + 1]! : EMPTY;
  }

  textOf(id: number): string {
    const known = this.#texts.get(id);
    if (known !== undefined) return known;
    if (id >= this.#count) return '?';
    const text = nameText(this.#arena, this.#starts[id]!, this.#ends[id]!);
    if (this.#texts.size >= TEXT_CACHE) this.#texts.clear();
    this.#texts.set(id, text);
    return text;
  }

  /** Bytes of a name in wire form, its root label included; 0 where a message had no question. */
  wireLengthOf(id: number): number {
    return this.#ends[id]! - this.#starts[id]!;
  }

  /** Labels of a name; the root has none. */
  labelsOf(id: number): number {
    const end = this.#ends[id]!;
    let labels = 0;
    for (let at = this.#starts[id]!; at < end && this.#arena[at] !== 0; labels++) at += 1 + this.#arena[at]!;
    return labels;
  }

  /** A dot within a label, which text writes as `\\.`. */
  hasDottedLabel(id: number): boolean {
    const end = this.#ends[id]!;
    for (let at = this.#starts[id]!; at < end && this.#arena[at] !== 0;) {
      const stop = at + 1 + this.#arena[at]!;
      for (at++; at < stop; at++) if (this.#arena[at] === 0x2e) return true;
    }
    return false;
  }

  /** Hash of a name's first label, case ignored: names with different ones never belong to one search-list walk. */
  firstLabelHash(id: number): number {
    return this.#labelHashes[id]!;
  }

  #add(slot: number, bytes: Uint8Array, start: number, end: number, hash: number): number {
    const id = this.#count++;
    if (id === this.#starts.length) this.#growColumns();
    const length = end - start;
    while (this.#used + length > this.#arena.length) {
      const larger = new Uint8Array(this.#arena.length * 2);
      larger.set(this.#arena);
      this.#arena = larger;
    }
    this.#arena.set(bytes.subarray(start, end), this.#used);
    this.#starts[id] = this.#used;
    this.#ends[id] = this.#used + length;
    this.#hashes[id] = hash;
    this.#labelHashes[id] = start === end ? 0 : nameHash(bytes, start, start + 1 + bytes[start]!);
    this.#used += length;
    this.#fill(slot, id);
    if (this.#count * 2 * SLOT > this.#slots.length) this.#growSlots();
    return id;
  }

  #growColumns(): void {
    const size = this.#starts.length * 2;
    const starts = new Uint32Array(size);
    const ends = new Uint32Array(size);
    const hashes = new Int32Array(size);
    const labelHashes = new Int32Array(size);
    starts.set(this.#starts);
    ends.set(this.#ends);
    hashes.set(this.#hashes);
    labelHashes.set(this.#labelHashes);
    this.#starts = starts;
    this.#ends = ends;
    this.#hashes = hashes;
    this.#labelHashes = labelHashes;
  }

  #fill(slot: number, id: number): void {
    this.#slots[slot] = this.#hashes[id]!;
    this.#slots[slot + 1] = id;
    this.#slots[slot + 2] = this.#starts[id]!;
    this.#slots[slot + 3] = this.#ends[id]!;
  }

  #growSlots(): void {
    this.#slots = new Int32Array(this.#slots.length * 2).fill(EMPTY);
    const mask = this.#slots.length - 1;
    for (let id = 0; id < this.#count; id++) {
      let slot = firstSlot(this.#hashes[id]!) & mask;
      while (this.#slots[slot + 1] !== EMPTY) slot = (slot + SLOT) & mask;
      this.#fill(slot, id);
    }
  }
}

/** Where a name with this hash belongs, before the table's size is taken into account. */
function firstSlot(hash: number): number {
  return (Math.imul(hash, 0x9e37_79b1) >>> 5) & -SLOT;
}
