/**
 * The packets of one capture on their way into a trace, held back until it is their turn. A chunk is read, its packets are noted in
 * columns (time and place, nothing copied), and they go on in the order of the file while no other capture has an earlier one.
 * Cost: two writes and a read of some columns a packet. Memory: one chunk and 50 bytes for each packet in it.
 */
import type { Problem } from '../../base/problem.ts';
import { CaptureReader } from '../../core/packet/captureReader.ts';
import type { CaptureInterface, CaptureStreamState, PacketSink } from '../../core/packet/packetSink.ts';
import type { Reading } from './captureSource.ts';

/** Times of all queues count from here, so that they compare as exact numbers. */
export interface TimeBase {
  seconds: number;
}

export interface QueueOptions {
  readonly reading: Reading;
  readonly sink: PacketSink;
  readonly base: TimeBase;
  /** What to take from the times of an interface, ns. */
  readonly correctionOf: (interfaceIndex: number) => number;
  /** Added to each packet's place in the stream, where several files are one. */
  readonly offset: number;
}

const IN_CHUNK = -1;

export class PacketQueue implements PacketSink {
  readonly #options: QueueOptions;
  readonly #reader: CaptureReader;
  #chunk: Uint8Array = new Uint8Array(0);
  /** Packets that lay across chunks, copied out of the reader's buffer. */
  #copies: Uint8Array[] = [];
  #comments: { readonly after: number; readonly interfaceIndex: number; readonly text: string }[] = [];
  #count = 0;
  #next = 0;
  #time = new Float64Array(256);
  #seconds = new Float64Array(256);
  #place = new Float64Array(256);
  #nanos = new Uint32Array(256);
  #start = new Uint32Array(256);
  #end = new Uint32Array(256);
  #original = new Uint32Array(256);
  #linkType = new Uint16Array(256);
  #interface = new Uint16Array(256);
  #copy = new Int32Array(256);

  constructor(options: QueueOptions) {
    this.#options = options;
    this.#reader = new CaptureReader(this);
  }

  get isEmpty(): boolean {
    return this.#next >= this.#count;
  }

  /** Corrected time of the next packet, ns from the base. Only when there is one. */
  get time(): number {
    return this.#time[this.#next]!;
  }

  get state(): CaptureStreamState {
    return this.#reader.state;
  }

  get problem(): Problem | undefined {
    return this.#reader.problem ?? this.#options.reading.problem;
  }

  get cut(): boolean {
    return this.#options.reading.cut;
  }

  /** Reads on until there is a packet. False when nothing more comes (now, for a file that still grows). */
  async fill(size: number): Promise<boolean> {
    while (this.isEmpty) {
      if (this.#reader.problem !== undefined) return false;
      const given = this.#options.reading.read(size);
      // Awaiting what is there already would cost a turn of the event loop for each chunk.
      const chunk = given instanceof Promise ? await given : given;
      if (chunk === undefined) return false;
      this.#chunk = chunk;
      this.#copies = [];
      this.#comments = [];
      this.#count = 0;
      this.#next = 0;
      this.#reader.push(chunk);
    }
    return true;
  }

  /** Passes on what is earlier than `limit`, ns from the base, or at that moment if `including`, in the order of the file. */
  deliver(limit: number, including: boolean): void {
    const { sink, correctionOf } = this.#options;
    while (this.#next < this.#count) {
      const time = this.#time[this.#next]!;
      if (time > limit || (time === limit && !including)) return;
      const at = this.#next++;
      const copy = this.#copy[at]!;
      const correction = correctionOf(this.#interface[at]!);
      let seconds = this.#seconds[at]!;
      let nanos = this.#nanos[at]!;
      if (correction !== 0) {
        const corrected = nanos - Math.round(correction);
        const step = Math.floor(corrected / 1e9);
        seconds += step;
        nanos = corrected - step * 1e9;
      }
      sink.onPacket(
        copy === IN_CHUNK ? this.#chunk : this.#copies[copy]!,
        this.#start[at]!,
        this.#end[at]!,
        this.#original[at]!,
        seconds,
        nanos,
        this.#linkType[at]!,
        this.#interface[at]!,
        this.#place[at]!,
      );
      while (this.#comments[0]?.after === this.#next) {
        const { interfaceIndex, text } = this.#comments.shift()!;
        sink.onPacketComment?.(interfaceIndex, text);
      }
    }
  }

  end(): CaptureStreamState {
    this.#options.reading.close();
    return this.#reader.end();
  }

  onInterface(description: CaptureInterface): void {
    this.#options.sink.onInterface(description);
  }

  onDropCount(interfaceIndex: number, dropped: number): void {
    this.#options.sink.onDropCount?.(interfaceIndex, dropped);
  }

  onAddressName(address: string, name: string): void {
    this.#options.sink.onAddressName?.(address, name);
  }

  onPacketComment(interfaceIndex: number, text: string): void {
    this.#comments.push({ after: this.#count, interfaceIndex, text });
  }

  onPacket(
    bytes: Uint8Array,
    start: number,
    end: number,
    originalLength: number,
    seconds: number,
    nanos: number,
    linkType: number,
    interfaceIndex: number,
    streamOffset: number,
  ): void {
    const { base, offset, correctionOf } = this.#options;
    if (this.#count === this.#time.length) this.#grow();
    if (Number.isNaN(base.seconds)) base.seconds = seconds;
    const at = this.#count++;
    const isInChunk = bytes === this.#chunk;
    this.#time[at] = (seconds - base.seconds) * 1e9 + nanos - correctionOf(interfaceIndex);
    this.#seconds[at] = seconds;
    this.#nanos[at] = nanos;
    this.#start[at] = isInChunk ? start : 0;
    this.#end[at] = isInChunk ? end : end - start;
    this.#copy[at] = isInChunk ? IN_CHUNK : this.#copies.push(bytes.slice(start, end)) - 1;
    this.#original[at] = originalLength;
    this.#linkType[at] = linkType;
    this.#interface[at] = interfaceIndex;
    this.#place[at] = offset + streamOffset;
  }

  #grow(): void {
    const size = this.#time.length * 2;
    const larger = <T extends Float64Array | Uint32Array | Uint16Array | Int32Array>(old: T, made: T): T => {
      made.set(old);
      return made;
    };
    this.#time = larger(this.#time, new Float64Array(size));
    this.#seconds = larger(this.#seconds, new Float64Array(size));
    this.#place = larger(this.#place, new Float64Array(size));
    this.#nanos = larger(this.#nanos, new Uint32Array(size));
    this.#start = larger(this.#start, new Uint32Array(size));
    this.#end = larger(this.#end, new Uint32Array(size));
    this.#original = larger(this.#original, new Uint32Array(size));
    this.#linkType = larger(this.#linkType, new Uint16Array(size));
    this.#interface = larger(this.#interface, new Uint16Array(size));
    this.#copy = larger(this.#copy, new Int32Array(size));
  }
}
