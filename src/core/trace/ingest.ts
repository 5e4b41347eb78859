/**
 * From packets to rows: decode, intern, pair (R1), join (R2, R3), group (R7). The hot path of the product: one call a
 * packet, no allocation for a known address, name and socket; what does allocate (a new name, a chunk of columns, TCP
 * reassembly) is rare. Order: frame → port check → DNS head → ids → pairing; everything else happens once a
 * transaction or later, on demand, from the packet's own bytes.
 * Why not decode answers here: it doubles the cost, and only rows on screen show them.
 */
import type { RecordTally } from '../analysis/recordTally.ts';
import { CUT_RESPONSE, DnsFlag } from '../dns/header.ts';
import { MDNS_PORT } from '../dns/ports.ts';
import { isMiss } from '../lookups/grouping.ts';
import { DnsHead, readDnsHead } from '../dns/dnsHead.ts';
import { extendedRcodeBits } from '../dns/extendedRcode.ts';
import { decodeFrame, Frame, IpProtocol } from '../packet/frame.ts';
import { TcpReassembler, type TcpMessageSink } from '../packet/tcpReassembler.ts';
import { NO_BYTES, type TcpMessageOrigin } from '../packet/tcpStream.ts';
import type { Topology } from '../topology/topology.ts';
import { ExchangePlacement } from './exchangePlacement.ts';
import { markClock } from './forgetting.ts';
import { PairingTable, type PairKey } from './pairing.ts';
import type { KeptDatagram } from './portGuess.ts';
import { PortUse, RarePackets } from './rarePackets.ts';
import { PATIENCE_NS, Settling } from './settling.ts';
import { NONE, Proto, ROW_MASK, State } from './tables.ts';
import type { Trace, VantageState } from './trace.ts';

/** Bytes kept of messages that span packets; beyond it their details show the header only. */
const REASSEMBLED_LIMIT = 64 * 1024 * 1024;
/** The same question again within this time is a retransmission; later, a new use of the port and ID. */
const RETRANSMISSION_NS = 30e9;
/** A node's capture sees one packet on the pod's interface, the bridge, the overlay and the uplink; nobody asks again so soon. */
export const COPY_NS = 1e6;
/** QR and TC. */
/** A second response within this time of the first is its duplicate; later, an unsolicited one. */
const DUPLICATE_NS = 5e9;

export class Ingest implements TcpMessageSink {
  readonly settling: Settling;
  readonly exchanges: ExchangePlacement;
  readonly #trace: Trace;
  readonly #pairing: PairingTable;
  readonly #tcp: TcpReassembler;
  readonly #rare: RarePackets;
  readonly #records: RecordTally | undefined;
  /** Bits of {@link PortUse}. */
  readonly #ports: Uint8Array;
  readonly #frame = new Frame();
  readonly #head = new DnsHead();
  readonly #key: PairKey = { vantage: 0, proto: 0, client: 0, server: 0, clientPort: 0, serverPort: 0, dnsId: 0 };
  #reassembledBytes = 0;
  // The packet at hand, for the messages inside it.
  #bytes: Uint8Array = NO_BYTES;
  #offset = 0;
  #packet = 0;
  #packetLength = 0;
  #time = 0;

  constructor(trace: Trace, dnsPorts: readonly number[]) {
    this.#trace = trace;
    this.#records = trace.records;
    this.settling = new Settling(trace);
    this.exchanges = new ExchangePlacement(trace);
    this.#pairing = new PairingTable(trace);
    this.#tcp = new TcpReassembler(this);
    this.#ports = new Uint8Array(65_536);
    for (const port of dnsPorts) this.#ports[port] = PortUse.dns;
    this.#rare = new RarePackets(trace, this.#ports, this.#pairing, (datagram) => {
      this.#lateDatagram(datagram);
    });
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
    if (time > this.#rare.due) this.#rare.expire(time);
    const frame = this.#frame;
    if (!decodeFrame(bytes, start, end, linkType, frame)) return;
    this.#offset = offset;
    this.#packet = state.packets;
    this.#packetLength = end - start;
    this.#time = time;
    const use = this.#ports[frame.dstPort]! | this.#ports[frame.srcPort]!;
    if ((use & PortUse.dns) === 0 || frame.fragment !== 0) {
      if (use === 0 && frame.protocol === IpProtocol.tcp && frame.fragment === 0) return;
      this.#rarePacket(vantageIndex, state, bytes);
      return;
    }
    this.#bytes = bytes;
    if (frame.protocol === IpProtocol.tcp) this.#tcp.segment(vantageIndex, bytes, frame, time);
    else this.#datagram(vantageIndex, state, bytes);
  }

  /** The frame at hand is none that the hot path knows. */
  #rarePacket(vantage: number, state: VantageState, bytes: Uint8Array): void {
    const place = {
      vantage,
      time: this.#time,
      offset: this.#offset,
      packet: this.#packet,
      packetLength: this.#packetLength,
    };
    const buffer = this.#rare.resolve(bytes, this.#frame, place);
    if (buffer === undefined) return;
    // A datagram that waited may have come through on the way.
    this.#offset = place.offset;
    this.#packet = place.packet;
    this.#packetLength = place.packetLength;
    this.#bytes = this.#rare.spansPackets ? NO_BYTES : buffer;
    if (this.#frame.protocol === IpProtocol.tcp) this.#tcp.segment(vantage, buffer, this.#frame, this.#time);
    else this.#datagram(vantage, state, buffer);
  }

  /** The frame at hand, which is UDP. */
  #datagram(vantageIndex: number, state: VantageState, bytes: Uint8Array): void {
    const trace = this.#trace;
    const frame = this.#frame;
    const src = trace.addresses.idOf(bytes, frame.srcStart, frame.addressLength);
    const dst = trace.addresses.idOf(bytes, frame.dstStart, frame.addressLength);
    if (frame.direction === 2) state.outgoing.add(src);
    const id = this.#message(
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
      this.#time,
    );
    if (bytes !== this.#bytes) this.#keepBytes(id, bytes, frame.payloadStart, frame.payloadEnd);
  }

  /** A datagram that came before it was known to be DNS, or to be all there is of it. */
  #lateDatagram(datagram: KeptDatagram): void {
    const { vantage, payload, src, dst, srcPort, dstPort, time, spansPackets } = datagram;
    const state = this.#trace.vantages[vantage];
    if (state === undefined) return;
    this.#offset = datagram.offset;
    this.#packet = datagram.packet;
    this.#packetLength = datagram.packetLength;
    const id = this.#message(vantage, state, payload, 0, payload.length, src, dst, srcPort, dstPort, Proto.udp, time);
    if (spansPackets) this.#keepBytes(id, payload, 0, payload.length);
  }

  /** Details read a message back from its packet; one that is in no single packet is kept. */
  #keepBytes(id: number, message: Uint8Array, start: number, end: number): void {
    if (id === NONE || this.#reassembledBytes + end - start > REASSEMBLED_LIMIT) return;
    this.#reassembledBytes += end - start;
    this.#trace.reassembled.set(id, message.slice(start, end));
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
    if (message !== this.#bytes) this.#keepBytes(id, message, start, end);
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
    const isResponse = (head.flags & DnsFlag.QR) !== 0;
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
    if (isResponse && this.#records !== undefined) this.#records.response(bytes, start, end, head);
    const hasQuestion = head.qdcount > 0;
    const name = trace.names.idOf(bytes, head.qnameStart, hasQuestion ? head.qnameEnd : head.qnameStart, head.nameHash);
    const transaction = isResponse
      ? this.#response(key, name, hasQuestion, state, time)
      : this.#query(key, name, state, time);
    if (isResponse && trace.answers !== undefined)
      trace.answers.response(bytes, start, end, head, name, key.server, transaction, time);
    const id = trace.messages.add();
    const chunk = trace.messages.edit(id);
    const row = id & ROW_MASK;
    chunk.time[row] = time;
    chunk.offset[row] = this.#offset;
    chunk.packet[row] = this.#packet;
    chunk.packetLength[row] = Math.min(this.#packetLength, 0xffff);
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
    const id = this.#newTransaction(key, name, time, State.pending);
    this.#pairing.setFound(id);
    trace.serverAsked.add(key.server);
    this.exchanges.place(id, key, state);
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
    const chunk = trace.transactions.edit(known);
    const row = known & ROW_MASK;
    if (chunk.state[row] === State.answered || chunk.state[row] === State.late) {
      trace.totals.duplicates++;
      return known;
    }
    chunk.state[row] = chunk.state[row] === State.unanswered ? State.late : State.answered;
    if (chunk.state[row] === State.late || time - chunk.lastQuery[row]! >= PATIENCE_NS) trace.lateAnswers.add(known);
    this.#answer(known, time);
    trace.totals.answered++;
    trace.serverAnswered.add(key.server);
    trace.resolvers.add(key.server);
    const exchange = chunk.exchange[row]!;
    trace.markDirty(trace.lookupOf(exchange));
    this.exchanges.answered(known, exchange, key);
    return known;
  }

  /** The index may know a query for hours when few come: what arrives for it then is no duplicate of its answer. */
  #isLongAnswered(transaction: number, time: number): boolean {
    return time - this.#trace.transactions.of(transaction).end[transaction & ROW_MASK]! > DUPLICATE_NS;
  }

  #answer(id: number, time: number): void {
    const chunk = this.#trace.transactions.edit(id);
    const row = id & ROW_MASK;
    chunk.end[row] = time;
    chunk.rcode[row] = this.#head.rcode;
    chunk.answers[row] = this.#head.ancount;
    const lookup = chunk.exchange[row] === NONE ? NONE : this.#trace.lookupOf(chunk.exchange[row]!);
    if (lookup === NONE) return;
    const lookups = this.#trace.lookups.edit(lookup);
    // Grouping asks for the latest response before the next evaluation, so these columns are kept current.
    if (!(time <= lookups.lastEnd[lookup & ROW_MASK]!)) lookups.lastEnd[lookup & ROW_MASK] = time;
    lookups.missed[lookup & ROW_MASK] = isMiss(chunk.rcode[row], chunk.answers[row]) ? 1 : 0;
  }

  #newTransaction(key: PairKey, name: number, time: number, state: number): number {
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
    return id;
  }

  /** Gives up holes in TCP and missing fragments that waited too long at trace time `now`; what lies behind TCP's comes through. */
  expire(now: number): void {
    this.#tcp.expire(now);
    this.#rare.expire(now);
  }

  /** Where the Corefile speaks DNS, and where TLS or the like. */
  knowPorts({ upstreams, servers = [] }: Topology): void {
    const clear = servers.flatMap(({ keys }) => keys.filter(({ encrypted }) => encrypted !== true));
    for (const { port } of [...clear, ...upstreams.filter(({ transport }) => transport === 'dns')])
      if ((this.#ports[port]! & (PortUse.opaque | PortUse.tunnel)) === 0) this.#ports[port]! |= PortUse.dns;
    for (const { address, port, transport } of upstreams)
      if (transport !== 'dns') this.#trace.opaqueFlows.watch(address, port);
    this.#rare.watchOpaquePorts();
  }
}
