/**
 * From a DNS message to its row: ids for name and addresses, pairing (R1), and for a new query its place in the trace (R2, R3, R7).
 * Half of the hot path, beside `ingest.ts`: no allocation for a known address, name and socket. Answers are not decoded here: it doubles
 * the cost, and only rows on screen show them.
 */
import type { RecordTally } from '../analysis/recordTally.ts';
import { CUT_RESPONSE, DnsFlag } from '../dns/header.ts';
import { MDNS_PORT } from '../dns/ports.ts';
import type { DnsHead } from '../dns/dnsHead.ts';
import { hasAliasesAlone } from '../dns/aliasesAlone.ts';
import { extendedRcodeBits, isDnssecOk } from '../dns/extendedRcode.ts';
import { ExchangePlacement } from './exchangePlacement.ts';
import { markClock } from './forgetting.ts';
import { PairingTable, type PairKey } from './pairing.ts';
import { PATIENCE_NS, Settling } from './settling.ts';
import { Asks, NONE, Proto, ROW_MASK, State } from './tables.ts';
import type { Trace, VantageState } from './trace.ts';

/** The same question again within this time is a retransmission; later, a new use of the port and ID. */
const RETRANSMISSION_NS = 30e9;
/** A node's capture sees one packet on the pod's interface, the bridge, the overlay and the uplink; nobody asks again so soon. */
export const COPY_NS = 1e6;
/** A second response within this time of the first is its duplicate; later, an unsolicited one. */
const DUPLICATE_NS = 5e9;

export class MessageRows {
  readonly settling: Settling;
  readonly exchanges: ExchangePlacement;
  readonly pairing: PairingTable;
  // The packet at hand, which the next message is in.
  /** Trace time, ns. */
  time = 0;
  offset = 0;
  packet = 0;
  packetLength = 0;
  readonly #trace: Trace;
  readonly #records: RecordTally | undefined;
  readonly #key: PairKey = { vantage: 0, proto: 0, client: 0, server: 0, clientPort: 0, serverPort: 0, dnsId: 0 };
  #head!: DnsHead;
  #asks = 0;
  #aliasesAlone = 0;

  constructor(trace: Trace) {
    this.#trace = trace;
    this.#records = trace.records;
    this.exchanges = new ExchangePlacement(trace);
    this.settling = new Settling(trace, this.exchanges.changedNames);
    this.pairing = new PairingTable(trace);
  }

  /** Adds the message in `[start, end)`, whose head was read; returns its row. */
  add(
    head: DnsHead,
    vantage: number,
    state: VantageState,
    bytes: Uint8Array,
    start: number,
    end: number,
    src: number,
    dst: number,
    srcPort: number,
    dstPort: number,
    proto: number,
  ): number {
    const trace = this.#trace;
    this.#head = head;
    trace.totals.messages++;
    state.messages++;
    const isResponse = (head.flags & DnsFlag.QR) !== 0;
    this.#asks = 0;
    if (isResponse) {
      if (head.arcount !== 0) head.rcode |= extendedRcodeBits(bytes, start, end, head);
      this.#aliasesAlone = hasAliasesAlone(bytes, end, head) ? 1 : 0;
    } else if (head.arcount !== 0 || (head.flags & DnsFlag.CD) !== 0) this.#asks = asksOf(bytes, start, end, head);
    if (head.qdcount !== 1) trace.totals[head.qdcount === 0 ? 'noQuestion' : 'severalQuestions']++;
    // RFC 6762 §5.4: with mDNS the class's top bit asks for a unicast answer, and is no part of the question.
    if (head.qclass > 0x7fff && (srcPort === MDNS_PORT || dstPort === MDNS_PORT)) head.qclass &= 0x7fff;
    const key = this.#key;
    key.vantage = vantage;
    key.proto = proto;
    key.dnsId = head.id;
    key.client = isResponse ? dst : src;
    key.server = isResponse ? src : dst;
    key.clientPort = isResponse ? dstPort : srcPort;
    key.serverPort = isResponse ? srcPort : dstPort;
    if (isResponse && this.#records !== undefined) this.#records.response(bytes, start, end, head);
    const hasQuestion = head.qdcount > 0;
    const name = trace.names.idOf(bytes, head.qnameStart, hasQuestion ? head.qnameEnd : head.qnameStart, head.nameHash);
    const transaction = isResponse ? this.#response(key, name, hasQuestion, state) : this.#query(key, name, state);
    if (isResponse && trace.answers !== undefined)
      trace.answers.response(bytes, start, end, head, name, key.server, transaction, this.time);
    if (isResponse) this.exchanges.changedNames.answered(transaction, vantage, bytes, start, end);
    const id = trace.messages.add();
    const chunk = trace.messages.edit(id);
    const row = id & ROW_MASK;
    chunk.time[row] = this.time;
    chunk.offset[row] = this.offset;
    chunk.packet[row] = this.packet;
    chunk.packetLength[row] = Math.min(this.packetLength, 0xffff);
    chunk.size[row] = Math.min(end - start, 0xffff);
    chunk.flags[row] = head.flags;
    chunk.transaction[row] = transaction;
    chunk.next[row] = NONE;
    const transactions = trace.transactions.edit(transaction);
    const at = transaction & ROW_MASK;
    const last = transactions.lastMessage[at]!;
    if (last === NONE) transactions.firstMessage[at] = id;
    else trace.messages.edit(last).next[last & ROW_MASK] = id;
    transactions.lastMessage[at] = id;
    if (isResponse && transactions.response[at] === NONE) transactions.response[at] = id;
    // TC matters on UDP only (RFC 1035 §4.2.1).
    if ((head.flags & CUT_RESPONSE) === CUT_RESPONSE && proto === Proto.udp) trace.cutAnswers.add(id);
    return id;
  }

  #query(key: PairKey, name: number, state: VantageState): number {
    const { time } = this;
    const trace = this.#trace;
    const head = this.#head;
    trace.totals.queries++;
    state.queries++;
    trace.qtypes.add(head.qtype);
    state.asked.add(key.client);
    state.served.add(key.server);
    const known = this.pairing.find(key, name, head.qtype, head.qclass);
    if (known !== NONE) {
      const chunk = trace.transactions.edit(known);
      const row = known & ROW_MASK;
      const open = chunk.state[row] === State.pending || chunk.state[row] === State.unanswered;
      if (open && time - chunk.lastQuery[row]! <= COPY_NS) {
        trace.totals.copies++;
        return known;
      }
      if (open && time - chunk.lastQuery[row]! <= RETRANSMISSION_NS) {
        chunk.lastQuery[row] = time;
        chunk.state[row] = State.pending;
        if (chunk.retransmissions[row]! < 0xffff) chunk.retransmissions[row]!++;
        trace.totals.retransmissions++;
        trace.markDirty(trace.lookupOf(chunk.exchange[row]!));
        this.settling.reopen(known);
        return known;
      }
    }
    const id = this.#newTransaction(key, name, State.pending);
    this.pairing.setFound(id);
    trace.serverAsked.add(key.server);
    this.exchanges.place(id, key, state);
    return id;
  }

  #response(key: PairKey, name: number, hasQuestion: boolean, state: VantageState): number {
    const { time } = this;
    const trace = this.#trace;
    const head = this.#head;
    trace.totals.responses++;
    state.responses++;
    trace.rcodes.add(head.rcode);
    let known = this.pairing.find(key, hasQuestion ? name : NONE, head.qtype, head.qclass);
    if (known === NONE && hasQuestion) known = this.#answeredBack(key, name);
    if (known === NONE || this.#isLongAnswered(known)) {
      trace.totals.unsolicited++;
      const id = this.#newTransaction(key, name, State.unsolicited);
      this.#answer(id);
      return id;
    }
    const chunk = trace.transactions.edit(known);
    const row = known & ROW_MASK;
    if (chunk.state[row] === State.answered || chunk.state[row] === State.late) {
      trace.totals.duplicates++;
      return known;
    }
    chunk.state[row] = chunk.state[row] === State.unanswered ? State.late : State.answered;
    if (chunk.state[row] === State.late || time - chunk.lastQuery[row]! >= PATIENCE_NS) trace.lateAnswers.add(known);
    this.#answer(known);
    trace.totals.answered++;
    trace.serverAnswered.add(key.server);
    trace.resolvers.add(key.server);
    const exchange = chunk.exchange[row]!;
    trace.markDirty(trace.lookupOf(exchange));
    this.exchanges.answered(known, exchange, key);
    return known;
  }

  /** The query behind an answer whose addresses were translated back: what is counted by address is counted by those of the query. */
  #answeredBack(key: PairKey, name: number): number {
    const transaction = this.exchanges.answeredBack(key, name, this.#head.qtype, this.#head.qclass, this.time);
    if (transaction === NONE) return NONE;
    const chunk = this.#trace.transactions.of(transaction);
    const row = transaction & ROW_MASK;
    key.client = chunk.client[row]!;
    key.clientPort = chunk.clientPort[row]!;
    key.server = chunk.server[row]!;
    key.serverPort = chunk.serverPort[row]!;
    return transaction;
  }

  /** The index may know a query for hours when few come: what arrives for it then is no duplicate of its answer. */
  #isLongAnswered(transaction: number): boolean {
    return this.time - this.#trace.transactions.of(transaction).end[transaction & ROW_MASK]! > DUPLICATE_NS;
  }

  #answer(id: number): void {
    const { time } = this;
    const chunk = this.#trace.transactions.edit(id);
    const row = id & ROW_MASK;
    chunk.end[row] = time;
    chunk.rcode[row] = this.#head.rcode;
    chunk.answers[row] = this.#head.ancount;
    chunk.aliasesAlone[row] = this.#aliasesAlone;
    const lookup = chunk.exchange[row] === NONE ? NONE : this.#trace.lookupOf(chunk.exchange[row]!);
    if (lookup === NONE) return;
    const lookups = this.#trace.lookups.edit(lookup);
    // Grouping asks for the latest response before the next evaluation, so this column is kept current.
    if (!(time <= lookups.lastEnd[lookup & ROW_MASK]!)) lookups.lastEnd[lookup & ROW_MASK] = time;
  }

  #newTransaction(key: PairKey, name: number, state: number): number {
    const { time } = this;
    const trace = this.#trace;
    const id = trace.transactions.add();
    markClock(trace, id, time);
    const chunk = trace.transactions.edit(id);
    const row = id & ROW_MASK;
    chunk.start[row] = time;
    chunk.lastQuery[row] = time;
    chunk.end[row] = Number.NaN;
    chunk.client[row] = key.client;
    chunk.server[row] = key.server;
    chunk.clientPort[row] = key.clientPort;
    chunk.serverPort[row] = key.serverPort;
    chunk.dnsId[row] = key.dnsId;
    chunk.vantage[row] = key.vantage;
    chunk.proto[row] = key.proto;
    chunk.name[row] = name;
    chunk.qtype[row] = this.#head.qtype;
    chunk.qclass[row] = this.#head.qclass;
    chunk.firstMessage[row] = NONE;
    chunk.lastMessage[row] = NONE;
    chunk.response[row] = NONE;
    chunk.exchange[row] = NONE;
    chunk.nextInExchange[row] = NONE;
    chunk.olderSameId[row] = NONE;
    chunk.olderSameQuestion[row] = NONE;
    chunk.state[row] = state;
    // Rows begin as zeros.
    if (this.#asks !== 0) chunk.asks[row] = this.#asks;
    return id;
  }
}

/** {@link Asks} of a query that has a CD bit or additional records. */
function asksOf(bytes: Uint8Array, start: number, end: number, head: DnsHead): number {
  const cd = (head.flags & DnsFlag.CD) === 0 ? 0 : Asks.checkingDisabled;
  return head.arcount !== 0 && isDnssecOk(bytes, start, end, head) ? cd | Asks.dnssecOk : cd;
}
