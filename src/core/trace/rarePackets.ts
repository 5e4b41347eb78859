/**
 * Everything that is not a plain packet to or from a DNS port: fragments, tunnels, ICMP errors, encrypted flows, DNS on ports
 * nobody named. `ingest.ts` comes here only when its one test of ports and fragments fails; what turns out to be DNS
 * goes back to it as a frame like any other.
 */
import { ENCRYPTED_DNS_PORT } from '../dns/ports.ts';
import { decodeFrame, Frame, IpProtocol } from '../packet/frame.ts';
import { FragmentReassembler, type IncompletePacket } from '../packet/fragments.ts';
import { LinkType } from '../packet/packetSink.ts';
import { enterTunnel, TUNNEL_PORTS } from '../packet/tunnel.ts';
import type { KeptDatagram } from './portGuess.ts';
import type { PairingTable } from './pairing.ts';
import { type PacketPlace, SideEvents } from './sideEvents.ts';
import type { Trace } from './trace.ts';

/** What is known of a port, one bit each. */
export const PortUse = { dns: 1, tunnel: 2, opaque: 4, found: 8 } as const;

/** Packets in packets: an overlay in an overlay, and a fragment of each, is the most there is. */
const MOST_LAYERS = 4;

export class RarePackets {
  readonly #trace: Trace;
  readonly #ports: Uint8Array;
  readonly #events: SideEvents;
  readonly #fragments: FragmentReassembler<PacketPlace>;
  readonly #frame = new Frame();
  readonly #onDatagram: (datagram: KeptDatagram) => void;
  /** The frame resolved last was put together from several packets: its bytes are in no single one. */
  spansPackets = false;
  /** Trace time from which `expire` has something to do, ns. */
  due = Number.POSITIVE_INFINITY;

  /**
   * @param ports   bits of {@link PortUse} by port; the caller has set those of DNS
   * @param onDatagram gets datagrams that turned out to be DNS messages only later, in order
   */
  constructor(trace: Trace, ports: Uint8Array, pairing: PairingTable, onDatagram: (datagram: KeptDatagram) => void) {
    this.#trace = trace;
    this.#ports = ports;
    this.#events = new SideEvents(trace, pairing, (port) => ((ports[port] ?? 0) & (PortUse.dns | PortUse.found)) !== 0);
    this.#fragments = new FragmentReassembler((packet) => {
      this.#onIncomplete(packet);
    });
    this.#onDatagram = onDatagram;
    for (const port of TUNNEL_PORTS) ports[port]! |= PortUse.tunnel;
    ports[ENCRYPTED_DNS_PORT]! |= PortUse.opaque;
    this.watchOpaquePorts();
  }

  /** Marks the ports of the encrypted servers that the trace knows of by now. */
  watchOpaquePorts(): void {
    for (const port of this.#trace.opaqueFlows.ports) this.#ports[port]! |= PortUse.opaque;
  }

  /**
   * @param frame decoded from `bytes`; may come to describe an inner or a reassembled packet
   * @returns the buffer in which `frame` now describes a DNS packet; `undefined` when it is none, or not yet
   */
  resolve(bytes: Uint8Array, frame: Frame, place: PacketPlace): Uint8Array | undefined {
    this.spansPackets = false;
    let buffer = bytes;
    for (let layer = 0; layer < MOST_LAYERS; layer++) {
      const use = this.#ports[frame.srcPort]! | this.#ports[frame.dstPort]!;
      if (frame.fragment !== 0) {
        // A fragment that the snap length cut is never whole: the first one at least says what was asked.
        if (frame.clipped) return frame.fragment === 1 && (use & PortUse.dns) !== 0 ? buffer : undefined;
        const whole = this.#fragments.add(buffer, frame, place);
        this.due = this.#fragments.due;
        if (whole === undefined || !decodeFrame(whole, 0, whole.length, LinkType.raw, frame)) return undefined;
        buffer = whole;
        this.spansPackets = true;
        continue;
      }
      if ((use & PortUse.dns) !== 0) return buffer;
      if (frame.protocol === IpProtocol.tcp || frame.protocol === IpProtocol.udp) {
        if ((use & PortUse.tunnel) === 0) return this.#onOtherPort(buffer, frame, use, place);
      } else if (frame.protocol === IpProtocol.icmp || frame.protocol === IpProtocol.icmp6) {
        this.#events.icmp(buffer, frame, place);
        return undefined;
      }
      if (!enterTunnel(buffer, frame)) return undefined;
    }
    return undefined;
  }

  #onOtherPort(bytes: Uint8Array, frame: Frame, use: number, place: PacketPlace): Uint8Array | undefined {
    const { foundServers, opaqueFlows } = this.#trace;
    if ((use & PortUse.found) !== 0 && foundServers.knows(bytes, frame)) return bytes;
    if ((use & PortUse.opaque) !== 0 && opaqueFlows.take(bytes, frame, place.time)) return undefined;
    if (frame.protocol !== IpProtocol.udp || !foundServers.looksLikeDns(bytes, frame)) return undefined;
    const kept = foundServers.take(bytes, frame, { ...place, spansPackets: this.spansPackets });
    if (kept === undefined) return undefined;
    const found = foundServers.found.at(-1);
    if (found !== undefined) this.#ports[found.port]! |= PortUse.found;
    for (const datagram of kept) this.#onDatagram(datagram);
    return undefined;
  }

  /** Gives up fragments that waited too long at trace time `now`. */
  expire(now: number): void {
    this.#fragments.expire(now);
    this.due = this.#fragments.due;
    const { reassembled, contradictions } = this.#fragments.counts;
    this.#trace.totals.reassembledFragments = reassembled;
    this.#trace.totals.contradictoryFragments = contradictions;
  }

  /** The beginning of a DNS message whose other fragments are missing, or were never to be captured. */
  #onIncomplete({ beginning, place, othersAreCaptured }: IncompletePacket<PacketPlace>): void {
    const frame = this.#frame;
    if (beginning === undefined || !decodeFrame(beginning, 0, beginning.length, LinkType.raw, frame)) return;
    const use = this.#ports[frame.srcPort]! | this.#ports[frame.dstPort]!;
    if (frame.protocol !== IpProtocol.udp || (use & PortUse.dns) === 0) return;
    if (othersAreCaptured) {
      this.#events.incomplete(beginning, frame, place);
      return;
    }
    const { addresses } = this.#trace;
    this.#onDatagram({
      ...place,
      payload: beginning.slice(frame.payloadStart, frame.payloadEnd),
      src: addresses.idOf(beginning, frame.srcStart, frame.addressLength),
      dst: addresses.idOf(beginning, frame.dstStart, frame.addressLength),
      srcPort: frame.srcPort,
      dstPort: frame.dstPort,
      spansPackets: false,
    });
  }
}
