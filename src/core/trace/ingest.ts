/**
 * From packets to rows: decode, intern, pair (R1), join (R2, R3), group (R7). The hot path of the product: one call a
 * packet, no allocation for a known address, name and socket; what does allocate (a new name, a chunk of columns, TCP
 * reassembly) is rare. Order: frame → port check → DNS head → ids → pairing; everything else happens once a
 * transaction or later, on demand, from the packet's own bytes.
 * Why not decode answers here: it doubles the cost, and only rows on screen show them.
 */
import { isMiss } from '../lookups/grouping.ts';
import { RootPlacement } from '../lookups/rootPlacement.ts';
import { ExchangeJoin } from '../correlate/exchangeJoin.ts';
import { UpstreamJoin } from '../correlate/upstreamJoin.ts';
import { DnsHead, readDnsHead } from '../dns/dnsHead.ts';
import { extendedRcodeBits } from '../dns/extendedRcode.ts';
import { decodeFrame, Frame, IpProtocol } from '../packet/frame.ts';
import { TcpReassembler, type TcpMessageSink } from '../packet/tcpReassembler.ts';
import type { TcpMessageOrigin } from '../packet/tcpStream.ts';
import { PairingTable, type PairKey } from './pairing.ts';
import { Settling } from './settling.ts';
import { Join, NONE, Proto, ROW_MASK, State } from './tables.ts';
import type { Trace, UpstreamTally, VantageState } from './trace.ts';

/** Bytes kept of messages that span packets; beyond it their details show the header only. */
const REASSEMBLED_LIMIT = 64 * 1024 * 1024;
/** The same question again within this time is a retransmission; later, a new use of the port and ID. */
const RETRANSMISSION_NS = 30e9;
const MDNS_PORT = 5353;
/** A second response within this time of the first is its duplicate; later, an unsolicited one. */
const DUPLICATE_NS = 5e9;

export class Ingest implements TcpMessageSink {
  readonly settling: Settling;
  readonly #trace: Trace;
  readonly #pairing: PairingTable;
  readonly #exchangeJoin: ExchangeJoin;
  readonly #upstreamJoin: UpstreamJoin;
  readonly #placement: RootPlacement;
  readonly #tcp: TcpReassembler;
  readonly #ports: Uint8Array;
  readonly #frame = new Frame();
  readonly #head = new DnsHead();
  readonly #key: PairKey = { vantage: 0, proto: 0, client: 0, server: 0, clientPort: 0, serverPort: 0, dnsId: 0 };
  #reassembledBytes = 0;
  // The packet at hand, for the messages inside it.
  #bytes: Uint8Array = new Uint8Array(0);
  #offset = 0;
  #packet = 0;
  #packetLength = 0;
  #time = 0;

  constructor(trace: Trace, dnsPorts: readonly number[]) {
    this.#trace = trace;
    this.settling = new Settling(trace);
    this.#pairing = new PairingTable(trace.transactions);
    this.#exchangeJoin = new ExchangeJoin(trace);
    this.#upstreamJoin = new UpstreamJoin(trace);
    this.#placement = new RootPlacement(trace);
    this.#tcp = new TcpReassembler(this);
    this.#ports = new Uint8Array(65_536);
    for (const port of dnsPorts) this.#ports[port] = 1;
  }

  get clients(): number {
    return this.#placement.clients;
  }

  packet(
    vantageIndex: number,
    state: VantageState,
    bytes: Uint8Array,
    start: number,
    end: number,
    seconds: number,
    nanos: number,
    linkType: number,
    offset: number,
  ): void {
    const trace = this.#trace;
    if (Number.isNaN(trace.baseSeconds)) trace.baseSeconds = seconds;
    const time = (seconds - trace.baseSeconds) * 1e9 + nanos;
    trace.totals.packets++;
    state.packets++;
    if (!(time >= state.firstTime)) state.firstTime = time;
    if (!(time <= state.lastTime)) state.lastTime = time;
    if (time > trace.now) trace.now = time;
    const frame = this.#frame;
    if (!decodeFrame(bytes, start, end, linkType, frame)) return;
    if (frame.protocol !== IpProtocol.udp && frame.protocol !== IpProtocol.tcp) return;
    if (this.#ports[frame.dstPort] === 0 && this.#ports[frame.srcPort] === 0) return;
    if (frame.fragment === 2) return;
    this.#bytes = bytes;
    this.#offset = offset;
    this.#packet = state.packets;
    this.#packetLength = end - start;
    this.#time = time;
    if (frame.protocol === IpProtocol.tcp) {
      this.#tcp.segment(vantageIndex, bytes, frame, time);
      return;
    }
    const src = trace.addresses.idOf(bytes, frame.srcStart, frame.addressLength);
    const dst = trace.addresses.idOf(bytes, frame.dstStart, frame.addressLength);
    if (frame.direction === 2) state.outgoing.add(src);
    this.#message(
      vantageIndex,
      state,
      bytes,
      frame.payloadStart,
      frame.payloadEnd,
      src,
      dst,
      frame.srcPort,
      frame.dstPort,
      Proto.udp,
      time,
    );
  }

  onTcpMessage(message: Uint8Array, start: number, end: number, origin: TcpMessageOrigin): void {
    const trace = this.#trace;
    const state = trace.vantages[origin.vantage];
    if (state === undefined) return;
    const src = trace.addresses.idOf(origin.src, 0, origin.addressLength);
    const dst = trace.addresses.idOf(origin.dst, 0, origin.addressLength);
    if (origin.direction === 2) state.outgoing.add(src);
    const id = this.#message(
      origin.vantage,
      state,
      message,
      start,
      end,
      src,
      dst,
      origin.srcPort,
      origin.dstPort,
      Proto.tcp,
      this.#time,
    );
    if (id === NONE || message === this.#bytes || this.#reassembledBytes + end - start > REASSEMBLED_LIMIT) return;
    this.#reassembledBytes += end - start;
    trace.reassembled.set(id, message.slice(start, end));
  }

  /** Adds one DNS message; returns its row, or NONE when it cannot be read. */
  #message(
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
    time: number,
  ): number {
    const trace = this.#trace;
    const head = this.#head;
    if (end <= start) return NONE;
    if (!readDnsHead(bytes, start, end, head)) {
      trace.totals.undecodable++;
      state.undecodable++;
      return NONE;
    }
    trace.totals.messages++;
    state.messages++;
    const isResponse = (head.flags & 0x8000) !== 0;
    if (isResponse && head.arcount !== 0) head.rcode |= extendedRcodeBits(bytes, start, end, head);
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
    const hasQuestion = head.qdcount > 0;
    const name = trace.names.idOf(bytes, head.qnameStart, hasQuestion ? head.qnameEnd : head.qnameStart, head.nameHash);
    const transaction = isResponse
      ? this.#response(key, name, hasQuestion, state, time)
      : this.#query(key, name, state, time);
    const id = trace.messages.add();
    const chunk = trace.messages.of(id);
    const row = id & ROW_MASK;
    chunk.time[row] = time;
    chunk.offset[row] = this.#offset;
    chunk.packet[row] = this.#packet;
    chunk.packetLength[row] = Math.min(this.#packetLength, 0xffff);
    chunk.size[row] = Math.min(end - start, 0xffff);
    chunk.flags[row] = head.flags;
    chunk.transaction[row] = transaction;
    chunk.next[row] = NONE;
    const transactions = trace.transactions.of(transaction);
    const at = transaction & ROW_MASK;
    const last = transactions.lastMessage[at]!;
    if (last === NONE) transactions.firstMessage[at] = id;
    else trace.messages.of(last).next[last & ROW_MASK] = id;
    transactions.lastMessage[at] = id;
    if (isResponse && transactions.response[at] === NONE) transactions.response[at] = id;
    return id;
  }

  #query(key: PairKey, name: number, state: VantageState, time: number): number {
    const trace = this.#trace;
    const head = this.#head;
    trace.totals.queries++;
    state.queries++;
    trace.qtypes.add(head.qtype);
    state.asked.add(key.client);
    state.served.add(key.server);
    const known = this.#pairing.find(key, name, head.qtype, head.qclass);
    if (known !== NONE) {
      const chunk = trace.transactions.of(known);
      const row = known & ROW_MASK;
      const open = chunk.state[row] === State.pending || chunk.state[row] === State.unanswered;
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
    const id = this.#newTransaction(key, name, time, State.pending);
    this.#pairing.setFound(id, time);
    trace.serverAsked.add(key.server);
    if (!this.#exchangeJoin.join(id)) this.#newExchange(id, key, state);
    else this.#joined(id, state);
    this.#upstreamJoin.remember(id);
    return id;
  }

  #response(key: PairKey, name: number, hasQuestion: boolean, state: VantageState, time: number): number {
    const trace = this.#trace;
    const head = this.#head;
    trace.totals.responses++;
    state.responses++;
    trace.rcodes.add(head.rcode);
    const known = this.#pairing.find(key, hasQuestion ? name : NONE, head.qtype, head.qclass);
    if (known === NONE || this.#isLongAnswered(known, time)) {
      trace.totals.unsolicited++;
      const id = this.#newTransaction(key, name, time, State.unsolicited);
      this.#answer(id, time);
      return id;
    }
    const chunk = trace.transactions.of(known);
    const row = known & ROW_MASK;
    if (chunk.state[row] === State.answered || chunk.state[row] === State.late) {
      trace.totals.duplicates++;
      return known;
    }
    chunk.state[row] = chunk.state[row] === State.unanswered ? State.late : State.answered;
    this.#answer(known, time);
    trace.totals.answered++;
    trace.serverAnswered.add(key.server);
    trace.resolvers.add(key.server);
    const exchange = chunk.exchange[row]!;
    trace.markDirty(trace.lookupOf(exchange));
    if (exchange !== NONE && this.#isUpstreamLeg(exchange, known))
      this.#upstream(key.server, key.serverPort).answered++;
    return known;
  }

  /** The index may know a query for hours when few come: what arrives for it then is no duplicate of its answer. */
  #isLongAnswered(transaction: number, time: number): boolean {
    return time - this.#trace.transactions.of(transaction).end[transaction & ROW_MASK]! > DUPLICATE_NS;
  }

  /** Asked by a resolver, and seen here first: further views of it are not counted again. */
  #isUpstreamLeg(exchange: number, transaction: number): boolean {
    const chunk = this.#trace.exchanges.of(exchange);
    const row = exchange & ROW_MASK;
    return chunk.first[row] === transaction && (chunk.parent[row] !== NONE || chunk.background[row] === 1);
  }

  #upstream(server: number, port: number): UpstreamTally {
    const key = `${String(server)}:${String(port)}`;
    let tally = this.#trace.upstreams.get(key);
    if (tally === undefined) {
      tally = { server, port, asked: 0, answered: 0 };
      this.#trace.upstreams.set(key, tally);
    }
    return tally;
  }

  #answer(id: number, time: number): void {
    const chunk = this.#trace.transactions.of(id);
    const row = id & ROW_MASK;
    chunk.end[row] = time;
    chunk.rcode[row] = this.#head.rcode;
    chunk.answers[row] = this.#head.ancount;
    const lookup = chunk.exchange[row] === NONE ? NONE : this.#trace.lookupOf(chunk.exchange[row]!);
    if (lookup === NONE) return;
    const lookups = this.#trace.lookups.of(lookup);
    // Grouping asks for the latest response before the next evaluation, so these columns are kept current.
    if (!(time <= lookups.lastEnd[lookup & ROW_MASK]!)) lookups.lastEnd[lookup & ROW_MASK] = time;
    lookups.missed[lookup & ROW_MASK] = isMiss(chunk.rcode[row], chunk.answers[row]) ? 1 : 0;
  }

  #newTransaction(key: PairKey, name: number, time: number, state: number): number {
    const trace = this.#trace;
    const id = trace.transactions.add();
    const chunk = trace.transactions.of(id);
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
    return id;
  }

  #newExchange(transaction: number, key: PairKey, state: VantageState): void {
    const trace = this.#trace;
    const id = trace.exchanges.add();
    const chunk = trace.exchanges.of(id);
    const row = id & ROW_MASK;
    chunk.first[row] = transaction;
    chunk.parent[row] = NONE;
    chunk.firstChild[row] = NONE;
    chunk.lastChild[row] = NONE;
    chunk.nextSibling[row] = NONE;
    chunk.lookup[row] = NONE;
    chunk.nextInLookup[row] = NONE;
    chunk.parentJoin[row] = Join.none;
    const transactions = trace.transactions.of(transaction);
    transactions.exchange[transaction & ROW_MASK] = id;
    transactions.joined[transaction & ROW_MASK] = Join.exact;
    if (this.#upstreamJoin.attach(transaction)) {
      trace.markDirty(trace.lookupOf(id));
      this.#upstream(key.server, key.serverPort).asked++;
    } else if (this.#isResolversOwn(key, state)) {
      chunk.background[row] = 1;
      trace.background.push(id);
      this.#upstream(key.server, key.serverPort).asked++;
    } else if (trace.addresses.isMulticast(key.server)) {
      chunk.background[row] = 1;
    } else {
      this.#placement.placeRoot(transaction, id, state);
    }
  }

  /**
   * Asked by a resolver for itself (R5). Not in an application's pod, which may run a cache of its own beside the application: there
   * every query is somebody's lookup.
   */
  #isResolversOwn(key: PairKey, state: VantageState): boolean {
    return this.#trace.resolvers.has(key.client) && state.vantage.role !== 'client' && key.client !== key.server;
  }

  /** Another view of a known exchange. The pod's own view is in order, so it may be placed without waiting any longer. */
  #joined(transaction: number, state: VantageState): void {
    const exchange = this.#trace.transactions.of(transaction).exchange[transaction & ROW_MASK]!;
    if (!this.#placement.placeJoined(transaction, exchange, state))
      this.#trace.markDirty(this.#trace.lookupOf(exchange));
  }

  /** Gives the waiting exchanges that began up to `time` their lookups, oldest first. */
  placeWaiting(time: number): void {
    this.#placement.placeWaiting(time);
  }

  /** Gives up TCP holes that are older than the reassembler's patience at trace time `now`; what lies behind them comes through. */
  expireTcp(now: number): void {
    this.#tcp.expire(now);
  }
}
