/**
 * The trace's columns. A table is a list of chunks of 65,536 rows, and a chunk holds one typed array a column, so a
 * table grows without copying, a row costs exactly the bytes listed, and the garbage collector sees a few hundred
 * objects for millions of rows. Row ids are dense: `chunkOf(id)` and `id & ROW_MASK` address a row.
 * Times are nanoseconds since the trace's base second as Float64: exact for 104 days (2^53 ns).
 */
export const ROW_BITS = 16;
export const ROWS = 1 << ROW_BITS;
export const ROW_MASK = ROWS - 1;
/** No row. */
export const NONE = 0xffff_ffff;

export class ChunkedTable<Chunk> {
  readonly chunks: Chunk[] = [];
  length = 0;
  readonly #make: () => Chunk;

  constructor(make: () => Chunk) {
    this.#make = make;
  }

  /** Adds an empty row (all zero) and returns its id. */
  add(): number {
    const id = this.length++;
    if ((id & ROW_MASK) === 0) this.chunks.push(this.#make());
    return id;
  }

  of(id: number): Chunk {
    return this.chunks[id >>> ROW_BITS]!;
  }
}

/** 34 bytes a message. */
export class MessageChunk {
  readonly time = new Float64Array(ROWS);
  /** Position of the packet's first byte in its vantage's stream. */
  readonly offset = new Float64Array(ROWS);
  /** 1-based number of the packet in its stream, as Wireshark numbers frames. */
  readonly packet = new Uint32Array(ROWS);
  readonly transaction = new Uint32Array(ROWS);
  readonly next = new Uint32Array(ROWS);
  /** Second 16-bit word of the DNS header (RFC 1035 §4.1.1). */
  readonly flags = new Uint16Array(ROWS);
  /** Captured length of the packet, bytes. */
  readonly packetLength = new Uint16Array(ROWS);
  /** Length of the DNS message, bytes. */
  readonly size = new Uint16Array(ROWS);
}

export const State = { pending: 0, answered: 1, late: 2, unanswered: 3, unsolicited: 4 } as const;
export const Proto = { udp: 0, tcp: 1 } as const;
/** How a transaction was placed in its exchange, and an exchange under its parent. */
export const Join = { none: 0, exact: 1, strong: 2, inferred: 3 } as const;

/** 76 bytes a transaction: a query and its response at one vantage. */
export class TransactionChunk {
  /** First query. */
  readonly start = new Float64Array(ROWS);
  /** Latest query, for the schedule of retransmissions. */
  readonly lastQuery = new Float64Array(ROWS);
  /** Response; NaN while there is none. */
  readonly end = new Float64Array(ROWS);
  readonly client = new Uint32Array(ROWS);
  readonly server = new Uint32Array(ROWS);
  readonly name = new Uint32Array(ROWS);
  readonly firstMessage = new Uint32Array(ROWS);
  readonly lastMessage = new Uint32Array(ROWS);
  readonly response = new Uint32Array(ROWS);
  readonly exchange = new Uint32Array(ROWS);
  readonly nextInExchange = new Uint32Array(ROWS);
  /** Older transaction with the same (ID, name, type): the candidates of rule R2. */
  readonly olderSameId = new Uint32Array(ROWS);
  /** Older transaction with the same (server, name, type): the candidates of rule R3. */
  readonly olderSameQuestion = new Uint32Array(ROWS);
  readonly clientPort = new Uint16Array(ROWS);
  readonly serverPort = new Uint16Array(ROWS);
  readonly dnsId = new Uint16Array(ROWS);
  readonly qtype = new Uint16Array(ROWS);
  readonly qclass = new Uint16Array(ROWS);
  readonly answers = new Uint16Array(ROWS);
  readonly retransmissions = new Uint16Array(ROWS);
  readonly vantage = new Uint16Array(ROWS);
  /** All 12 bits: the header's four and, with EDNS, eight more (RFC 6891 §6.1.3). */
  readonly rcode = new Uint16Array(ROWS);
  readonly proto = new Uint8Array(ROWS);
  readonly state = new Uint8Array(ROWS);
  readonly joined = new Uint8Array(ROWS);
}

/** 30 bytes an exchange: the same query and response, seen at one vantage or more. */
export class ExchangeChunk {
  readonly first = new Uint32Array(ROWS);
  /** The client's exchange that this upstream exchange serves (rule R3); NONE for a root. */
  readonly parent = new Uint32Array(ROWS);
  readonly firstChild = new Uint32Array(ROWS);
  readonly lastChild = new Uint32Array(ROWS);
  readonly nextSibling = new Uint32Array(ROWS);
  readonly lookup = new Uint32Array(ROWS);
  readonly nextInLookup = new Uint32Array(ROWS);
  readonly parentJoin = new Uint8Array(ROWS);
  /** Set apart, never a lookup. 1: asked by a resolver on its own behalf (R5); 2: a step of a walk that began before its pod was watched. */
  readonly background = new Uint8Array(ROWS);
}

/** 62 bytes a lookup: what the application asked for once. The verdict columns are a cache, refreshed when dirty. */
export class LookupChunk {
  readonly start = new Float64Array(ROWS);
  /** Start of the name being tried now. */
  readonly stepStart = new Float64Array(ROWS);
  /** Latest response to any of its exchanges; NaN before the first. */
  readonly lastEnd = new Float64Array(ROWS);
  readonly latency = new Float64Array(ROWS);
  readonly client = new Uint32Array(ROWS);
  /** The name being tried now; the one that decides the outcome. */
  readonly name = new Uint32Array(ROWS);
  readonly firstExchange = new Uint32Array(ROWS);
  readonly lastExchange = new Uint32Array(ROWS);
  /** First exchange of the current name. */
  readonly stepExchange = new Uint32Array(ROWS);
  /** Transaction that proves the verdict; NONE without one. */
  readonly proof = new Uint32Array(ROWS);
  /** Address of the server at fault or asked, id. */
  readonly culprit = new Uint32Array(ROWS);
  readonly exchanges = new Uint16Array(ROWS);
  /** Of the transaction that decides, 12 bits. */
  readonly rcode = new Uint16Array(ROWS);
  readonly attempts = new Uint8Array(ROWS);
  readonly searchNames = new Uint8Array(ROWS);
  readonly outcome = new Uint8Array(ROWS);
  readonly cause = new Uint8Array(ROWS);
  readonly confidence = new Uint8Array(ROWS);
  /** Labels that all names of a search-list walk have in common; 0 before its second name. */
  readonly baseLabels = new Uint8Array(ROWS);
  /** 1: the latest response found nothing (NXDOMAIN or no data), so another search name may follow. */
  readonly missed = new Uint8Array(ROWS);
  /** Bit 0: in the dirty list. Bit 1: slow. Bit 2: evaluated at least once. */
  readonly flags = new Uint8Array(ROWS);
}

export type MessageTable = ChunkedTable<MessageChunk>;
export type TransactionTable = ChunkedTable<TransactionChunk>;
export type ExchangeTable = ChunkedTable<ExchangeChunk>;
export type LookupTable = ChunkedTable<LookupChunk>;
