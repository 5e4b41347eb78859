/**
 * What the trace engine tells about its rows: plain data, made for one window at a time (≤ {@link MAX_WINDOW} rows).
 * The panel never owns the rows; it asks for the ones on screen. All strings that come from the network are already
 * made visible (base/visibleText) and still belong in text nodes only.
 */

import type { PacketType } from '../trace/packetType.ts';
import type { Process } from '../trace/processes.ts';

/** Most rows one `rows/read` may ask for. */
export const MAX_WINDOW = 500;

/** The places on the way of a lookup, in order (design.md: hop). `kube-dns` has no packets of its own. */
export type HopName = 'client' | 'nodelocal' | 'kube-dns' | 'coredns' | 'upstream';

/**
 * - `ok` seen and passed on · `failed` the hop at fault · `slow` over the threshold · `pending` still waiting
 * - `unwatched` on the way but not observed: never drawn as good · `unused` not on this lookup's way (answered before it)
 */
export type HopState = 'ok' | 'failed' | 'slow' | 'pending' | 'unwatched' | 'unused';

export interface HopMark {
  readonly hop: HopName;
  readonly state: HopState;
  /** Who stands there: `shop/order-service`, `10.96.0.10`, `kube-system/coredns-x`, `10.224.0.92:53`. */
  readonly label: string;
  /** One short clause for the tooltip: `no answer, 2 × 2.0 s`, `not watched`, `translated to 10.244.0.45`. */
  readonly note?: string;
  /** From this hop's query to its response as seen there, ns. */
  readonly tookNs?: number;
}

export type Outcome =
  | 'pending'
  /** NOERROR with at least one record of the asked type (or a chain that leads there) */
  | 'answered'
  /** NOERROR without such a record */
  | 'nodata'
  | 'nxdomain'
  /** SERVFAIL, REFUSED, FORMERR, NOTIMP, … */
  | 'error'
  | 'unanswered';

export type TransactionState = 'pending' | 'answered' | 'late' | 'unanswered' | 'unsolicited';

/** How sure a join is, and so every claim that rests on it (knowledge of the rules: docs/correlation.md). */
export type Confidence = 'exact' | 'strong' | 'inferred';

/** Columns that a lookup row and a transaction row share; the names follow seed 001's fields. */
interface RowBase {
  /** Position in the current view, 0-based. */
  readonly index: number;
  /** Stable for the life of the trace generation. */
  readonly id: number;
  /** Epoch microseconds (fractional, ≈ 0.25 µs resolution) of the first query. */
  readonly timeUs: number;
  /** `namespace/pod` or address of who asked. */
  readonly client: string;
  readonly node: string;
  readonly namespace: string;
  readonly pod: string;
  /** `p/ns/pod:port`, `s/ns/service:port`, `n/node:port`, `r/address:port` (seed 001). */
  readonly src: string;
  readonly dst: string;
  /** The server asked, as an address without port. */
  readonly nameserver: string;
  /** QNAME in presentation format with final dot. */
  readonly name: string;
  /** `A`, `A+AAAA`, `SRV`, … */
  readonly qtype: string;
  /** Mnemonic (NOERROR, SERVFAIL, …), empty while unanswered. */
  readonly rcode: string;
  /** First query to final response, ns; `undefined` while none. */
  readonly latencyNs: number | undefined;
  readonly slow: boolean;
  readonly numAnswers: number | undefined;
  /** A and AAAA answers, at most 16, as text. */
  readonly addresses: readonly string[];
  readonly proto: 'UDP' | 'TCP';
}

export interface LookupRow extends RowBase {
  readonly kind: 'lookup';
  readonly outcome: Outcome;
  readonly way: readonly HopMark[];
  readonly confidence: Confidence;
  readonly transactions: number;
  readonly attempts: number;
  /** Queries that brought the application nothing: search-list misses and repeats. */
  readonly wastedQueries: number;
  /** What was tried before the name that decided the outcome, for `3 search names tried first (NXDOMAIN)`. */
  readonly searchNames: number;
  readonly expanded: boolean;
  /** Ids of findings that count this lookup as evidence. */
  readonly findings: readonly string[];
}

export interface TransactionRow extends RowBase {
  readonly kind: 'transaction';
  /** Absent for what a resolver asked of its own accord. */
  readonly lookup: number | undefined;
  readonly state: TransactionState;
  /** Stretch it belongs to, e.g. `client ↔ CoreDNS`. */
  readonly leg: string;
  readonly vantage: string;
  /** Four lower-case hex digits, as Inspektor Gadget writes it. */
  readonly dnsId: string;
  readonly qr: 'Q' | 'Q+R' | 'R';
  readonly retransmissions: number;
  readonly joined: Confidence;
}

/** One message, in the words of the transaction it belongs to. */
export interface MessageRow extends Omit<TransactionRow, 'kind' | 'qr'> {
  readonly kind: 'message';
  readonly qr: 'Q' | 'R';
  /** DNS message, bytes. */
  readonly size: number;
  /** Number of the packet in its capture, from 1. */
  readonly packet: number;
  /** Node on which it was seen, empty where that is not known. */
  readonly seenNode: string;
  /** Number of the network namespace in which it was seen, where the source tells. */
  readonly netns: number | undefined;
  readonly packetType: PacketType;
  /** As the packet has them, whoever they belong to. */
  readonly srcAddress: string;
  readonly srcPort: number;
  readonly dstAddress: string;
  readonly dstPort: number;
  /** Behind the packet, where the source tells. */
  readonly process: Process | undefined;
}

export type GridRow = LookupRow | TransactionRow | MessageRow;

/** What a row of the grid is: a lookup with what it led to below it, a query with its response, or one message. */
export type RowLevel = 'lookups' | EventLevel;
export type EventLevel = 'transactions' | 'messages';

/** One DNS message with its decoded tree, for the details pane. */
export interface MessageDetails {
  readonly title: string;
  readonly vantage: string;
  readonly timeUs: number;
  readonly direction: 'query' | 'response';
  readonly summary: string;
  readonly tree: readonly DetailNode[];
  readonly problems: readonly string[];
  /** The captured bytes of the DNS message, hex without blanks; empty when they are no longer held. */
  readonly hex: string;
  /** Position of the packet in its stream, 1-based, as Wireshark numbers frames. */
  readonly packet: number;
}

export interface DetailNode {
  readonly label: string;
  readonly value?: string;
  /** Byte range of the DNS message this node stands for. */
  readonly start?: number;
  readonly end?: number;
  readonly children?: readonly DetailNode[];
}

/** A bar of the lookup's waterfall: one transaction at one vantage. */
export interface LegBar {
  readonly transaction: number;
  /** How far from who asked: 0 of what the client asked, one more for each view and each hop behind it. */
  readonly depth: number;
  /** Place of its first message among those of the details; absent when they hold none of it. */
  readonly message?: number;
  readonly leg: string;
  readonly vantage: string;
  readonly server: string;
  readonly name: string;
  readonly qtype: string;
  readonly startNs: number;
  readonly endNs: number | undefined;
  readonly state: TransactionState;
  readonly rcode: string;
  readonly retransmissions: number;
  readonly confidence: Confidence;
}

/** A query with its response by itself, for what belongs to no lookup. */
export interface EventDetails {
  readonly row: TransactionRow;
  /** What became of it, and why it stands alone. */
  readonly meaning: string;
  readonly messages: readonly MessageDetails[];
  /** Which of them was asked for. */
  readonly open: number;
}

export interface LookupDetails {
  readonly lookup: LookupRow;
  /** Two sentences: what happened and what it means. */
  readonly meaning: string;
  readonly legs: readonly LegBar[];
  readonly messages: readonly MessageDetails[];
  /** The part of the live Corefile that served it, when one is known. Lines are 1-based. */
  readonly corefile?: {
    readonly line: number;
    readonly label: string;
    readonly plugin?: { readonly name: 'forward' | 'kubernetes'; readonly line: number };
  };
  /** Commands to reproduce, plain text: `dig @10.96.0.10 …`. */
  readonly commands: readonly string[];
}
