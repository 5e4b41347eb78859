/**
 * A capture as it arrives, in chunks of any size: recognises pcap and pcapng and hands their packets to a sink.
 * Cost: records that lie whole in a chunk are delivered in place; only one that straddles chunks is copied, into a carry
 * buffer that is reused. Nothing is allocated a packet, and the carry buffer (at most 320 KiB) is all the memory held.
 * A stream that stops making sense ends there with a problem: what came before was delivered, what follows is not guessed at.
 */
import type { Problem } from '../../base/problem.ts';
import { u32be } from './bytes.ts';
import type { CaptureStreamState, PacketSink } from './packetSink.ts';
import { PcapReader, readPcapMagic } from './pcapReader.ts';
import { PcapngReader } from './pcapngReader.ts';
import type { RecordReader } from './recordReader.ts';

const MAGIC_LENGTH = 4;
const PCAPNG_MAGIC = 0x0a0d0d0a;
const EMPTY = new Uint8Array(0);

export class CaptureReader {
  readonly #sink: PacketSink;
  #format: CaptureStreamState['format'] = 'unknown';
  #reader: RecordReader | undefined;
  #problem: Problem | undefined;
  #ended = false;
  #bytes = 0;
  #carry: Uint8Array = EMPTY;
  #carried = 0;
  #skip = 0;

  constructor(sink: PacketSink) {
    this.#sink = sink;
  }

  /** Delivers the packets that became whole. After `end` or a problem, bytes are counted and otherwise ignored. */
  push(chunk: Uint8Array): void {
    const base = this.#bytes;
    const length = chunk.length;
    this.#bytes += length;
    if (this.#ended || this.#problem !== undefined) return;
    let at = this.#skipped(0, length);
    while (at < length) {
      if (this.#carried === 0) {
        const next = this.#consume(chunk, at, length, base);
        if (this.#problem !== undefined) return;
        if (next < length) this.#keep(chunk, next, length);
        else this.#skip = next - length;
        return;
      }
      const needed = this.#reader?.needed ?? MAGIC_LENGTH;
      const take = Math.min(needed - this.#carried, length - at);
      this.#keep(chunk, at, at + take);
      at += take;
      if (this.#carried < needed) return;
      const carried = this.#carried;
      const next = this.#consume(this.#carry, 0, carried, base + at - carried);
      if (this.#problem !== undefined) return;
      // Nothing was read: by now the record's own header says how much more it takes.
      if (next === 0) continue;
      this.#carried = 0;
      this.#skip = next - carried;
      at = this.#skipped(at, length);
    }
  }

  /** No more bytes will come. Harmless to call twice. */
  end(): CaptureStreamState {
    if (!this.#ended) {
      this.#ended = true;
      this.#carry = EMPTY;
      if (this.#bytes === 0) {
        this.#problem = {
          code: 'empty-capture',
          detail: 'The capture is empty: it has no bytes at all',
          recover: 'Check that the capture was running and that the file was copied whole',
        };
      } else if (this.#reader === undefined && this.#problem === undefined) {
        this.#problem = foreignFile();
      }
    }
    return this.state;
  }

  get state(): CaptureStreamState {
    const unfinished = this.#ended && this.#reader !== undefined && (this.#carried > 0 || this.#skip > 0);
    return {
      format: this.#format,
      packets: this.#reader?.packets ?? 0,
      bytes: this.#bytes,
      linkTypes: [...(this.#reader?.linkTypes ?? [])],
      truncated: unfinished || this.#reader?.problem !== undefined,
      comments: [...(this.#reader?.comments ?? [])],
    };
  }

  /** Why the stream is unreadable or stopped early; `undefined` while all is well. A cut at the end is no problem but a state. */
  get problem(): Problem | undefined {
    return this.#problem;
  }

  #skipped(at: number, length: number): number {
    const jump = Math.min(this.#skip, length - at);
    this.#skip -= jump;
    return at + jump;
  }

  #keep(chunk: Uint8Array, start: number, end: number): void {
    const size = Math.max(this.#carried + end - start, this.#reader?.needed ?? MAGIC_LENGTH);
    if (size > this.#carry.length) {
      const larger = new Uint8Array(Math.max(size, Math.min(this.#carry.length * 2, 65_536), 4096));
      larger.set(this.#carry.subarray(0, this.#carried));
      this.#carry = larger;
    }
    for (let from = start, to = this.#carried; from < end;) this.#carry[to++] = chunk[from++]!;
    this.#carried += end - start;
  }

  #consume(bytes: Uint8Array, start: number, end: number, base: number): number {
    if (this.#reader === undefined) {
      if (end - start < MAGIC_LENGTH) return start;
      this.#recognise(bytes, start);
    }
    if (this.#reader === undefined) return start;
    const next = this.#reader.consume(bytes, start, end, base);
    this.#sink.onBufferDone?.();
    this.#problem = this.#reader.problem;
    return next;
  }

  #recognise(bytes: Uint8Array, at: number): void {
    const pcap = readPcapMagic(bytes, at);
    if (pcap !== undefined) {
      this.#format = 'pcap';
      this.#reader = new PcapReader(this.#sink, pcap);
    } else if (u32be(bytes, at) === PCAPNG_MAGIC) {
      this.#format = 'pcapng';
      this.#reader = new PcapngReader(this.#sink);
    } else {
      const tool = compressionTool(u32be(bytes, at));
      this.#problem = tool === undefined ? foreignFile() : compressedFile(tool);
    }
  }
}

/** The first bytes that common compressors write, with the command that undoes them. */
function compressionTool(magic: number): string | undefined {
  if (magic >>> 16 === 0x1f8b) return 'gunzip';
  if (magic === 0x28b52ffd) return 'zstd -d';
  if (magic === 0xfd377a58) return 'unxz';
  if (magic === 0x04224d18) return 'lz4 -d';
  if (magic >>> 8 === 0x425a68) return 'bunzip2';
  return undefined;
}

function compressedFile(tool: string): Problem {
  return {
    code: 'compressed-capture',
    detail: 'The capture is compressed',
    recover: `Decompress it first (${tool}), then open the result`,
  };
}

function foreignFile(): Problem {
  return {
    code: 'not-a-capture',
    detail: 'This is no packet capture: it starts like neither pcap nor pcapng',
    recover: 'Choose a file written by tcpdump, Wireshark or DNScope, or convert yours with "editcap -F pcapng"',
  };
}
