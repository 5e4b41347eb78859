/**
 * pcap records (libpcap's savefile format, draft-ietf-opsawg-pcap): micro- and nanoseconds, both byte orders, and the
 * "modified" variety of old Linux distributions, whose records have 8 bytes more (interface, protocol, packet type).
 * Cost: one pass, nothing allocated a record; a record is delivered where it lies in the caller's buffer.
 * Why not: searching for the next plausible record after damage. A guessed record boundary invents packets.
 */
import type { Problem } from '../../base/problem.ts';
import { u16be, u16le, u32be, u32le } from './bytes.ts';
import type { PacketSink } from './packetSink.ts';
import { MAX_CAPTURED_LENGTH, type RecordReader, damagedCapture } from './recordReader.ts';

const FILE_HEADER = 24;
const RECORD_HEADER = 16;
const MODIFIED_RECORD_HEADER = 24;
/** Writers exist that name a smaller snap length than they keep; libpcap reads those, and so do we up to this length. */
const TOLERATED_LENGTH = 65_535;

export interface PcapMagic {
  readonly littleEndian: boolean;
  readonly nanoseconds: boolean;
  readonly recordHeader: number;
}

/** What the four magic bytes say, `undefined` when this is no pcap. */
export function readPcapMagic(bytes: Uint8Array, at: number): PcapMagic | undefined {
  switch (u32be(bytes, at)) {
    case 0xa1b2c3d4:
      return { littleEndian: false, nanoseconds: false, recordHeader: RECORD_HEADER };
    case 0xd4c3b2a1:
      return { littleEndian: true, nanoseconds: false, recordHeader: RECORD_HEADER };
    case 0xa1b23c4d:
      return { littleEndian: false, nanoseconds: true, recordHeader: RECORD_HEADER };
    case 0x4d3cb2a1:
      return { littleEndian: true, nanoseconds: true, recordHeader: RECORD_HEADER };
    case 0xa1b2cd34:
      return { littleEndian: false, nanoseconds: false, recordHeader: MODIFIED_RECORD_HEADER };
    case 0x34cdb2a1:
      return { littleEndian: true, nanoseconds: false, recordHeader: MODIFIED_RECORD_HEADER };
    default:
      return undefined;
  }
}

export class PcapReader implements RecordReader {
  needed = FILE_HEADER;
  problem: Problem | undefined;
  packets = 0;
  readonly linkTypes: number[] = [];
  readonly comments: readonly string[] = [];
  readonly #sink: PacketSink;
  readonly #littleEndian: boolean;
  readonly #nanosPerFraction: number;
  readonly #recordHeader: number;
  #linkType = 0;
  #longest = 0;

  constructor(sink: PacketSink, magic: PcapMagic) {
    this.#sink = sink;
    this.#littleEndian = magic.littleEndian;
    this.#nanosPerFraction = magic.nanoseconds ? 1 : 1000;
    this.#recordHeader = magic.recordHeader;
  }

  consume(bytes: Uint8Array, start: number, end: number, base: number): number {
    let at = start;
    if (this.linkTypes.length === 0) {
      if (end - at < FILE_HEADER) return at;
      this.#readFileHeader(bytes, at);
      at += FILE_HEADER;
    }
    const sink = this.#sink;
    const littleEndian = this.#littleEndian;
    const nanosPerFraction = this.#nanosPerFraction;
    const linkType = this.#linkType;
    const longest = this.#longest;
    const recordHeader = this.#recordHeader;
    while (end - at >= recordHeader) {
      const captured = littleEndian ? u32le(bytes, at + 8) : u32be(bytes, at + 8);
      if (captured > longest) {
        this.problem = damagedCapture(base + at, `a packet there claims ${captured} captured bytes`);
        return at;
      }
      const next = at + recordHeader + captured;
      if (next > end) {
        this.needed = recordHeader + captured;
        return at;
      }
      let seconds = littleEndian ? u32le(bytes, at) : u32be(bytes, at);
      let nanos = (littleEndian ? u32le(bytes, at + 4) : u32be(bytes, at + 4)) * nanosPerFraction;
      const original = littleEndian ? u32le(bytes, at + 12) : u32be(bytes, at + 12);
      if (nanos >= 1e9) {
        seconds += Math.floor(nanos / 1e9);
        nanos %= 1e9;
      }
      this.packets++;
      const body = at + recordHeader;
      sink.onPacket(
        bytes,
        body,
        next,
        original < captured ? captured : original,
        seconds,
        nanos,
        linkType,
        0,
        base + body,
      );
      at = next;
    }
    this.needed = recordHeader;
    return at;
  }

  #readFileHeader(bytes: Uint8Array, at: number): void {
    const snapLength = this.#littleEndian ? u32le(bytes, at + 16) : u32be(bytes, at + 16);
    // Snap length 0 means "no limit" to the writers that use it. Bits above 15 of the link type carry the FCS length.
    this.#longest =
      snapLength === 0 ? MAX_CAPTURED_LENGTH : Math.min(Math.max(snapLength, TOLERATED_LENGTH), MAX_CAPTURED_LENGTH);
    this.#linkType = this.#littleEndian ? u16le(bytes, at + 20) : u16be(bytes, at + 22);
    this.linkTypes.push(this.#linkType);
    this.#sink.onInterface({ index: 0, linkType: this.#linkType });
  }
}
