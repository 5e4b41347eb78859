/**
 * Fragmented IP packets put together again, IPv4 and IPv6. Rare: only frames that say they are fragments come here.
 * Fragments may come in any order and, in a capture of several interfaces, more than once. Different data for one place is an attack or
 * damage: such a packet is refused as a whole (RFC 5722 §3, RFC 8200 §4.5), for IPv4 too.
 * Memory is bounded in packets, in bytes and in time; the oldest goes first. What never became whole is told, because whoever
 * waited for it never got it either. Times and counts, not kernel rules: a capture may have other gaps than its host had.
 */
import { u16be } from './bytes.ts';
import type { Frame } from './frame.ts';

export interface FragmentLimits {
  readonly maxPackets: number;
  /** Bytes of fragments held for all packets together. */
  readonly maxBytes: number;
  readonly maxPiecesPerPacket: number;
  /**
   * How long the rest of a packet is waited for, and its fragments are known again, in the unit of the times given (nanoseconds).
   * A busy host comes round its 16 bits of IPv4 identification in little more than a second.
   */
  readonly patience: number;
}

export const DEFAULT_FRAGMENT_LIMITS: FragmentLimits = {
  maxPackets: 1024,
  maxBytes: 8_388_608,
  maxPiecesPerPacket: 256,
  patience: 1_000_000_000,
};

export interface FragmentCounts {
  /** Fragments seen. */
  readonly fragments: number;
  readonly reassembled: number;
  /** Packets refused because their fragments contradict each other. */
  readonly contradictions: number;
  /** Packets whose other fragments never came, or for which there was no room to wait. */
  readonly incomplete: number;
}

/** Where a fragment was captured. */
export interface FragmentPlace {
  readonly vantage: number;
  /** Nanoseconds, of the caller's choice of origin. */
  readonly time: number;
}

/** A packet whose other fragments never came. */
export interface IncompletePacket<Place extends FragmentPlace> {
  /** IP header and the data up to the first hole, as an IP packet of its own; `undefined` when its first fragment is missing. */
  readonly beginning: Uint8Array | undefined;
  /** Of the fragment with the packet's beginning, else of the one that came first. */
  readonly place: Place;
  /**
   * The vantage captures later fragments at all. A capture filter on ports does not, as only the first one has ports: then
   * that the others are missing says nothing.
   */
  readonly othersAreCaptured: boolean;
}

interface Piece {
  readonly start: number;
  readonly bytes: Uint8Array;
}

interface Gathering<Place> {
  /** Time of its fragment that came first. */
  readonly since: number;
  place: Place;
  readonly pieces: Piece[];
  /** IP header without options and extensions, that of the first fragment. */
  header: Uint8Array | undefined;
  /** Bytes of data in the whole packet; -1 until its last fragment came. */
  total: number;
  held: number;
  /** Whole or refused: kept so that further copies of its fragments begin nothing new. */
  closed: boolean;
}

/** Object and list cell of one fragment; counted so that many tiny ones cannot hide from the limits. */
const PIECE_OVERHEAD = 64;
const LARGEST_PACKET = 65_535;

export class FragmentReassembler<Place extends FragmentPlace> {
  readonly #limits: FragmentLimits;
  readonly #onIncomplete: (packet: IncompletePacket<Place>) => void;
  /** In the order of their first fragments. */
  readonly #gatherings = new Map<string, Gathering<Place>>();
  /** Vantages at which a later fragment was seen. */
  readonly #capturesOthers = new Set<number>();
  readonly #counts = { fragments: 0, reassembled: 0, contradictions: 0, incomplete: 0 };
  #bytes = 0;

  constructor(onIncomplete: (packet: IncompletePacket<Place>) => void, limits: Partial<FragmentLimits> = {}) {
    this.#onIncomplete = onIncomplete;
    this.#limits = { ...DEFAULT_FRAGMENT_LIMITS, ...limits };
  }

  get counts(): FragmentCounts {
    return { ...this.#counts };
  }

  /** Bytes held at this moment. */
  get heldBytes(): number {
    return this.#bytes;
  }

  /**
   * Takes one fragment.
   * @param frame decoded from `bytes`, `fragment` not 0, and not clipped
   * @param place for {@link IncompletePacket}; kept
   * @returns the whole IP packet (without IP options and extension headers before the fragment's) once this fragment completed it
   */
  add(bytes: Uint8Array, frame: Frame, place: Place): Uint8Array | undefined {
    const { vantage, time } = place;
    this.#counts.fragments++;
    this.expire(time);
    if (frame.fragment === 2) this.#capturesOthers.add(vantage);
    const found = fragmentOf(bytes, frame);
    if (found === undefined) return undefined;
    const key = keyOf(vantage, bytes, frame, found.protocol);
    let gathering = this.#gatherings.get(key);
    if (gathering === undefined) {
      gathering = { since: time, place, pieces: [], header: undefined, total: -1, held: 0, closed: false };
      this.#gatherings.set(key, gathering);
    }
    if (gathering.closed) return undefined;
    const data = bytes.subarray(found.dataStart, frame.ipEnd);
    if (!this.#keep(gathering, found, data)) return undefined;
    if (found.offset === 0) {
      gathering.header = headerOf(bytes, frame, found.protocol);
      gathering.place = place;
    }
    const whole = wholePacket(gathering);
    if (whole !== undefined) {
      this.#counts.reassembled++;
      this.#close(gathering);
    }
    this.#makeRoom();
    return whole;
  }

  /** The time at which the oldest packet has waited too long, as in `add`; infinite when none waits. */
  get due(): number {
    for (const { since } of this.#gatherings.values()) return since + this.#limits.patience;
    return Number.POSITIVE_INFINITY;
  }

  /** Gives up what has waited too long at `time`, as in `add`. Cost: one step for each packet given up. */
  expire(time: number): void {
    for (const [key, gathering] of this.#gatherings) {
      if (time - gathering.since <= this.#limits.patience) return;
      this.#giveUp(key, gathering);
    }
  }

  #keep(gathering: Gathering<Place>, found: FragmentPart, data: Uint8Array): boolean {
    const { offset, more } = found;
    const end = offset + data.length;
    const isSound = data.length > 0 && end <= LARGEST_PACKET && (!more || data.length % 8 === 0);
    const agrees = more ? gathering.total < 0 || end < gathering.total : gathering.total < 0 || gathering.total === end;
    let at = gathering.pieces.length;
    while (at > 0 && gathering.pieces[at - 1]!.start > offset) at--;
    const before = gathering.pieces[at - 1];
    if (isSound && agrees && before?.start === offset && sameBytes(before.bytes, data)) return false; // seen on another interface
    const after = gathering.pieces[at];
    const overlaps =
      (before !== undefined && before.start + before.bytes.length > offset) ||
      (after !== undefined && end > after.start);
    const isBeyond = !more && gathering.pieces.some((piece) => piece.start + piece.bytes.length > end);
    if (!isSound || !agrees || overlaps || isBeyond || gathering.pieces.length >= this.#limits.maxPiecesPerPacket) {
      this.#counts.contradictions++;
      this.#close(gathering);
      return false;
    }
    gathering.pieces.splice(at, 0, { start: offset, bytes: data.slice() });
    gathering.held += data.length;
    if (!more) gathering.total = end;
    this.#bytes += data.length + PIECE_OVERHEAD;
    return true;
  }

  #close(gathering: Gathering<Place>): void {
    this.#release(gathering);
    gathering.closed = true;
    gathering.header = undefined;
  }

  #release(gathering: Gathering<Place>): void {
    this.#bytes -= gathering.held + gathering.pieces.length * PIECE_OVERHEAD;
    gathering.pieces.length = 0;
    gathering.held = 0;
  }

  #giveUp(key: string, gathering: Gathering<Place>): void {
    this.#gatherings.delete(key);
    if (gathering.closed) return;
    this.#counts.incomplete++;
    const { place } = gathering;
    const beginning = beginningOf(gathering);
    this.#release(gathering);
    this.#onIncomplete({ place, beginning, othersAreCaptured: this.#capturesOthers.has(place.vantage) });
  }

  #makeRoom(): void {
    for (const [key, gathering] of this.#gatherings) {
      if (this.#gatherings.size <= this.#limits.maxPackets && this.#bytes <= this.#limits.maxBytes) return;
      this.#giveUp(key, gathering);
    }
  }
}

interface FragmentPart {
  /** Position of the fragment's data in the buffer, and in the packet. */
  readonly dataStart: number;
  readonly offset: number;
  readonly more: boolean;
  /** Of the first byte of the packet's data. */
  readonly protocol: number;
}

function fragmentOf(bytes: Uint8Array, frame: Frame): FragmentPart | undefined {
  const at = frame.ipStart;
  if (frame.ipVersion === 4) {
    const field = u16be(bytes, at + 6);
    return {
      dataStart: at + (bytes[at]! & 15) * 4,
      offset: (field & 0x1fff) * 8,
      more: (field & 0x2000) !== 0,
      protocol: bytes[at + 9]!,
    };
  }
  // decodeFrame walked these headers already: each has 8 bytes at least, and a fragment header is among them.
  let next = bytes[at + 6]!;
  let position = at + 40;
  while (next !== 44) {
    if (frame.ipEnd - position < 8) return undefined;
    const length = next === 51 ? (bytes[position + 1]! + 2) * 4 : (bytes[position + 1]! + 1) * 8;
    next = bytes[position]!;
    position += length;
  }
  const field = u16be(bytes, position + 2);
  return { dataStart: position + 8, offset: field & 0xfff8, more: (field & 1) !== 0, protocol: bytes[position]! };
}

/** RFC 791 §2.3: addresses, protocol and identification; RFC 8200 §4.5: without the protocol. */
function keyOf(vantage: number, bytes: Uint8Array, frame: Frame, protocol: number): string {
  const ends = String.fromCharCode(...bytes.subarray(frame.srcStart, frame.srcStart + 2 * frame.addressLength));
  return `${String(vantage)} ${String(frame.ipId)} ${String(frame.ipVersion === 4 ? protocol : 0)} ${ends}`;
}

function headerOf(bytes: Uint8Array, frame: Frame, protocol: number): Uint8Array {
  const length = frame.ipVersion === 4 ? 20 : 40;
  const header = bytes.slice(frame.ipStart, frame.ipStart + length);
  if (frame.ipVersion === 4) {
    header[0] = 0x45;
    header[6] = 0;
    header[7] = 0;
  } else {
    header[6] = protocol;
  }
  return header;
}

function wholePacket(gathering: Gathering<unknown>): Uint8Array | undefined {
  if (gathering.total < 0 || gathering.held !== gathering.total) return undefined;
  return beginningOf(gathering);
}

/** Header and data up to the first hole. */
function beginningOf({ header, pieces, held }: Gathering<unknown>): Uint8Array | undefined {
  if (header === undefined || pieces[0]?.start !== 0) return undefined;
  const packet = new Uint8Array(header.length + held);
  packet.set(header);
  let end = 0;
  for (const piece of pieces) {
    if (piece.start !== end) break;
    packet.set(piece.bytes, header.length + end);
    end += piece.bytes.length;
  }
  // The length field of what is too long for it says 0, as with segmentation offload: the end of the bytes rules.
  const claimed = header.length === 20 ? end + 20 : end;
  const field = header.length === 20 ? 2 : 4;
  packet[field] = claimed > LARGEST_PACKET ? 0 : claimed >> 8;
  packet[field + 1] = claimed > LARGEST_PACKET ? 0 : claimed & 255;
  return packet.subarray(0, header.length + end);
}

function sameBytes(a: Uint8Array, b: Uint8Array): boolean {
  return a.length === b.length && a.every((byte, k) => byte === b[k]);
}
