/**
 * Which packets belong to chosen lookups. Over UDP a packet is a message, so its place in the capture tells. Over TCP the
 * whole connection comes along, from its handshake on: a message alone is nothing that Wireshark could put together. So do
 * all fragments of a message, before and after the one whose place is known, and what ICMP said about it.
 * Memory: 8 bytes a chosen message, and the connections.
 */
import { firstIndex } from '../base/firstIndex.ts';
import { addressText } from '../core/packet/address.ts';
import { decodeFrame, Frame, IpProtocol } from '../core/packet/frame.ts';
import { enterTunnel } from '../core/packet/tunnel.ts';
import { NONE, Proto, ROW_MASK } from '../core/trace/tables.ts';
import type { TraceEngine } from '../core/trace/traceEngine.ts';
import type { LookupChoice } from '../core/view/lookupChoice.ts';

export class PacketChoice {
  /** Of each vantage, where the packets of chosen UDP messages begin, ascending. */
  readonly #offsets: Float64Array[];
  readonly #connections = new Set<string>();
  readonly #fragments = new Set<string>();
  readonly #frame = new Frame();

  constructor(engine: TraceEngine, lookups: LookupChoice) {
    const { trace } = engine;
    const offsets = trace.vantages.map((): number[] => []);
    for (let message = 0; message < trace.messages.length; message++) {
      const messages = trace.messages.of(message);
      const id = messages.transaction[message & ROW_MASK]!;
      const chunk = trace.transactions.of(id);
      const row = id & ROW_MASK;
      const lookup = trace.lookupOf(chunk.exchange[row]!);
      if (lookup === NONE || !lookups.has(lookup)) continue;
      const vantage = chunk.vantage[row]!;
      // Over TCP as well: an answer whose addresses were translated back is in no connection of its query.
      const offset = messages.offset[message & ROW_MASK]!;
      offsets[vantage]!.push(offset);
      if (chunk.proto[row] !== Proto.tcp) {
        if (trace.reassembled.has(message))
          this.#noteFragments(engine, vantage, offset, messages.packetLength[message & ROW_MASK]!);
      } else {
        const client = `${trace.addresses.textOf(chunk.client[row]!)} ${String(chunk.clientPort[row]!)}`;
        const server = `${trace.addresses.textOf(chunk.server[row]!)} ${String(chunk.serverPort[row]!)}`;
        this.#connections.add(connectionKey(vantage, client, server));
      }
    }
    for (const events of [trace.icmpErrors, trace.lostFragments]) {
      for (const [id, list] of events) {
        const lookup = trace.lookupOf(trace.transactions.of(id).exchange[id & ROW_MASK]!);
        if (lookup === NONE || !lookups.has(lookup)) continue;
        for (const { vantage, offset } of list) offsets[vantage]!.push(offset);
      }
    }
    this.#offsets = offsets.map((list) => Float64Array.from(list).sort());
  }

  /** The place of a message in fragments is that of the one that completed it; the others mostly come before. */
  #noteFragments(engine: TraceEngine, vantage: number, offset: number, length: number): void {
    const packet = engine.byteSources[vantage]?.(offset, length);
    const linkType = engine.trace.vantages[vantage]?.linkType;
    if (packet === undefined || linkType === undefined) return;
    const frame = this.#frame;
    let decoded = decodeFrame(packet, 0, packet.length, linkType, frame);
    while (decoded && frame.fragment === 0) decoded = enterTunnel(packet, frame);
    if (decoded) this.#fragments.add(this.#fragmentKey(vantage, packet));
  }

  takes(vantage: number, bytes: Uint8Array, start: number, end: number, linkType: number, offset: number): boolean {
    const frame = this.#frame;
    const isChosen = isIn(this.#offsets[vantage], offset);
    if (!isChosen && this.#connections.size === 0 && this.#fragments.size === 0) return false;
    let decoded = decodeFrame(bytes, start, end, linkType, frame);
    // Deeper into the bytes with each turn: a fragment or a connection may be inside an overlay's packet.
    for (; decoded; decoded = enterTunnel(bytes, frame)) {
      if (frame.fragment !== 0) {
        const key = this.#fragmentKey(vantage, bytes);
        if (isChosen) this.#fragments.add(key);
        return isChosen || this.#fragments.has(key);
      }
      if (frame.protocol !== IpProtocol.tcp) continue;
      const source = `${addressText(bytes, frame.srcStart, frame.addressLength)} ${String(frame.srcPort)}`;
      const target = `${addressText(bytes, frame.dstStart, frame.addressLength)} ${String(frame.dstPort)}`;
      return isChosen || this.#connections.has(connectionKey(vantage, source, target));
    }
    return isChosen;
  }

  #fragmentKey(vantage: number, bytes: Uint8Array): string {
    const { srcStart, dstStart, addressLength, ipId } = this.#frame;
    return `${String(vantage)} ${addressText(bytes, srcStart, addressLength)} ${addressText(bytes, dstStart, addressLength)} ${String(ipId)}`;
  }
}

/** The same in both directions. */
function connectionKey(vantage: number, one: string, other: string): string {
  return one < other ? `${String(vantage)} ${one} ${other}` : `${String(vantage)} ${other} ${one}`;
}

function isIn(sorted: Float64Array | undefined, value: number): boolean {
  return sorted !== undefined && sorted[firstIndex(0, sorted.length, (index) => sorted[index]! >= value)] === value;
}
