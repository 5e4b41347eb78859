/**
 * From packets to messages: frame → port check → DNS head, a few packets ahead (`packetsAhead.ts`), then `messageRows.ts` one after the
 * other. The hot path of the product: one call a packet, no allocation; what does allocate (TCP reassembly, fragments, DNS on ports nobody
 * named) is rare, and is taken out of the run: what was decoded before it is traced first, so that nothing is ever traced out of order.
 */
import { DnsHead, readDnsHead } from '../dns/dnsHead.ts';
import { decodeFrame, Frame, IpProtocol } from '../packet/frame.ts';
import { TcpReassembler, type TcpMessageSink } from '../packet/tcpReassembler.ts';
import { NO_BYTES, type TcpMessageOrigin } from '../packet/tcpStream.ts';
import type { Topology } from '../topology/topology.ts';
import type { ExchangePlacement } from './exchangePlacement.ts';
import { MessageRows } from './messageRows.ts';
import { AHEAD, PacketsAhead } from './packetsAhead.ts';
import type { KeptDatagram } from './portGuess.ts';
import { PortUse, RarePackets } from './rarePackets.ts';
import type { Settling } from './settling.ts';
import type { PacketPlace } from './sideEvents.ts';
import { NONE, Proto } from './tables.ts';
import type { Trace, VantageState } from './trace.ts';

/** Bytes kept of messages that span packets; beyond it their details show the header only. */
const REASSEMBLED_LIMIT = 64 * 1024 * 1024;

export class Ingest implements TcpMessageSink<PacketPlace> {
  readonly #trace: Trace;
  readonly #rows: MessageRows;
  readonly #tcp: TcpReassembler<PacketPlace>;
  readonly #rare: RarePackets;
  /** Bits of {@link PortUse}. */
  readonly #ports: Uint8Array;
  readonly #ahead = new PacketsAhead();
  readonly #head = new DnsHead();
  #reassembledBytes = 0;
  // The packet at hand, for the messages inside it.
  #frame = new Frame();
  #bytes: Uint8Array = NO_BYTES;

  constructor(trace: Trace, dnsPorts: readonly number[]) {
    this.#trace = trace;
    this.#rows = new MessageRows(trace);
    this.#tcp = new TcpReassembler(this);
    this.#ports = new Uint8Array(65_536);
    for (const port of dnsPorts) this.#ports[port] = PortUse.dns;
    this.#rare = new RarePackets(trace, this.#ports, this.#rows.pairing, (datagram) => {
      this.#lateDatagram(datagram);
    });
  }

  get settling(): Settling {
    return this.#rows.settling;
  }

  get exchanges(): ExchangePlacement {
    return this.#rows.exchanges;
  }

  /** The bytes must stay as they are until `flush`. */
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
    const ahead = this.#ahead;
    if (bytes !== ahead.bytes) {
      this.flush();
      ahead.bytes = bytes;
    }
    const at = ahead.count;
    const next = ahead.packets[at]!;
    const { frame } = next;
    const isFrame = decodeFrame(bytes, start, end, linkType, frame);
    const use = isFrame ? this.#ports[frame.dstPort]! | this.#ports[frame.srcPort]! : 0;
    const isPlain = (use & PortUse.dns) !== 0 && frame.fragment === 0 && frame.protocol !== IpProtocol.tcp;
    if (!isPlain || time > this.#rare.due) {
      this.flush();
      this.#begin(state, time, offset, end - start);
      if (time > this.#rare.due) this.#expireRare(vantageIndex, time);
      if (isFrame) this.#lone(vantageIndex, state, bytes, frame, use);
      return;
    }
    next.vantage = vantageIndex;
    next.length = end - start;
    next.src = trace.addresses.idOf(bytes, frame.srcStart, frame.addressLength);
    next.dst = trace.addresses.idOf(bytes, frame.dstStart, frame.addressLength);
    next.isReadable = readDnsHead(bytes, frame.payloadStart, frame.payloadEnd, next.head);
    ahead.times[at] = time;
    ahead.offsets[at] = offset;
    ahead.count = at + 1;
    if (ahead.count === AHEAD) this.flush();
  }

  /** Traces what was decoded ahead. Call before its bytes change, and before anybody looks at the trace. */
  flush(): void {
    const ahead = this.#ahead;
    const { count, bytes } = ahead;
    if (count === 0) return;
    const rows = this.#rows;
    const { vantages } = this.#trace;
    ahead.fetch(this.#trace.names, rows.pairing, rows.exchanges);
    ahead.count = 0;
    for (let i = 0; i < count; i++) {
      const { frame, head, vantage, length, src, dst, isReadable } = ahead.packets[i]!;
      const { payloadStart, payloadEnd, srcPort, dstPort } = frame;
      const state = vantages[vantage]!;
      this.#begin(state, ahead.times[i]!, ahead.offsets[i]!, length);
      if (frame.direction === 2) state.outgoing.add(src);
      if (isReadable)
        rows.add(head, vantage, state, bytes, payloadStart, payloadEnd, src, dst, srcPort, dstPort, Proto.udp);
      else if (payloadEnd > payloadStart) this.#undecodable(state);
    }
  }

  /** Counts a packet, which is the one at hand from here on. */
  #begin(state: VantageState, time: number, offset: number, length: number): void {
    const trace = this.#trace;
    trace.totals.packets++;
    state.packets++;
    if (!(time >= state.firstTime)) state.firstTime = time;
    if (!(time <= state.lastTime)) state.lastTime = time;
    if (time > trace.now) trace.now = time;
    const rows = this.#rows;
    rows.time = time;
    rows.offset = offset;
    rows.packet = state.packets;
    rows.packetLength = length;
  }

  /** What waited until `time` comes through now, before the packet at hand. */
  #expireRare(vantage: number, time: number): void {
    const place = this.#place(vantage);
    this.#rare.expire(time);
    this.#return(place);
  }

  #undecodable(state: VantageState): void {
    this.#trace.totals.undecodable++;
    state.undecodable++;
  }

  /** A frame that is not to be decoded ahead. */
  #lone(vantage: number, state: VantageState, bytes: Uint8Array, frame: Frame, use: number): void {
    this.#frame = frame;
    if ((use & PortUse.dns) === 0 || frame.fragment !== 0) {
      if (use === 0 && frame.protocol === IpProtocol.tcp && frame.fragment === 0) return;
      this.#rarePacket(vantage, state, bytes);
      return;
    }
    this.#bytes = bytes;
    if (frame.protocol === IpProtocol.tcp) this.#tcp.segment(vantage, bytes, frame, this.#place(vantage));
    else this.#datagram(vantage, state, bytes);
  }

  /** The frame at hand is none that the hot path knows. */
  #rarePacket(vantage: number, state: VantageState, bytes: Uint8Array): void {
    const place = this.#place(vantage);
    const buffer = this.#rare.resolve(bytes, this.#frame, place);
    if (buffer === undefined) return;
    // A datagram that waited may have come through on the way.
    this.#return(place);
    this.#bytes = this.#rare.spansPackets ? NO_BYTES : buffer;
    if (this.#frame.protocol === IpProtocol.tcp) this.#tcp.segment(vantage, buffer, this.#frame, place);
    else this.#datagram(vantage, state, buffer);
  }

  /** Of the packet at hand. */
  #place(vantage: number): PacketPlace {
    const { time, offset, packet, packetLength } = this.#rows;
    return { vantage, time, offset, packet, packetLength };
  }

  /** Makes this packet the one at hand. */
  #return({ time, offset, packet, packetLength }: PacketPlace): void {
    const rows = this.#rows;
    rows.time = time;
    rows.offset = offset;
    rows.packet = packet;
    rows.packetLength = packetLength;
  }

  /** The frame at hand, which is UDP. */
  #datagram(vantage: number, state: VantageState, bytes: Uint8Array): void {
    const { addresses } = this.#trace;
    const { srcStart, dstStart, addressLength, direction, payloadStart, payloadEnd, srcPort, dstPort } = this.#frame;
    const src = addresses.idOf(bytes, srcStart, addressLength);
    const dst = addresses.idOf(bytes, dstStart, addressLength);
    if (direction === 2) state.outgoing.add(src);
    const id = this.#message(vantage, state, bytes, payloadStart, payloadEnd, src, dst, srcPort, dstPort, Proto.udp);
    if (bytes !== this.#bytes) this.#keepBytes(id, bytes, payloadStart, payloadEnd);
  }

  /** A datagram that came before it was known to be DNS, or to be all there is of it. */
  #lateDatagram(datagram: KeptDatagram): void {
    const { vantage, payload, src, dst, srcPort, dstPort, spansPackets } = datagram;
    const state = this.#trace.vantages[vantage];
    if (state === undefined) return;
    const { time } = this.#rows;
    this.#return(datagram);
    const id = this.#message(vantage, state, payload, 0, payload.length, src, dst, srcPort, dstPort, Proto.udp);
    this.#rows.time = time;
    if (spansPackets) this.#keepBytes(id, payload, 0, payload.length);
  }

  /** Details read a message back from its packet; one that is in no single packet is kept. */
  #keepBytes(id: number, message: Uint8Array, start: number, end: number): void {
    if (id === NONE || this.#reassembledBytes + end - start > REASSEMBLED_LIMIT) return;
    this.#reassembledBytes += end - start;
    this.#trace.reassembled.set(id, message.slice(start, end));
  }

  onTcpMessage(message: Uint8Array, start: number, end: number, origin: TcpMessageOrigin, place: PacketPlace): void {
    const { addresses, vantages } = this.#trace;
    const { vantage, addressLength, direction, srcPort, dstPort } = origin;
    const state = vantages[vantage];
    if (state === undefined) return;
    const src = addresses.idOf(origin.src, 0, addressLength);
    const dst = addresses.idOf(origin.dst, 0, addressLength);
    if (direction === 2) state.outgoing.add(src);
    // Nothing is put back: every message and every packet says anew where it is.
    this.#return(place);
    const id = this.#message(vantage, state, message, start, end, src, dst, srcPort, dstPort, Proto.tcp);
    if (message !== this.#bytes) this.#keepBytes(id, message, start, end);
  }

  /** Adds one DNS message that was not decoded ahead; returns its row, or NONE when it cannot be read. */
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
  ): number {
    if (end <= start) return NONE;
    const head = this.#head;
    if (readDnsHead(bytes, start, end, head))
      return this.#rows.add(head, vantage, state, bytes, start, end, src, dst, srcPort, dstPort, proto);
    this.#undecodable(state);
    return NONE;
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
