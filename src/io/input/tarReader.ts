/**
 * The entries of a tar archive as it streams by (POSIX.1-1988 ustar, POSIX.1-2001 pax `path` and `size`, GNU long names and
 * base-256 sizes): regular files only. Push bytes in any chunks; memory is one 512-byte header and one extended header of
 * at most 64 KiB, whatever the archive says. Names are hostile text: they label what is shown and are never a path on disk.
 * Why not a library: what is needed is a hundred lines, and the readers on npm buffer an entry's header extensions without a bound.
 */
import type { Problem } from '../../base/problem.ts';

const BLOCK = 512;
const LONGEST_EXTENSION = 65_536;
const decoder = new TextDecoder();

/** What becomes of an entry's bytes; `undefined` passes over them. */
export interface EntrySink {
  /** Bytes of the entry in order; valid during the call only. */
  data(bytes: Uint8Array): void;
  /** @param whole false when the archive ends inside the entry */
  end(whole: boolean): void;
}

export type OpenEntry = (name: string, size: number) => EntrySink | undefined;

export class TarReader {
  readonly #open: OpenEntry;
  readonly #header = new Uint8Array(BLOCK);
  #headerFilled = 0;
  /** Bytes still to come of the entry at hand, and of the padding behind it. */
  #left = 0;
  #padding = 0;
  #sink: EntrySink | undefined;
  /** The text of a pax or GNU long name header while it is collected. */
  #extension: { readonly type: 'pax' | 'longName'; readonly bytes: number[] } | undefined;
  #nextName: string | undefined;
  #nextSize: number | undefined;
  #finished = false;
  #headers = 0;
  problem: Problem | undefined;

  constructor(open: OpenEntry) {
    this.#open = open;
  }

  push(chunk: Uint8Array): void {
    for (let at = 0; at < chunk.length && !this.#finished && this.problem === undefined;) {
      if (this.#left > 0) at = this.#body(chunk, at);
      else if (this.#padding > 0) {
        const step = Math.min(this.#padding, chunk.length - at);
        this.#padding -= step;
        at += step;
      } else {
        const step = Math.min(BLOCK - this.#headerFilled, chunk.length - at);
        this.#header.set(chunk.subarray(at, at + step), this.#headerFilled);
        this.#headerFilled += step;
        at += step;
        if (this.#headerFilled === BLOCK) {
          this.#headerFilled = 0;
          this.#readHeader();
        }
      }
    }
  }

  /** No more bytes will come. @returns whether the archive ended where it may */
  end(): boolean {
    const whole = this.problem === undefined && this.#left === 0 && this.#headerFilled === 0;
    this.#sink?.end(this.#left === 0);
    this.#sink = undefined;
    return whole;
  }

  #body(chunk: Uint8Array, at: number): number {
    const step = Math.min(this.#left, chunk.length - at);
    const part = chunk.subarray(at, at + step);
    this.#sink?.data(part);
    if (this.#extension !== undefined) for (const byte of part) this.#extension.bytes.push(byte);
    this.#left -= step;
    if (this.#left === 0) this.#entryDone();
    return at + step;
  }

  #entryDone(): void {
    this.#sink?.end(true);
    this.#sink = undefined;
    if (this.#extension === undefined) return;
    const { type, bytes } = this.#extension;
    this.#extension = undefined;
    const text = decoder.decode(Uint8Array.from(bytes));
    if (type === 'longName') this.#nextName = cString(text);
    else this.#readPax(text);
  }

  /** Records `LENGTH key=value\n`; lengths count bytes, names may be beyond ASCII, so they are found by their line ends. */
  #readPax(text: string): void {
    for (const line of text.split('\n')) {
      const [, key, value] = /^\d+ ([^=]+)=(.*)$/su.exec(line) ?? [];
      if (key === 'path') this.#nextName = value;
      else if (key === 'size' && /^\d{1,15}$/u.test(value ?? '')) this.#nextSize = Number(value);
    }
  }

  #readHeader(): void {
    const header = this.#header;
    if (header.every((byte) => byte === 0)) {
      this.#finished = true;
      return;
    }
    if (!isTarHeader(header)) {
      this.problem = {
        code: 'damaged-archive',
        detail:
          this.#headers === 0
            ? 'This is no tar archive'
            : `The archive is damaged after ${String(this.#headers)} entries`,
        recover: 'What came before is shown; copy the archive again for the rest',
      };
      return;
    }
    this.#headers++;
    const type = String.fromCharCode(header[156]!);
    const own = type === 'x' || type === 'L';
    const size = (own ? undefined : this.#nextSize) ?? sizeOf(header);
    if (type === 'x' || type === 'L') {
      if (size <= LONGEST_EXTENSION) this.#extension = { type: type === 'x' ? 'pax' : 'longName', bytes: [] };
    } else {
      const name = this.#nextName ?? nameOf(header);
      this.#nextName = undefined;
      this.#nextSize = undefined;
      // '7' is a contiguous file, NUL the plain file of old archives. Links, devices and folders hold nothing.
      if (type === '0' || type === '\0' || type === '7') this.#sink = this.#open(name, size);
    }
    this.#left = size;
    this.#padding = -size & (BLOCK - 1);
    // 2^53 has no low bits to mask in 32-bit arithmetic, but its remainder is right.
    if (size > 0x7fff_ffff) this.#padding = (BLOCK - (size % BLOCK)) % BLOCK;
    if (size === 0) this.#entryDone();
  }
}

/** Whether 512 bytes are a tar header, by their checksum: archives older than ustar have no magic. */
export function isTarHeader(header: Uint8Array): boolean {
  if (header.length < BLOCK || header[0] === 0) return false;
  const claimed = octal(header, 148, 8);
  if (claimed === undefined || claimed === 0) return false;
  let sum = 0;
  for (let at = 0; at < BLOCK; at++) sum += at >= 148 && at < 156 ? 32 : header[at]!;
  return sum === claimed;
}

function sizeOf(header: Uint8Array): number {
  // GNU: a set top bit means a big-endian number in the rest.
  if ((header[124]! & 0x80) !== 0) {
    let size = 0;
    for (let at = 125; at < 136; at++) size = size * 256 + header[at]!;
    return size <= Number.MAX_SAFE_INTEGER ? size : Number.MAX_SAFE_INTEGER;
  }
  return octal(header, 124, 12) ?? 0;
}

function nameOf(header: Uint8Array): string {
  const name = cString(decoder.decode(header.subarray(0, 100)));
  const isUstar = decoder.decode(header.subarray(257, 263)) === 'ustar\0';
  const prefix = isUstar ? cString(decoder.decode(header.subarray(345, 500))) : '';
  return prefix === '' ? name : `${prefix}/${name}`;
}

function octal(header: Uint8Array, start: number, length: number): number | undefined {
  const text = cString(decoder.decode(header.subarray(start, start + length))).trim();
  return /^[0-7]{1,12}$/u.test(text) ? Number.parseInt(text, 8) : undefined;
}

function cString(text: string): string {
  const end = text.indexOf('\0');
  return end < 0 ? text : text.slice(0, end);
}
