/**
 * DNS messages out of TCP segments (2-byte length framing, RFC 1035 §4.2.2), one stream for each direction of a connection
 * seen at a vantage. Segments may come out of order, repeated, overlapping, or not at all.
 * Cost: an in-order segment that holds whole messages is delivered in place; a message's rest and early segments are
 * copied. Memory is bounded three ways (streams, bytes of a stream, bytes in all); the least recently used stream goes first.
 * After a hole, and when the connection began before the capture, framing is found again at a message that looks like DNS
 * from its length to its question (messageStart.ts); trusting a length alone would turn payload into messages.
 * Closed streams stay as small tombstones, so that a retransmission after FIN does not deliver its message twice.
 */
import { HEADER_LENGTH } from '../dns/header.ts';
import { u16be } from './bytes.ts';
import { type Frame, TcpFlag } from './frame.ts';
import { START_LENGTH, findMessageStart } from './messageStart.ts';
import { StreamTable } from './streamTable.ts';
import {
  NO_BYTES,
  type SegmentPlace,
  type TcpMessageOrigin,
  type TcpReassemblyCounts,
  type TcpReassemblyLimits,
  type TcpStream,
} from './tcpStream.ts';

export type { TcpMessageOrigin, TcpReassemblyCounts, TcpReassemblyLimits };

export interface TcpMessageSink<Place> {
  /**
   * One whole DNS message in `[start, end)`, without its length prefix.
   * Invariant: `message` and `origin` are valid only during the call; copy what must last.
   * @param place of the segment that completed it: the one that filled a hole, or, behind a hole that was given up, its own
   */
  onTcpMessage(message: Uint8Array, start: number, end: number, origin: TcpMessageOrigin, place: Place): void;
}

export const DEFAULT_TCP_LIMITS: TcpReassemblyLimits = {
  maxStreams: 8192,
  maxBytesPerStream: 262_144,
  maxBytes: 33_554_432,
  holePatience: 3_000_000_000,
};

/** A message is a header at least (RFC 1035 §4.1.1). */
const SHORTEST_MESSAGE = HEADER_LENGTH;
/** Sequence numbers farther apart than this belong to another connection with the same ports. */
const LARGEST_JUMP = 1 << 24;
/** Object and list cell of one early segment; counted so that many tiny segments cannot hide from the limits. */
const SEGMENT_OVERHEAD = 64;
/** A stream between messages keeps its buffer up to this size, so that idle streams don't sit on the budget. */
const LARGEST_KEPT_BUFFER = 2048;

export class TcpReassembler<Place extends SegmentPlace> {
  readonly #sink: TcpMessageSink<Place>;
  readonly #limits: TcpReassemblyLimits;
  readonly #streams = new StreamTable<Place>();
  readonly #counts = { messages: 0, gaps: 0, unframedBytes: 0, evictedStreams: 0, evictedBytes: 0 };
  #bytes = 0;
  #expired = Number.NEGATIVE_INFINITY;
  /** Of the segment whose bytes are being taken. */
  #place: Place | undefined;

  constructor(sink: TcpMessageSink<Place>, limits: Partial<TcpReassemblyLimits> = {}) {
    this.#sink = sink;
    this.#limits = { ...DEFAULT_TCP_LIMITS, ...limits };
  }

  get counts(): TcpReassemblyCounts {
    return { ...this.#counts };
  }

  /** Bytes held for data at this moment, over all streams. */
  get heldBytes(): number {
    return this.#bytes;
  }

  get streamCount(): number {
    return this.#streams.size;
  }

  /**
   * @param bytes the buffer that `frame` was decoded from
   * @param place kept while the segment waits for those before it
   */
  segment(vantage: number, bytes: Uint8Array, frame: Frame, place: Place): void {
    const flags = frame.tcpFlags;
    const length = frame.payloadEnd - frame.payloadStart;
    if (length <= 0 && (flags & (TcpFlag.syn | TcpFlag.fin | TcpFlag.rst)) === 0) return;
    if (place.time - this.#expired > this.#limits.holePatience) this.expire(place.time);
    const stream = this.#streams.open(vantage, bytes, frame);
    stream.time = place.time;
    this.#place = place;
    stream.direction = frame.direction;
    const before = stream.cost;
    let seq = frame.tcpSeq;
    if ((flags & TcpFlag.syn) !== 0) {
      seq = (seq + 1) >>> 0;
      this.#synchronise(stream, seq);
    }
    if (length > 0) this.#data(stream, seq, bytes, frame.payloadStart, frame.payloadEnd);
    if ((flags & TcpFlag.rst) !== 0) {
      this.#giveUpHoles(stream);
      this.#close(stream);
    } else if ((flags & TcpFlag.fin) !== 0 && !stream.closed) {
      // A clipped segment's FIN lies beyond bytes that are not here; the hole before it is found like any other.
      if (!frame.clipped) stream.finSeq = (seq + length) >>> 0;
    }
    this.#settle(stream);
    this.#bytes += stream.cost - before;
    this.#makeRoom();
  }

  /**
   * Gives up the holes of streams that went quiet, which their own segments no longer do. Other segments do it now and then; live
   * captures, where none may come, once in a while.
   * @param time the present, as in `segment`. Cost: one step for each stream quiet for longer than the patience
   */
  expire(time: number): void {
    this.#expired = time;
    let stream = this.#streams.oldest;
    for (; stream !== undefined && time - stream.time > this.#limits.holePatience; stream = stream.newer) {
      if (stream.early.length === 0) continue;
      const before = stream.cost;
      this.#giveUpHoles(stream);
      this.#settle(stream);
      this.#bytes += stream.cost - before;
    }
  }

  /** The capture is over: delivers what lies behind holes and forgets all streams. */
  end(): void {
    for (let stream = this.#streams.oldest; stream !== undefined; stream = this.#streams.oldest) {
      this.#giveUpHoles(stream);
      this.#streams.delete(stream);
    }
    this.#bytes = 0;
  }

  #synchronise(stream: TcpStream<Place>, seq: number): void {
    // The same SYN again is a retransmission; another one is a new connection on the same ports.
    if (stream.synSeq === seq) return;
    this.#giveUpHoles(stream);
    this.#forget(stream);
    stream.afterGap = false;
    stream.closed = false;
    stream.finSeq = undefined;
    stream.started = true;
    stream.synSeq = seq;
    stream.framed = true;
    stream.nextSeq = seq;
  }

  #data(stream: TcpStream<Place>, seq: number, bytes: Uint8Array, start: number, end: number): void {
    if (!stream.started) {
      stream.started = true;
      stream.nextSeq = seq;
    }
    const ahead = (seq - stream.nextSeq) | 0;
    if (ahead > LARGEST_JUMP || ahead < -LARGEST_JUMP || (stream.closed && ahead >= 0)) {
      this.#restart(stream, seq);
      this.#inOrder(stream, bytes, start, end);
    } else if (ahead <= 0) {
      if (start - ahead < end) this.#inOrder(stream, bytes, start - ahead, end);
    } else {
      this.#keepEarly(stream, seq, bytes, start, end);
    }
  }

  /** Another connection, whose beginning was not captured, goes on in this stream's place. */
  #restart(stream: TcpStream<Place>, seq: number): void {
    this.#giveUpHoles(stream);
    if (!stream.closed) this.#loseFraming(stream);
    this.#forget(stream);
    stream.closed = false;
    stream.finSeq = undefined;
    stream.synSeq = -1;
    stream.framed = false;
    stream.nextSeq = seq;
  }

  #keepEarly(stream: TcpStream<Place>, seq: number, bytes: Uint8Array, start: number, end: number): void {
    const stop = end - start;
    let at = stream.early.length;
    while (at > 0 && ((stream.early[at - 1]!.seq - seq) | 0) > 0) at--;
    const before = stream.early[at - 1];
    if (before !== undefined && ((before.seq + before.bytes.length - seq - stop) | 0) >= 0) return; // all of it is here
    if (stream.early.length === 0) stream.holeSince = stream.time;
    stream.early.splice(at, 0, { place: this.#place!, seq, bytes: bytes.slice(start, end) });
    stream.earlyBytes += stop + SEGMENT_OVERHEAD;
  }

  /** Takes what early segments now follow on, and gives up a hole that lasted or cost too much. */
  #settle(stream: TcpStream<Place>): void {
    this.#drainEarly(stream);
    while (
      stream.early.length > 0 &&
      (stream.cost > this.#limits.maxBytesPerStream || stream.time - stream.holeSince > this.#limits.holePatience)
    ) {
      this.#giveUpHole(stream);
    }
    if (stream.finSeq !== undefined && stream.started && ((stream.nextSeq - stream.finSeq) | 0) >= 0)
      this.#close(stream);
  }

  #drainEarly(stream: TcpStream<Place>, isHoleFilled = true): void {
    const filling = this.#place;
    let taken = 0;
    for (; taken < stream.early.length; taken++) {
      const { place, seq, bytes } = stream.early[taken]!;
      const ahead = (seq - stream.nextSeq) | 0;
      if (ahead > 0) break;
      stream.earlyBytes -= bytes.length + SEGMENT_OVERHEAD;
      if (!isHoleFilled) this.#place = place;
      if (-ahead < bytes.length) this.#inOrder(stream, bytes, -ahead, bytes.length);
    }
    this.#place = filling;
    if (taken === 0) return;
    stream.early.splice(0, taken);
    stream.holeSince = stream.time;
  }

  #giveUpHoles(stream: TcpStream<Place>): void {
    while (stream.early.length > 0) this.#giveUpHole(stream);
  }

  #giveUpHole(stream: TcpStream<Place>): void {
    this.#counts.gaps++;
    this.#loseFraming(stream);
    stream.nextSeq = stream.early[0]!.seq;
    this.#drainEarly(stream, false);
  }

  /** Drops the message begun; the next bytes are searched for a message start. */
  #loseFraming(stream: TcpStream<Place>): void {
    this.#counts.unframedBytes += stream.heldLength;
    stream.heldLength = 0;
    stream.framed = false;
    stream.afterGap = true;
  }

  #inOrder(stream: TcpStream<Place>, bytes: Uint8Array, start: number, end: number): void {
    stream.nextSeq = (stream.nextSeq + end - start) >>> 0;
    let at = start;
    while (at < end) {
      if (!stream.framed) {
        at = this.#search(stream, bytes, at, end);
        continue;
      }
      if (stream.heldLength > 0) {
        at = this.#continueMessage(stream, bytes, at, end);
        continue;
      }
      const length = end - at >= 2 ? u16be(bytes, at) : -1;
      if (length >= 0 && length < SHORTEST_MESSAGE) {
        this.#loseFraming(stream);
      } else if (length >= 0 && at + 2 + length <= end) {
        this.#deliver(stream, bytes, at + 2, at + 2 + length);
        at += 2 + length;
      } else {
        this.#hold(stream, bytes, at, end);
        at = end;
      }
    }
  }

  /** @returns the position up to which `bytes` were used for the message begun */
  #continueMessage(stream: TcpStream<Place>, bytes: Uint8Array, start: number, end: number): number {
    let at = start;
    if (stream.heldLength < 2) {
      this.#hold(stream, bytes, at, at + 1);
      at++;
    }
    const length = u16be(stream.held, 0);
    if (length < SHORTEST_MESSAGE) {
      this.#loseFraming(stream);
      return at;
    }
    const stop = Math.min(end, at + 2 + length - stream.heldLength);
    this.#hold(stream, bytes, at, stop);
    if (stream.heldLength === 2 + length) {
      this.#deliver(stream, stream.held, 2, 2 + length);
      stream.heldLength = 0;
      if (stream.held.length > LARGEST_KEPT_BUFFER) stream.held = NO_BYTES;
    }
    return stop;
  }

  /** Looks for a message start in the last bytes held and the new ones. @returns the position to go on from */
  #search(stream: TcpStream<Place>, bytes: Uint8Array, start: number, end: number): number {
    if (stream.heldLength === 0) {
      const found = findMessageStart(bytes, start, end);
      if (found >= 0) {
        this.#skip(stream, found - start);
        stream.framed = true;
        return found;
      }
    }
    // A start may straddle segments, so the tail that could hold the beginning of one stays.
    const taken = Math.min(end, start + 4 * START_LENGTH);
    this.#hold(stream, bytes, start, taken);
    this.#searchHeld(stream);
    return taken;
  }

  #searchHeld(stream: TcpStream<Place>): void {
    while (!stream.framed) {
      const found = findMessageStart(stream.held, 0, stream.heldLength);
      const drop = found >= 0 ? found : Math.max(0, stream.heldLength - START_LENGTH);
      this.#dropHeld(stream, drop);
      this.#skip(stream, drop);
      if (found < 0) return;
      stream.framed = true;
      this.#deliverHeld(stream);
    }
  }

  #skip(stream: TcpStream<Place>, count: number): void {
    if (count === 0) return;
    this.#counts.unframedBytes += count;
    stream.afterGap = true;
  }

  /** After a search, `held` may hold several messages; the framed state wants at most the one begun. */
  #deliverHeld(stream: TcpStream<Place>): void {
    let at = 0;
    while (stream.heldLength - at >= 2) {
      const length = u16be(stream.held, at);
      stream.framed = length >= SHORTEST_MESSAGE;
      if (!stream.framed || at + 2 + length > stream.heldLength) break;
      this.#deliver(stream, stream.held, at + 2, at + 2 + length);
      at += 2 + length;
    }
    this.#dropHeld(stream, at);
  }

  #dropHeld(stream: TcpStream<Place>, count: number): void {
    stream.held.copyWithin(0, count, stream.heldLength);
    stream.heldLength -= count;
  }

  #deliver(stream: TcpStream<Place>, bytes: Uint8Array, start: number, end: number): void {
    this.#counts.messages++;
    this.#sink.onTcpMessage(bytes, start, end, stream, this.#place!);
    stream.afterGap = false;
  }

  /** Appends to `held`. It grows with the bytes that came, not with the length that a message claims. */
  #hold(stream: TcpStream<Place>, bytes: Uint8Array, start: number, end: number): void {
    const size = stream.heldLength + end - start;
    if (size > stream.held.length) {
      const larger = new Uint8Array(Math.max(size, stream.held.length * 2, 64));
      larger.set(stream.held.subarray(0, stream.heldLength));
      stream.held = larger;
    }
    stream.held.set(bytes.subarray(start, end), stream.heldLength);
    stream.heldLength = size;
  }

  #close(stream: TcpStream<Place>): void {
    this.#counts.unframedBytes += stream.heldLength;
    this.#forget(stream);
    stream.closed = true;
  }

  #forget(stream: TcpStream<Place>): void {
    stream.held = NO_BYTES;
    stream.heldLength = 0;
    stream.early = [];
    stream.earlyBytes = 0;
  }

  #makeRoom(): void {
    while (this.#streams.size > this.#limits.maxStreams || this.#bytes > this.#limits.maxBytes) {
      const stream = this.#streams.oldest;
      if (stream === undefined) return;
      this.#bytes -= stream.cost;
      this.#giveUpHoles(stream); // what is whole behind a hole is delivered, not dropped
      if (stream.heldLength > 0) {
        this.#counts.evictedStreams++;
        this.#counts.evictedBytes += stream.heldLength;
      }
      this.#streams.delete(stream);
    }
  }
}
