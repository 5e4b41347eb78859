/**
 * Streams by (vantage, source, destination), with the least recently used one at hand. A lookup allocates nothing: the key is
 * hashed and compared where it lies in the packet. O(1) a lookup; the chains stay short as the hash covers every key byte.
 */
import type { Frame } from './frame.ts';
import { TcpStream } from './tcpStream.ts';

const FNV_OFFSET = 0x811c9dc5;
const FNV_PRIME = 0x01000193;

export class StreamTable<Place> {
  readonly #chains = new Map<number, TcpStream<Place>>();
  #newest: TcpStream<Place> | undefined;
  #oldest: TcpStream<Place> | undefined;
  size = 0;

  get oldest(): TcpStream<Place> | undefined {
    return this.#oldest;
  }

  /** The stream of this segment, made if need be, and now the most recently used. */
  open(vantage: number, bytes: Uint8Array, frame: Frame): TcpStream<Place> {
    const hash = keyHash(vantage, bytes, frame);
    const first = this.#chains.get(hash);
    for (let stream = first; stream !== undefined; stream = stream.chained) {
      if (!hasKey(stream, vantage, bytes, frame)) continue;
      if (stream !== this.#newest) {
        this.#unlink(stream);
        this.#linkNewest(stream);
      }
      return stream;
    }
    const length = frame.addressLength;
    const src = bytes.slice(frame.srcStart, frame.srcStart + length);
    const dst = bytes.slice(frame.dstStart, frame.dstStart + length);
    const stream = new TcpStream<Place>(hash, vantage, src, dst, frame.srcPort, frame.dstPort);
    stream.chained = first;
    this.#chains.set(hash, stream);
    this.#linkNewest(stream);
    this.size++;
    return stream;
  }

  delete(stream: TcpStream<Place>): void {
    const first = this.#chains.get(stream.hash);
    if (first === stream) {
      if (stream.chained === undefined) this.#chains.delete(stream.hash);
      else this.#chains.set(stream.hash, stream.chained);
    } else {
      let before = first;
      while (before !== undefined && before.chained !== stream) before = before.chained;
      if (before === undefined) return;
      before.chained = stream.chained;
    }
    this.#unlink(stream);
    this.size--;
  }

  #linkNewest(stream: TcpStream<Place>): void {
    stream.older = this.#newest;
    stream.newer = undefined;
    if (this.#newest !== undefined) this.#newest.newer = stream;
    this.#newest = stream;
    this.#oldest ??= stream;
  }

  #unlink(stream: TcpStream<Place>): void {
    if (stream.newer === undefined) this.#newest = stream.older;
    else stream.newer.older = stream.older;
    if (stream.older === undefined) this.#oldest = stream.newer;
    else stream.older.newer = stream.newer;
    stream.newer = undefined;
    stream.older = undefined;
  }
}

function keyHash(vantage: number, bytes: Uint8Array, frame: Frame): number {
  let hash = Math.imul(FNV_OFFSET ^ vantage, FNV_PRIME);
  hash = Math.imul(hash ^ frame.srcPort, FNV_PRIME);
  hash = Math.imul(hash ^ frame.dstPort, FNV_PRIME);
  for (let k = 0; k < frame.addressLength; k++) {
    hash = Math.imul(hash ^ bytes[frame.srcStart + k]!, FNV_PRIME);
    hash = Math.imul(hash ^ bytes[frame.dstStart + k]!, FNV_PRIME);
  }
  return hash;
}

function hasKey(stream: TcpStream<unknown>, vantage: number, bytes: Uint8Array, frame: Frame): boolean {
  if (stream.vantage !== vantage || stream.srcPort !== frame.srcPort || stream.dstPort !== frame.dstPort) return false;
  if (stream.addressLength !== frame.addressLength) return false;
  for (let k = 0; k < stream.addressLength; k++) {
    if (stream.src[k] !== bytes[frame.srcStart + k] || stream.dst[k] !== bytes[frame.dstStart + k]) return false;
  }
  return true;
}
