/**
 * The trace: columns, interned names and addresses, vantages. Data only; `ingest.ts` fills it, correlate/ and lookups/
 * join it, findings/ and view/ read it. One owner (a worker thread or the command line), no sharing.
 */
import { RecordTally } from '../analysis/recordTally.ts';
import { AddressTable } from './addressTable.ts';
import type { AnswerTally } from './answerTally.ts';
import { IdCounts, IdList, IdSet } from './byId.ts';
import { ChunkedTable } from './chunkedTable.ts';
import type { Rows } from './columns.ts';
import { NameTable } from './nameTable.ts';
import { isNodeLocalAddress, NodeLocal } from './nodeLocal.ts';
import { OpaqueFlows } from './opaqueFlows.ts';
import { PortGuess } from './portGuess.ts';
import type { IcmpErrorEvent, IcmpTally, LostFragmentsEvent } from './wireEvents.ts';
import { PacketProcesses, ProcessTable } from './processes.ts';
import type { TopologyServerBlock } from '../topology/topology.ts';
import { RowMemory } from './rowMemory.ts';
import {
  ExchangeChunk,
  LookupChunk,
  MessageChunk,
  NONE,
  ROW_MASK,
  TransactionChunk,
  type ExchangeTable,
  type LookupTable,
  type MessageTable,
  type TransactionTable,
} from './tables.ts';
import type { CaptureLoss, ListeningTime, Vantage, VantageClock, VantageRole } from './vantage.ts';

const MOST_PACKET_COMMENTS = 10_000;
const LONGEST_PACKET_COMMENT = 2000;

/** One vantage while it is being filled. */
export class VantageState {
  readonly vantage: Vantage;
  readonly #addresses: AddressTable | undefined;
  linkType = 0;
  packets = 0;
  messages = 0;
  queries = 0;
  responses = 0;
  undecodable = 0;
  /** Trace time from which the capture was listening, ns, and until when; NaN and infinity when it is not known (files of others). */
  listeningSince = Number.NaN;
  listenedUntil = Number.POSITIVE_INFINITY;
  /** The same beginning in epoch nanoseconds, while no packet has given the trace its time. */
  listeningNs: bigint | undefined;
  /** Trace time of the first and last packet, ns; NaN before the first. */
  firstTime = Number.NaN;
  lastTime = Number.NaN;
  ended = false;
  /** Cache of `roleOf` for a vantage that declares none, and the message count from which it is stale. */
  inferredRole: VantageRole = 'unknown';
  roleDueAt = 0;
  readonly losses: CaptureLoss[] = [];
  /** What the clock of this vantage is ahead by, where other vantages tell; its times are corrected by what it says. */
  clock: VantageClock | undefined;
  /** Name of the capture file, when it is not the vantage's. Hostile text. */
  file: string | undefined;
  /** What the capture file says about single packets, by packet number; bounded. Hostile text. */
  readonly comments = new Map<number, string>();
  /** Of packets, in {@link Trace.processes}. */
  readonly processes = new PacketProcesses();
  /** See {@link Vantage.netns}; of a live vantage it is known once its capture runs. */
  netns: number | undefined;
  /** Address id → queries it sent or received here, and packets that left this namespace with it as their source. */
  readonly asked = new IdCounts();
  readonly served = new IdCounts();
  readonly outgoing = new IdCounts();

  /** @param addresses what ids in it stand for; without them no NodeLocal DNSCache is told from a CoreDNS */
  constructor(vantage: Vantage, addresses?: AddressTable) {
    this.vantage = vantage;
    this.netns = vantage.netns;
    this.#addresses = addresses;
  }

  /** NodeLocal DNSCache answers at this address on its node. */
  isNodeLocal(address: number): boolean {
    return this.#addresses !== undefined && isNodeLocalAddress(this.#addresses.textOf(address));
  }

  /** Keeps a comment on the latest packet. */
  comment(text: string): void {
    const before = this.comments.get(this.packets);
    if (before === undefined && this.comments.size >= MOST_PACKET_COMMENTS) return;
    const whole = before === undefined ? text : `${before}\n${text}`;
    this.comments.set(this.packets, whole.slice(0, LONGEST_PACKET_COMMENT));
  }

  /** A packet of this moment would have been seen: it lies between others, or the capture is known to have listened then. */
  listenedAt(time: number): boolean {
    if (time >= this.listeningSince && time <= this.listenedUntil) return true;
    return time >= this.firstTime && time <= this.lastTime;
  }

  /** Packets known to be lost here. */
  get dropped(): number {
    let sum = 0;
    for (const loss of this.losses) sum += loss.packets ?? 0;
    return sum;
  }

  /** Interruptions; one that is reported in adjoining parts counts once. */
  get gaps(): number {
    let count = 0;
    let end: bigint | undefined;
    for (const loss of this.losses) {
      if (loss.packets !== undefined) continue;
      if (loss.fromNs !== end) count++;
      end = loss.toNs;
    }
    return count;
  }

  /** Whether a claim that something was NOT seen here may be exact (design.md: confidence). */
  get lossless(): boolean {
    return this.losses.length === 0;
  }
}

export interface TraceTotals {
  packets: number;
  messages: number;
  undecodable: number;
  queries: number;
  responses: number;
  retransmissions: number;
  unsolicited: number;
  duplicates: number;
  answered: number;
  /** Queries seen once more within a millisecond, on another interface of one capture: no retransmissions. */
  copies: number;
  /** Messages without a question (all mDNS answers are), and with more than one; the first one is the row's. */
  noQuestion: number;
  severalQuestions: number;
  /** ICMP errors about DNS packets. */
  icmpErrors: number;
  /** Fragmented packets made whole; refused because their fragments contradict each other; DNS packets never whole. */
  reassembledFragments: number;
  contradictoryFragments: number;
  incompleteFragments: number;
}

export interface UpstreamTally {
  readonly server: number;
  readonly port: number;
  asked: number;
  answered: number;
}

export class Trace {
  readonly memory: RowMemory;
  readonly addresses = new AddressTable();
  /** Names of addresses, from name resolution blocks of capture files. Hostile text. */
  readonly addressNames = new Map<string, string>();
  readonly names = new NameTable();
  readonly messages: MessageTable;
  readonly transactions: TransactionTable;
  readonly exchanges: ExchangeTable;
  readonly lookups: LookupTable;
  readonly vantages: VantageState[] = [];
  readonly processes = new ProcessTable();
  /** Epoch second that trace time 0 stands for; set by the first packet. */
  baseSeconds = Number.NaN;
  /** The watching clock at its last tick, epoch ns. */
  tickedNs: bigint | undefined;
  /** Latest trace time seen in any packet, ns. */
  now = 0;
  readonly totals: TraceTotals = {
    packets: 0,
    messages: 0,
    undecodable: 0,
    queries: 0,
    responses: 0,
    retransmissions: 0,
    unsolicited: 0,
    duplicates: 0,
    answered: 0,
    copies: 0,
    noQuestion: 0,
    severalQuestions: 0,
    icmpErrors: 0,
    reassembledFragments: 0,
    contradictoryFragments: 0,
    incompleteFragments: 0,
  };
  readonly rcodes = new IdCounts();
  readonly qtypes = new IdCounts();
  /** Answers for names that are compared with something; absent without such names. */
  answers: AnswerTally | undefined;
  /** The records of responses; absent unless asked for. */
  readonly records: RecordTally | undefined;
  /** Bytes of DNS messages that span packets, by message id; bounded by `ingest.ts`. */
  readonly reassembled = new Map<number, Uint8Array>();
  /** ICMP errors about a transaction's messages, and fragments of them that never came; by transaction id, bounded. */
  readonly icmpErrors = new Map<number, IcmpErrorEvent[]>();
  readonly lostFragments = new Map<number, LostFragmentsEvent[]>();
  /** Queries with an answer from an address that was not asked, which is refused: transaction id to that address's, bounded. */
  readonly fromElsewhere = new Map<number, number>();
  /** ICMP errors by server and kind, those about connections that never came to be among them. */
  readonly icmpTallies = new Map<string, IcmpTally>();
  readonly opaqueFlows = new OpaqueFlows(this.addresses);
  /** Servers that speak DNS on a port nobody named. */
  readonly foundServers = new PortGuess(this.addresses);
  /** Lookups whose verdict must be evaluated again, and the same as a set. */
  readonly dirty: number[] = [];
  readonly isDirty = new IdSet();
  /** Messages: answers over UDP that were cut to fit (TC=1). */
  readonly cutAnswers = new IdList();
  /** Transactions answered when whoever asked had given up, or five seconds after they asked last. */
  readonly lateAnswers = new IdList();
  /** Address ids that answer queries and so ask on others' behalf. */
  readonly resolvers = new IdSet();
  readonly nodeLocal = new NodeLocal(this.addresses);
  /** Of CoreDNS pods, as the topology and declared vantages tell, and of the DNS Service, as the topology does. */
  readonly corednsAddresses = new IdSet();
  readonly dnsServiceAddresses = new IdSet();
  /** Transactions asked of, and answered by, an address; by address id. */
  readonly serverAsked = new IdCounts();
  readonly serverAnswered = new IdCounts();
  /** Exchanges that resolvers began on nobody's visible behalf, in the order they began (rule R5). */
  readonly background: number[] = [];
  /** When every 4,096th transaction began, for `forgetting.ts`. */
  readonly clockMarks: number[] = [];
  /** Trace time of the watching clock at the latest tick; NaN for files. */
  clock = Number.NaN;
  /** Names that a search-list walk went on from, by id. */
  readonly passedNames = new Set<number>();
  /** Lookups at an NXDOMAIN that a next search name may still follow. */
  readonly openWalks = new Set<number>();
  /** Packets come as they are captured; a file has them all already. */
  live = false;
  /** No more packets will come. */
  finished = false;
  /** What resolvers asked others, by `address id:port`. */
  readonly upstreams = new Map<string, UpstreamTally>();
  /** Server blocks of the Corefile, empty without one. */
  serverBlocks: readonly TopologyServerBlock[] = [];
  /** CoreDNS pods that exist but are not watched. */
  unwatched: readonly string[] = [];

  constructor(memory = new RowMemory(), countRecords = false) {
    this.memory = memory;
    this.messages = new ChunkedTable(MessageChunk, memory);
    this.transactions = new ChunkedTable(TransactionChunk, memory);
    this.exchanges = new ChunkedTable(ExchangeChunk, memory);
    this.lookups = new ChunkedTable(LookupChunk, memory);
    this.records = countRecords ? new RecordTally() : undefined;
  }

  /** Trace time of the first packet; infinity before there is one. */
  get firstTime(): number {
    return this.vantages.reduce(
      (least, { firstTime }) => (firstTime < least ? firstTime : least),
      Number.POSITIVE_INFINITY,
    );
  }

  /** Epoch nanoseconds of a trace time. */
  epochNs(time: number): bigint {
    return BigInt(this.baseSeconds || 0) * 1_000_000_000n + BigInt(Math.round(time));
  }

  /** Epoch microseconds, for display. */
  epochUs(time: number): number {
    return (this.baseSeconds || 0) * 1e6 + time / 1e3;
  }

  /** Trace time of epoch nanoseconds. */
  traceTime(epochNs: bigint): number {
    return Number(epochNs - BigInt(this.baseSeconds || 0) * 1_000_000_000n);
  }

  markDirty(lookup: number): void {
    if (lookup === NONE || this.isDirty.has(lookup)) return;
    this.isDirty.add(lookup);
    this.dirty.push(lookup);
  }

  /** The lookup an exchange belongs to, through its parent for upstream legs. */
  lookupOf(exchange: number, exchanges: Rows<ExchangeChunk, 'parent' | 'lookup'> = this.exchanges): number {
    if (exchange === NONE) return NONE;
    let at = exchange;
    // Bounded: parents are older than their children, so the walk only goes back; forwarders in a chain are few.
    for (let steps = 0; steps < 8; steps++) {
      const parent = exchanges.of(at).parent[at & ROW_MASK]!;
      if (parent === NONE) break;
      at = parent;
    }
    return exchanges.of(at).lookup[at & ROW_MASK]!;
  }

  /** Transactions of an exchange, one a vantage. */
  *transactionsOf(exchange: number): Generator<number> {
    let id = this.exchanges.of(exchange).first[exchange & ROW_MASK]!;
    while (id !== NONE) {
      yield id;
      id = this.transactions.of(id).nextInExchange[id & ROW_MASK]!;
    }
  }

  *childrenOf(exchange: number): Generator<number> {
    let id = this.exchanges.of(exchange).firstChild[exchange & ROW_MASK]!;
    while (id !== NONE) {
      yield id;
      id = this.exchanges.of(id).nextSibling[id & ROW_MASK]!;
    }
  }

  /** Exchanges of a lookup in the order they began; `from` starts at a later one. */
  *exchangesOf(lookup: number, from?: number): Generator<number> {
    let id = from ?? this.lookups.of(lookup).firstExchange[lookup & ROW_MASK]!;
    while (id !== NONE) {
      yield id;
      id = this.exchanges.of(id).nextInLookup[id & ROW_MASK]!;
    }
  }
}

/**
 * Role of a vantage: as declared, else from its traffic. The address that packets leave with is its own (link types
 * SLL and SLL2 say so); without that, the address that takes part in nearly every query. One that is asked is a
 * CoreDNS, or NodeLocal DNSCache where its address says so; one that only asks is a client. Worked out again whenever the vantage has half as many messages more, so that
 * asking for it costs nothing in the long run.
 */
export function roleOf(state: VantageState): VantageRole {
  if (state.vantage.role !== 'unknown') return state.vantage.role;
  if (state.messages >= state.roleDueAt) {
    state.inferredRole = inferRole(state);
    state.roleDueAt = Math.ceil(state.messages * 1.5) + 8;
  }
  return state.inferredRole;
}

/** Sees the packets of a whole node, or of NodeLocal DNSCache, which is in the node's network. */
export function isOnNode(state: VantageState): boolean {
  const role = roleOf(state);
  return role === 'node' || role === 'nodelocal';
}

function inferRole(state: VantageState): VantageRole {
  const own = ownAddressOf(state);
  if (own === undefined) return state.queries > 0 ? 'node' : 'unknown';
  const served = state.served.get(own);
  const asked = state.asked.get(own);
  if (served === 0 && asked === 0) return 'unknown';
  if (served > 0 && state.isNodeLocal(own)) return 'nodelocal';
  if (served === 0 || served * 20 < asked) return 'client';
  // Without directions, an address that is only ever asked may be a server, or a Service address seen from anywhere.
  return asked > 0 || state.outgoing.size > 0 ? 'coredns' : 'unknown';
}

/** Id of the address that a namespace captured at this vantage owns, when its traffic shows one. */
export function ownAddressOf(state: VantageState): number | undefined {
  const byDirection = largest(state.outgoing);
  if (byDirection !== undefined) return byDirection.share > 0.9 ? byDirection.address : undefined;
  const total = state.queries;
  if (total === 0) return undefined;
  const taken = new Map<number, number>();
  for (const [address, count] of state.asked) taken.set(address, (taken.get(address) ?? 0) + count);
  for (const [address, count] of state.served) taken.set(address, (taken.get(address) ?? 0) + count);
  const inAll = [...taken].filter(([, count]) => count >= total * 0.98);
  if (inAll.length === 0) return undefined;
  // Two hosts talking only to each other: the one that asks is taken for the pod, since a lone server is rare.
  const asking = inAll.find(([address]) => state.asked.get(address) > 0);
  const both = inAll.find(([address]) => state.asked.get(address) > 0 && state.served.get(address) > 0);
  return (both ?? asking ?? inAll[0])?.[0];
}

function largest(counts: IdCounts): { address: number; share: number } | undefined {
  let total = 0;
  let best: readonly [number, number] | undefined;
  for (const entry of counts) {
    total += entry[1];
    if (best === undefined || entry[1] > best[1]) best = entry;
  }
  return best === undefined ? undefined : { address: best[0], share: best[1] / total };
}

/** When this vantage of a live or saved trace was listening, up to now; undefined when that is not known. */
export function listeningTime(trace: Trace, state: VantageState): ListeningTime | undefined {
  const until = Math.min(state.listenedUntil, Number.isNaN(trace.clock) ? state.listenedUntil : trace.clock);
  if (!(state.listeningSince <= until) || !Number.isFinite(until)) return undefined;
  const correction = state.clock?.correctionNs ?? 0;
  return { fromNs: trace.epochNs(state.listeningSince + correction), toNs: trace.epochNs(until + correction) };
}
