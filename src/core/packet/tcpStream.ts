/** State of one direction of one TCP connection at one vantage. Owned by {@link TcpReassembler}. */

/** Where and when a message came from. */
export interface TcpMessageOrigin {
  readonly vantage: number;
  /** 4 or 16 bytes, sender first. */
  readonly src: Uint8Array;
  readonly dst: Uint8Array;
  readonly addressLength: 4 | 16;
  readonly srcPort: number;
  readonly dstPort: number;
  /** As {@link Frame.direction}, of the segment that completed the message. */
  readonly direction: 0 | 1 | 2;
  /** Bytes of this stream between the message before and this one were not captured, or could not be framed. */
  readonly afterGap: boolean;
}

export interface TcpReassemblyLimits {
  readonly maxStreams: number;
  /** Bytes that one stream may hold: early segments and the part of a message that is there. */
  readonly maxBytesPerStream: number;
  /** Bytes that all streams may hold together. */
  readonly maxBytes: number;
  /** How long a hole is waited for before it counts as lost, in the unit of the times given (nanoseconds). */
  readonly holePatience: number;
}

/** What was delivered, and everything that was not. */
export interface TcpReassemblyCounts {
  readonly messages: number;
  /** Holes given up: segments that the capture does not have. */
  readonly gaps: number;
  /** Bytes that belong to no message that could be framed. */
  readonly unframedBytes: number;
  /** Streams that went for want of room while they held bytes, and those bytes. */
  readonly evictedStreams: number;
  readonly evictedBytes: number;
}

/** Where a segment was captured. */
export interface SegmentPlace {
  /** Nanoseconds, of the caller's choice of origin; never going back by more than capture jitter. */
  readonly time: number;
}

/** A segment that came before its turn, copied. */
export interface EarlySegment<Place> {
  readonly place: Place;
  readonly seq: number;
  readonly bytes: Uint8Array;
}

export class TcpStream<Place> implements TcpMessageOrigin {
  readonly hash: number;
  readonly vantage: number;
  readonly src: Uint8Array;
  readonly dst: Uint8Array;
  readonly addressLength: 4 | 16;
  readonly srcPort: number;
  readonly dstPort: number;
  direction: 0 | 1 | 2 = 0;
  afterGap = false;

  /** Of its latest segment. */
  time = 0;
  /** Sequence number of the next byte in order; meaningful once `started`. */
  nextSeq = 0;
  started = false;
  /** Sequence number after the SYN that opened the stream, -1 when none was seen. */
  synSeq = -1;
  /** Message boundaries are known: the next byte in order (after `held`) continues or starts a message. */
  framed = false;
  /** FIN or RST was reached: what repeats is ignored, what lies ahead is a new connection. */
  closed = false;
  /** Sequence number after the last byte, once a FIN said so. */
  finSeq: number | undefined;
  /** Framed: the message begun, with its length prefix. Unframed: the last bytes seen, searched for a start. */
  held: Uint8Array;
  heldLength = 0;
  /** In order of sequence number. */
  early: EarlySegment<Place>[] = [];
  earlyBytes = 0;
  /** Time at which the oldest hole was noticed. */
  holeSince = 0;

  // Links of the table: hash chain and recency list.
  chained: TcpStream<Place> | undefined;
  newer: TcpStream<Place> | undefined;
  older: TcpStream<Place> | undefined;

  constructor(hash: number, vantage: number, src: Uint8Array, dst: Uint8Array, srcPort: number, dstPort: number) {
    this.hash = hash;
    this.vantage = vantage;
    this.src = src;
    this.dst = dst;
    this.addressLength = src.length === 16 ? 16 : 4;
    this.srcPort = srcPort;
    this.dstPort = dstPort;
    this.held = NO_BYTES;
  }

  /** Bytes of memory held for data. */
  get cost(): number {
    return this.held.length + this.earlyBytes;
  }
}

export const NO_BYTES = new Uint8Array(0);
