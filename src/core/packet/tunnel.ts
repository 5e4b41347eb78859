/**
 * What overlays of a cluster carry: VXLAN (flannel, Cilium, Calico), Geneve (OVN, Antrea, Cilium), GRE and IP in IP (Calico). A capture on a node
 * sees a pod's packet once more inside them. Nothing is copied: the frame is decoded again, at the inner packet.
 * Invariant: of a header that is cut only the place behind it counts, and decodeFrame refuses what does not begin before the end.
 */
import { u16be } from './bytes.ts';
import { decodeFrame, type Frame, IpProtocol } from './frame.ts';
import { LinkType } from './packetSink.ts';

/** Destination ports: VXLAN as registered and as Linux had it first, VXLAN-GPE, Geneve. */
export const TUNNEL_PORTS: readonly number[] = [4789, 8472, 4790, 6081];
const GENEVE_PORT = 6081;

const ETHERNET_IN_GRE = 0x6558;
const ERSPAN = 0x88be;

/**
 * @param frame as decoded from `bytes`; on success it describes the inner packet
 * @returns `false` when it carries no packet inside that can be read; the frame is then not meaningful
 */
export function enterTunnel(bytes: Uint8Array, frame: Frame): boolean {
  const ifIndex = frame.ifIndex;
  const entered = decodeInner(bytes, frame);
  frame.ifIndex = ifIndex;
  return entered;
}

function decodeInner(bytes: Uint8Array, frame: Frame): boolean {
  const at = frame.payloadStart;
  const end = frame.payloadEnd;
  switch (frame.protocol) {
    case IpProtocol.udp:
      if (!TUNNEL_PORTS.includes(frame.dstPort)) return false;
      return frame.dstPort === GENEVE_PORT ? inGeneve(bytes, at, end, frame) : inVxlan(bytes, at, end, frame);
    case IpProtocol.gre:
      return inGre(bytes, at, end, frame);
    case IpProtocol.ipip:
    case IpProtocol.ipv6:
      return decodeFrame(bytes, at, end, LinkType.raw, frame);
    default:
      return false;
  }
}

/** RFC 7348 §5: the I flag says that there is a network identifier. With the P flag (GPE) the next protocol may be IP itself. */
function inVxlan(bytes: Uint8Array, at: number, end: number, frame: Frame): boolean {
  if ((bytes[at]! & 0x08) === 0) return false;
  const next = (bytes[at]! & 0x04) !== 0 ? bytes[at + 3]! : 3;
  if (next === 1 || next === 2) return decodeFrame(bytes, at + 8, end, LinkType.raw, frame);
  return next === 3 && decodeFrame(bytes, at + 8, end, LinkType.ethernet, frame);
}

/** RFC 8926 §3.4: version 0, length of the options in words, protocol. */
function inGeneve(bytes: Uint8Array, at: number, end: number, frame: Frame): boolean {
  if (bytes[at]! >> 6 !== 0) return false;
  return inEtherType(bytes, at + 8 + (bytes[at]! & 63) * 4, end, u16be(bytes, at + 2), frame);
}

/** RFC 2784 §2.1, RFC 2890 §2: version 0; checksum, key and sequence number are there when their flags are set. */
function inGre(bytes: Uint8Array, at: number, end: number, frame: Frame): boolean {
  if ((bytes[at + 1]! & 7) !== 0) return false;
  const flags = bytes[at]!;
  const hasSequence = (flags & 0x10) !== 0;
  const protocol = u16be(bytes, at + 2);
  let inner = at + 4;
  if ((flags & 0x80) !== 0) inner += 4;
  if ((flags & 0x20) !== 0) inner += 4;
  if (hasSequence) inner += 4;
  // Mirrored traffic (ERSPAN II has a header of 8 bytes and a sequence number, ERSPAN I neither).
  if (protocol === ERSPAN) return inEtherType(bytes, inner + (hasSequence ? 8 : 0), end, ETHERNET_IN_GRE, frame);
  return inEtherType(bytes, inner, end, protocol, frame);
}

function inEtherType(bytes: Uint8Array, at: number, end: number, etherType: number, frame: Frame): boolean {
  if (etherType === ETHERNET_IN_GRE) return decodeFrame(bytes, at, end, LinkType.ethernet, frame);
  return (etherType === 0x0800 || etherType === 0x86dd) && decodeFrame(bytes, at, end, LinkType.raw, frame);
}
