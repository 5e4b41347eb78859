/**
 * IP addresses as dense ids, so that columns hold four bytes an address and comparing is comparing numbers.
 * IPv4 goes through an open-addressing table of integers (no allocation for a known address); IPv6 through a map of
 * its text, because it is rare in clusters and an allocation a packet is affordable there.
 * Why not one Map of numbers: values above 2^31 become heap numbers, four times slower on the hot path.
 */
import { addressText } from '../packet/address.ts';

const EMPTY = -1;

export class AddressTable {
  #keys = new Int32Array(1024);
  #ids = new Int32Array(1024).fill(EMPTY);
  #v4Count = 0;
  readonly #v6 = new Map<string, number>();
  readonly #texts: string[] = [];
  readonly #multicast: boolean[] = [];
  readonly #byText = new Map<string, number>();

  get size(): number {
    return this.#texts.length;
  }

  /** Id of the address in `bytes[start, start + length)`, `length` 4 or 16. */
  idOf(bytes: Uint8Array, start: number, length: number): number {
    if (length !== 4) return this.#idOfText6(addressText(bytes, start, length));
    const key = (bytes[start]! << 24) | (bytes[start + 1]! << 16) | (bytes[start + 2]! << 8) | bytes[start + 3]!;
    const mask = this.#keys.length - 1;
    let slot = (Math.imul(key, 0x9e37_79b1) >>> 7) & mask;
    for (;;) {
      const id = this.#ids[slot]!;
      if (id === EMPTY) break;
      if (this.#keys[slot] === key) return id;
      slot = (slot + 1) & mask;
    }
    const text = addressText(bytes, start, 4);
    const id = this.#byText.get(text) ?? this.#add(text);
    this.#keys[slot] = key;
    this.#ids[slot] = id;
    if (++this.#v4Count * 2 > this.#keys.length) this.#grow();
    return id;
  }

  /** Id of an address written as text, added when new. */
  intern(text: string): number {
    return this.#byText.get(text) ?? this.#add(text);
  }

  find(text: string): number | undefined {
    return this.#byText.get(text);
  }

  textOf(id: number): string {
    return this.#texts[id] ?? '?';
  }

  /** Group addresses (RFC 5771, RFC 4291 §2.7): mDNS asks everyone, and nobody in particular owes an answer. */
  isMulticast(id: number): boolean {
    return this.#multicast[id] ?? false;
  }

  #idOfText6(text: string): number {
    const known = this.#v6.get(text);
    if (known !== undefined) return known;
    const id = this.#byText.get(text) ?? this.#add(text);
    this.#v6.set(text, id);
    return id;
  }

  #add(text: string): number {
    const id = this.#texts.length;
    this.#texts.push(text);
    const first = Number.parseInt(text, 10);
    this.#multicast.push(text.includes(':') ? text.startsWith('ff') : first >= 224 && first <= 239);
    this.#byText.set(text, id);
    return id;
  }

  #grow(): void {
    const keys = this.#keys;
    const ids = this.#ids;
    this.#keys = new Int32Array(keys.length * 2);
    this.#ids = new Int32Array(keys.length * 2).fill(EMPTY);
    const mask = this.#keys.length - 1;
    for (let old = 0; old < keys.length; old++) {
      if (ids[old] === EMPTY) continue;
      let slot = (Math.imul(keys[old]!, 0x9e37_79b1) >>> 7) & mask;
      while (this.#ids[slot] !== EMPTY) slot = (slot + 1) & mask;
      this.#keys[slot] = keys[old]!;
      this.#ids[slot] = ids[old]!;
    }
  }
}
