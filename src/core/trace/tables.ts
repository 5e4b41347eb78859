/**
 * The trace's columns: messages, transactions, exchanges, lookups.
 * Times are nanoseconds since the trace's base second as Float64: exact for 104 days (2^53 ns).
 */
import type { ChunkedTable } from './chunkedTable.ts';
import { Columns, type Reading } from './columns.ts';

// Who addresses rows needs these beside the columns.
export { ROW_MASK, ROWS } from './columns.ts';

/** No row. A small integer, as ids are: 0xffffffff would be a number with a place of its own in memory wherever it goes. */
export const NONE = -1;

/** 34 bytes a message. */
export class MessageChunk extends Columns {
  static readonly rowBytes = 34;
  readonly time = this.f64();
  /** Position of the packet's first byte in its vantage's stream. */
  readonly offset = this.f64();
  /** 1-based number of the packet in its stream, as Wireshark numbers frames. */
  readonly packet = this.u32();
  readonly transaction = this.i32();
  readonly next = this.i32();
  /** Second 16-bit word of the DNS header (RFC 1035 §4.1.1). */
  readonly flags = this.u16();
  /** Captured length of the packet, bytes. */
  readonly packetLength = this.u16();
  /** Length of the DNS message, bytes. */
  readonly size = this.u16();
}

export const State = { pending: 0, answered: 1, late: 2, unanswered: 3, unsolicited: 4 } as const;
export const Proto = { udp: 0, tcp: 1 } as const;
/** How a transaction was placed in its exchange, and an exchange under its parent. */
export const Join = { none: 0, exact: 1, strong: 2, inferred: 3 } as const;

/** What a query asks for beside its question, and CoreDNS hands on upstream: bits of `TransactionChunk.asks`. */
export const Asks = { dnssecOk: 1, checkingDisabled: 2 } as const;

/** 87 bytes a transaction: a query and its response at one vantage. */
export class TransactionChunk extends Columns {
  static readonly rowBytes = 87;
  /** First query. */
  readonly start = this.f64();
  /** Latest query, for the schedule of retransmissions. */
  readonly lastQuery = this.f64();
  /** Response; NaN while there is none. */
  readonly end = this.f64();
  readonly client = this.i32();
  readonly server = this.i32();
  readonly name = this.i32();
  readonly firstMessage = this.i32();
  readonly lastMessage = this.i32();
  readonly response = this.i32();
  readonly exchange = this.i32();
  readonly nextInExchange = this.i32();
  /** Older transaction with the same (ID, name, type): the candidates of rule R2. */
  readonly olderSameId = this.i32();
  /** Older transaction with the same (server, name, type): the candidates of rule R3. */
  readonly olderSameQuestion = this.i32();
  readonly clientPort = this.u16();
  readonly serverPort = this.u16();
  readonly dnsId = this.u16();
  readonly qtype = this.u16();
  readonly qclass = this.u16();
  readonly answers = this.u16();
  readonly retransmissions = this.u16();
  readonly vantage = this.u16();
  /** All 12 bits: the header's four and, with EDNS, eight more (RFC 6891 §6.1.3). */
  readonly rcode = this.u16();
  readonly proto = this.u8();
  readonly state = this.u8();
  readonly joined = this.u8();
  /** Of the first query, bits of {@link Asks}. */
  readonly asks = this.u8();
  /** 1: the response says NOERROR, and its answers are aliases of a name that has nothing of the asked type (RFC 2308 §2.2). */
  readonly aliasesAlone = this.u8();
}

/** 30 bytes an exchange: the same query and response, seen at one vantage or more. */
export class ExchangeChunk extends Columns {
  static readonly rowBytes = 30;
  readonly first = this.i32();
  /** The client's exchange that this upstream exchange serves (rule R3); NONE for a root. */
  readonly parent = this.i32();
  readonly firstChild = this.i32();
  readonly lastChild = this.i32();
  readonly nextSibling = this.i32();
  readonly lookup = this.i32();
  readonly nextInLookup = this.i32();
  readonly parentJoin = this.u8();
  /** Set apart, never a lookup. 1: asked by a resolver on its own behalf (R5); 2: a step of a walk that began before its pod was watched. */
  readonly background = this.u8();
}

/** 63 bytes a lookup: what the application asked for once. The verdict columns are a cache, refreshed when dirty. */
export class LookupChunk extends Columns {
  static readonly rowBytes = 63;
  readonly start = this.f64();
  /** Latest response to any of its exchanges; NaN before the first. */
  readonly lastEnd = this.f64();
  readonly latency = this.f64();
  readonly client = this.i32();
  /** The name being tried now; the one that decides the outcome. */
  readonly name = this.i32();
  readonly firstExchange = this.i32();
  readonly lastExchange = this.i32();
  /** First exchange of the current name. */
  readonly stepExchange = this.i32();
  /** Transaction that proves the verdict; NONE without one. */
  readonly proof = this.i32();
  /** Address of the server at fault or asked, id. */
  readonly culprit = this.i32();
  readonly exchanges = this.u16();
  /** Of the transaction that decides, 12 bits. */
  readonly rcode = this.u16();
  readonly attempts = this.u8();
  readonly searchNames = this.u8();
  readonly outcome = this.u8();
  readonly cause = this.u8();
  readonly confidence = this.u8();
  /** Labels that all names of a search-list walk have in common; 0 before its second name. */
  readonly baseLabels = this.u8();
  /** Bit 1: slow. Bit 2: evaluated at least once. */
  readonly flags = this.u8();
}

/** Rows to be read only. */
export type TransactionRows = Reading<TransactionChunk>;
export type LookupRows = Reading<LookupChunk>;

export type MessageTable = ChunkedTable<MessageChunk>;
export type TransactionTable = ChunkedTable<TransactionChunk>;
export type ExchangeTable = ChunkedTable<ExchangeChunk>;
export type LookupTable = ChunkedTable<LookupChunk>;
