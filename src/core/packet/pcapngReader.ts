/**
 * pcapng blocks (draft-ietf-opsawg-pcapng): section header, interface, enhanced, simple and old packet blocks, name
 * resolution, interface statistics; all others are skipped unread. Byte order and interface numbers start anew in each
 * section; interfaces are handed out with numbers that run on over the whole stream, so that a sink may key by them.
 * Cost: one pass, nothing allocated a packet without options. Memory: the interfaces (at most 4096), the section comments (at most 256).
 */
import type { Problem } from '../../base/problem.ts';
import { addressText } from './address.ts';
import { u16be, u16le, u32be, u32le, utf8Text } from './bytes.ts';
import type { CaptureInterface, PacketSink } from './packetSink.ts';
import { TickClock } from './tickClock.ts';
import { MAX_CAPTURED_LENGTH, type RecordReader, damagedCapture } from './recordReader.ts';

const BLOCK = {
  section: 0x0a0d0d0a,
  interface: 1,
  oldPacket: 2,
  simplePacket: 3,
  nameResolution: 4,
  statistics: 5,
  enhancedPacket: 6,
} as const;
const BYTE_ORDER_MAGIC = 0x1a2b3c4d;
const SMALLEST_BLOCK = 12;
/** A full packet and 64 KiB of options. Blocks of a known kind above this are damage. */
const LARGEST_BLOCK = MAX_CAPTURED_LENGTH + 65_536;
const MOST_INTERFACES = 4096;
const MOST_COMMENTS = 256;
/** An old packet block whose writer did not count what it dropped. */
const DROPS_UNKNOWN = 0xffff;
/** In bytes; a DNS name has at most 255. */
const LONGEST_NAME = 255;

interface SectionInterface {
  readonly index: number;
  readonly linkType: number;
  readonly snapLength: number;
  readonly clock: TickClock;
  /** Packets lost before ones that say so (epb_dropcount), and the capture's own count so far. */
  droppedBetween: number;
  droppedInAll: number;
}

type OptionVisitor = (code: number, start: number, stop: number) => void;

export class PcapngReader implements RecordReader {
  needed = SMALLEST_BLOCK;
  problem: Problem | undefined;
  packets = 0;
  readonly linkTypes: number[] = [];
  readonly comments: string[] = [];
  readonly #sink: PacketSink;
  #littleEndian = false;
  #interfaces: SectionInterface[] = [];
  #interfaceCount = 0;

  constructor(sink: PacketSink) {
    this.#sink = sink;
  }

  consume(bytes: Uint8Array, start: number, end: number, base: number): number {
    let at = start;
    while (end - at >= SMALLEST_BLOCK) {
      // The section's type reads the same in both byte orders, so it is recognised before the order is known.
      const isSection = u32be(bytes, at) === BLOCK.section;
      if (isSection && !this.#readByteOrder(bytes, at + 8))
        return this.#damaged(base, at, 'a section has no byte-order mark');
      const type = this.#u32(bytes, at);
      const length = this.#u32(bytes, at + 4);
      if (length < SMALLEST_BLOCK || length % 4 !== 0) return this.#damaged(base, at, `a block claims ${length} bytes`);
      const known =
        isSection ||
        type === BLOCK.enhancedPacket ||
        type === BLOCK.simplePacket ||
        type === BLOCK.oldPacket ||
        type === BLOCK.interface ||
        type === BLOCK.statistics ||
        (type === BLOCK.nameResolution && length <= LARGEST_BLOCK);
      const next = at + length;
      if (!known) {
        at = next;
        continue;
      }
      if (length > LARGEST_BLOCK) return this.#damaged(base, at, `a block claims ${length} bytes`);
      if (next > end) {
        this.needed = length;
        return at;
      }
      if (this.#u32(bytes, next - 4) !== length) return this.#damaged(base, at, 'the two lengths of a block differ');
      const wrong = this.#readBlock(type, bytes, at + 8, next - 4, base);
      if (wrong !== undefined) return this.#damaged(base, at, wrong);
      at = next;
    }
    this.needed = SMALLEST_BLOCK;
    return at;
  }

  #damaged(base: number, at: number, what: string): number {
    this.problem = damagedCapture(base + at, what);
    return at;
  }

  #u16(bytes: Uint8Array, at: number): number {
    return this.#littleEndian ? u16le(bytes, at) : u16be(bytes, at);
  }

  #u32(bytes: Uint8Array, at: number): number {
    return this.#littleEndian ? u32le(bytes, at) : u32be(bytes, at);
  }

  #readByteOrder(bytes: Uint8Array, at: number): boolean {
    this.#littleEndian = u32le(bytes, at) === BYTE_ORDER_MAGIC;
    return this.#littleEndian || u32be(bytes, at) === BYTE_ORDER_MAGIC;
  }

  /** @returns what is wrong with the block, `undefined` when it was read */
  #readBlock(type: number, bytes: Uint8Array, body: number, end: number, base: number): string | undefined {
    switch (type) {
      case BLOCK.enhancedPacket:
        if (end - body < 20) return 'a packet block is too short';
        return this.#packet(bytes, this.#u32(bytes, body), body, end, base);
      case BLOCK.oldPacket: {
        if (end - body < 20) return 'a packet block is too short';
        const local = this.#u16(bytes, body);
        const lost = this.#u16(bytes, body + 2);
        if (lost !== 0 && lost !== DROPS_UNKNOWN) this.#lostBetween(this.#interfaces[local], lost);
        return this.#packet(bytes, local, body, end, base);
      }
      case BLOCK.simplePacket:
        return this.#simplePacket(bytes, body, end, base);
      case BLOCK.interface:
        return this.#interface(bytes, body, end);
      case BLOCK.statistics:
        this.#statistics(bytes, body, end);
        return undefined;
      case BLOCK.nameResolution:
        this.#names(bytes, body, end);
        return undefined;
      default:
        return this.#section(bytes, body, end);
    }
  }

  /** Enhanced and old packet blocks agree from the time stamp on (draft §4.3, appendix A). */
  #packet(bytes: Uint8Array, local: number, body: number, end: number, base: number): string | undefined {
    const source = this.#interfaces[local];
    if (source === undefined) return `a packet names interface ${local}, which was not described`;
    const captured = this.#u32(bytes, body + 12);
    const original = this.#u32(bytes, body + 16);
    const start = body + 20;
    if (captured > end - start || captured > MAX_CAPTURED_LENGTH) return `a packet claims ${captured} captured bytes`;
    const clock = source.clock;
    clock.read(this.#u32(bytes, body + 4), this.#u32(bytes, body + 8));
    this.packets++;
    this.#sink.onPacket(
      bytes,
      start,
      start + captured,
      original < captured ? captured : original,
      clock.seconds,
      clock.nanos,
      source.linkType,
      source.index,
      base + start,
    );
    const options = start + captured + padding(captured);
    if (options < end) this.#packetOptions(source, bytes, options, end);
    return undefined;
  }

  /** Draft §4.3: opt_comment and epb_dropcount. Most writers give a packet no options at all. */
  #packetOptions(source: SectionInterface, bytes: Uint8Array, start: number, end: number): void {
    this.#options(bytes, start, end, (code, from, stop) => {
      if (code === 1) this.#sink.onPacketComment?.(source.index, utf8Text(bytes, from, stop));
      else if (code === 4 && stop - from >= 8) this.#lostBetween(source, this.#u64(bytes, from));
    });
  }

  /** A capture may tell losses at the packets and again in its statistics: the larger count holds for both. */
  #lostBetween(source: SectionInterface | undefined, lost: number): void {
    if (source === undefined || lost === 0) return;
    source.droppedBetween += lost;
    this.#tellDrops(source);
  }

  #tellDrops(source: SectionInterface): void {
    this.#sink.onDropCount?.(source.index, Math.max(source.droppedBetween, source.droppedInAll));
  }

  /** Draft §4.4: always the first interface, cut at its snap length, and no time: that of the packet before it there, else the epoch. */
  #simplePacket(bytes: Uint8Array, body: number, end: number, base: number): string | undefined {
    const source = this.#interfaces[0];
    if (source === undefined) return 'a simple packet comes before any interface';
    if (end - body < 4) return 'a packet block is too short';
    const original = this.#u32(bytes, body);
    const start = body + 4;
    const captured = Math.min(original, source.snapLength === 0 ? original : source.snapLength, end - start);
    if (captured > MAX_CAPTURED_LENGTH) return `a packet claims ${captured} captured bytes`;
    this.packets++;
    const { seconds, nanos } = source.clock;
    this.#sink.onPacket(
      bytes,
      start,
      start + captured,
      original,
      seconds,
      nanos,
      source.linkType,
      source.index,
      base + start,
    );
    return undefined;
  }

  #section(bytes: Uint8Array, body: number, end: number): string | undefined {
    if (end - body < 16) return 'a section header is too short';
    this.#interfaces = [];
    this.#options(bytes, body + 16, end, (code, start, stop) => {
      if (code === 1 && this.comments.length < MOST_COMMENTS) this.comments.push(utf8Text(bytes, start, stop));
    });
    return undefined;
  }

  #interface(bytes: Uint8Array, body: number, end: number): string | undefined {
    if (end - body < 8) return 'an interface block is too short';
    if (this.#interfaceCount >= MOST_INTERFACES) return `it describes more than ${MOST_INTERFACES} interfaces`;
    const linkType = this.#u16(bytes, body);
    let name: string | undefined;
    let description: string | undefined;
    const comments: string[] = [];
    let resolution = 6;
    let offset = 0;
    this.#options(bytes, body + 8, end, (code, start, stop) => {
      if (code === 1) comments.push(utf8Text(bytes, start, stop));
      else if (code === 2) name = utf8Text(bytes, start, stop);
      else if (code === 3) description = utf8Text(bytes, start, stop);
      else if (code === 9 && stop - start >= 1) resolution = bytes[start]!;
      else if (code === 14 && stop - start >= 8) offset = this.#i64(bytes, start);
    });
    const index = this.#interfaceCount++;
    this.#interfaces.push({
      index,
      linkType,
      snapLength: this.#u32(bytes, body + 4),
      clock: new TickClock(resolution, offset),
      droppedBetween: 0,
      droppedInAll: 0,
    });
    if (!this.linkTypes.includes(linkType)) this.linkTypes.push(linkType);
    const described: CaptureInterface = {
      index,
      linkType,
      ...(name === undefined ? {} : { name }),
      ...(description === undefined ? {} : { description }),
      ...(comments.length === 0 ? {} : { comments }),
      ...(this.comments.length === 0 ? {} : { sectionComments: this.comments }),
    };
    this.#sink.onInterface(described);
    return undefined;
  }

  /** Options 5 (isb_ifdrop) and 7 (isb_osdrop); both count since the capture began. A block about nobody is passed over. */
  #statistics(bytes: Uint8Array, body: number, end: number): void {
    const source = this.#interfaces[this.#u32(bytes, body)];
    if (source === undefined || end - body < 12) return;
    let dropped = 0;
    let reported = false;
    this.#options(bytes, body + 12, end, (code, start, stop) => {
      if ((code === 5 || code === 7) && stop - start >= 8) {
        dropped += this.#u64(bytes, start);
        reported = true;
      }
    });
    if (!reported) return;
    source.droppedInAll = Math.max(source.droppedInAll, dropped);
    this.#tellDrops(source);
  }

  /** Draft §4.5: records of an address and its names, each ended by a zero byte. What does not fit ends the list. */
  #names(bytes: Uint8Array, body: number, end: number): void {
    if (this.#sink.onAddressName === undefined) return;
    this.#options(bytes, body, end, (type, start, stop) => {
      const length = type === 1 ? 4 : type === 2 ? 16 : 0;
      if (length === 0 || stop - start <= length) return;
      let last = start + length;
      while (last < stop && bytes[last] !== 0) last++;
      const name = utf8Text(bytes, start + length, Math.min(last, start + length + LONGEST_NAME));
      if (name !== '') this.#sink.onAddressName?.(addressText(bytes, start, length), name);
    });
  }

  #u64(bytes: Uint8Array, at: number): number {
    const first = this.#u32(bytes, at);
    const second = this.#u32(bytes, at + 4);
    return this.#littleEndian ? second * 0x1_0000_0000 + first : first * 0x1_0000_0000 + second;
  }

  /** Why not: the unsigned value less 2^64. A double loses the low bits of a small negative number on that way. */
  #i64(bytes: Uint8Array, at: number): number {
    const high = this.#u32(bytes, this.#littleEndian ? at + 4 : at);
    const low = this.#u32(bytes, this.#littleEndian ? at : at + 4);
    return (high | 0) * 0x1_0000_0000 + low;
  }

  /** Draft §3.5. An option that runs over its block ends the list: the rest of it is not readable. */
  #options(bytes: Uint8Array, start: number, end: number, visit: OptionVisitor): void {
    for (let at = start; end - at >= 4;) {
      const code = this.#u16(bytes, at);
      const length = this.#u16(bytes, at + 2);
      if (code === 0 || length > end - at - 4) return;
      visit(code, at + 4, at + 4 + length);
      at += 4 + length + padding(length);
    }
  }
}

/** Bytes that fill up to a multiple of four. */
function padding(length: number): number {
  return -length & 3;
}
