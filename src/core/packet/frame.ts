/**
 * From a captured frame to the transport's payload: link layer, VLAN tags, IPv4 or IPv6 with extension headers, UDP, TCP, ICMP.
 * Cost: a few dozen byte reads, nothing allocated; the caller's one `Frame` is overwritten each time.
 * Why not: checksums. Offloading leaves them unset on the sending host, which is where captures in a pod are taken.
 */
import { u16be, u32be, u32le } from './bytes.ts';
import { LinkType } from './packetSink.ts';
import { ipBehindEtherType, ipBehindLink } from './rareLinks.ts';

export const IpProtocol = { icmp: 1, ipip: 4, tcp: 6, udp: 17, ipv6: 41, gre: 47, icmp6: 58 } as const;
export const TcpFlag = { fin: 1, syn: 2, rst: 4, psh: 8, ack: 16 } as const;

/** Positions index the bytes given to {@link decodeFrame}. Meaningful only after it returned `true`. */
export class Frame {
  ipVersion: 0 | 4 | 6 = 0;
  srcStart = 0;
  dstStart = 0;
  addressLength: 4 | 16 = 4;
  /** Where the IP header starts, and where its length says the packet ends (or the capture does). */
  ipStart = 0;
  ipEnd = 0;
  /** One of {@link IpProtocol}. */
  protocol = 0;
  /** 0 for ICMP, tunnels and later fragments, which carry no ports. */
  srcPort = 0;
  dstPort = 0;
  /** Payload of UDP or TCP; for ICMP and tunnels the whole message; for a later fragment the fragment's data. */
  payloadStart = 0;
  payloadEnd = 0;
  /** 0 unknown, 1 incoming, 2 outgoing: only Linux cooked captures say. */
  direction: 0 | 1 | 2 = 0;
  /** Interface number of a Linux cooked v2 capture, else 0. */
  ifIndex = 0;
  tcpFlags = 0;
  tcpSeq = 0;
  /** IPv4 identification, or that of an IPv6 fragment header. */
  ipId = 0;
  /** 0 none, 1 first, 2 later. */
  fragment: 0 | 1 | 2 = 0;
  /** The payload ends before its headers say it does: the snap length cut it. */
  clipped = false;
}

/** @returns `false` when this is none of {@link IpProtocol} over IP, or its headers are damaged or cut */
export function decodeFrame(bytes: Uint8Array, start: number, end: number, linkType: number, frame: Frame): boolean {
  frame.direction = 0;
  frame.ifIndex = 0;
  let at: number;
  let etherType: number;
  switch (linkType) {
    case LinkType.ethernet:
      if (end - start < 14) return false;
      etherType = u16be(bytes, start + 12);
      at = start + 14;
      break;
    case LinkType.linuxSll2:
      if (end - start < 20) return false;
      etherType = u16be(bytes, start);
      frame.ifIndex = u32be(bytes, start + 4);
      frame.direction = directionOf(bytes[start + 10]!);
      at = start + 20;
      break;
    case LinkType.linuxSll:
      if (end - start < 16) return false;
      etherType = u16be(bytes, start + 14);
      frame.direction = directionOf(u16be(bytes, start));
      at = start + 16;
      break;
    case LinkType.null:
    case LinkType.loop:
      if (end - start < 4) return false;
      etherType = etherTypeOfFamily(bytes, start);
      at = start + 4;
      break;
    case LinkType.raw:
    case LinkType.rawBsd:
    case LinkType.rawOpenBsd:
    case LinkType.ipv4:
    case LinkType.ipv6:
      if (end - start < 1) return false;
      etherType = bytes[start]! >> 4 === 6 ? 0x86dd : 0x0800;
      at = start;
      break;
    default:
      return decodeIp(bytes, ipBehindLink(bytes, start, end, linkType), end, frame);
  }
  // 802.1Q and stacked tags (802.1ad, and 0x9100 before it); each turn eats 4 bytes, which bounds the loop.
  while (etherType === 0x8100 || etherType === 0x88a8 || etherType === 0x9100) {
    if (end - at < 4) return false;
    etherType = u16be(bytes, at + 2);
    at += 4;
  }
  if (etherType === 0x0800) return decodeIpv4(bytes, at, end, frame);
  if (etherType === 0x86dd) return decodeIpv6(bytes, at, end, frame);
  return decodeIp(bytes, ipBehindEtherType(bytes, at, end, etherType), end, frame);
}

/** IP of either version at `at`; -1 for none. */
function decodeIp(bytes: Uint8Array, at: number, end: number, frame: Frame): boolean {
  if (at < 0 || at >= end) return false;
  return bytes[at]! >> 4 === 6 ? decodeIpv6(bytes, at, end, frame) : decodeIpv4(bytes, at, end, frame);
}

/** PACKET_HOST, _BROADCAST, _MULTICAST came in; _OTHERHOST (3) was only overheard; _OUTGOING is 4. */
function directionOf(packetType: number): 0 | 1 | 2 {
  return packetType === 4 ? 2 : packetType < 3 ? 1 : 0;
}

/** BSD loopback: an address family in the byte order of the capturing host, or in network order (LINKTYPE_LOOP). */
function etherTypeOfFamily(bytes: Uint8Array, at: number): number {
  const big = u32be(bytes, at);
  const family = big <= 0xff ? big : u32le(bytes, at);
  if (family === 2) return 0x0800;
  // AF_INET6: 10 on Linux, 24 on NetBSD and OpenBSD, 28 on FreeBSD, 30 on macOS.
  return family === 10 || family === 24 || family === 28 || family === 30 ? 0x86dd : 0;
}

function decodeIpv4(bytes: Uint8Array, at: number, end: number, frame: Frame): boolean {
  if (end - at < 20 || bytes[at]! >> 4 !== 4) return false;
  const headerLength = (bytes[at]! & 15) * 4;
  if (headerLength < 20 || end - at < headerLength) return false;
  const totalLength = u16be(bytes, at + 2);
  let stop = end;
  frame.clipped = false;
  // Total length 0: the kernel left it to the network card (segmentation offload). Else it also cuts Ethernet padding.
  if (totalLength !== 0) {
    if (totalLength < headerLength) return false;
    stop = at + totalLength;
    if (stop > end) {
      stop = end;
      frame.clipped = true;
    }
  }
  const fragmentField = u16be(bytes, at + 6);
  frame.fragment = (fragmentField & 0x1fff) !== 0 ? 2 : (fragmentField & 0x2000) !== 0 ? 1 : 0;
  frame.ipStart = at;
  frame.ipEnd = stop;
  frame.ipVersion = 4;
  frame.addressLength = 4;
  frame.ipId = u16be(bytes, at + 4);
  frame.protocol = bytes[at + 9]!;
  frame.srcStart = at + 12;
  frame.dstStart = at + 16;
  return decodeTransport(bytes, at + headerLength, stop, frame);
}

function decodeIpv6(bytes: Uint8Array, at: number, end: number, frame: Frame): boolean {
  if (end - at < 40 || bytes[at]! >> 4 !== 6) return false;
  const payloadLength = u16be(bytes, at + 4);
  let stop = end;
  frame.clipped = false;
  // Payload length 0: jumbo or segmentation offload; both leave the frame's own end as the only limit.
  if (payloadLength !== 0) {
    stop = at + 40 + payloadLength;
    if (stop > end) {
      stop = end;
      frame.clipped = true;
    }
  }
  frame.ipStart = at;
  frame.ipEnd = stop;
  frame.ipVersion = 6;
  frame.addressLength = 16;
  frame.ipId = 0;
  frame.fragment = 0;
  frame.srcStart = at + 8;
  frame.dstStart = at + 24;
  let protocol = bytes[at + 6]!;
  let position = at + 40;
  // RFC 8200 §4: each extension header has at least 8 bytes, which bounds the loop. A later fragment's data starts no header.
  while (frame.fragment !== 2) {
    let length: number;
    if (protocol === 0 || protocol === 43 || protocol === 60 || protocol === 135) {
      if (stop - position < 8) return false;
      length = (bytes[position + 1]! + 1) * 8;
    } else if (protocol === 51) {
      if (stop - position < 8) return false;
      length = (bytes[position + 1]! + 2) * 4; // RFC 4302 §2.2 counts 4-byte words, minus 2
    } else if (protocol === 44) {
      if (stop - position < 8) return false;
      const field = u16be(bytes, position + 2);
      frame.fragment = field >>> 3 !== 0 ? 2 : (field & 1) !== 0 ? 1 : 0; // offset 0 without "more": an atomic fragment (RFC 6946)
      frame.ipId = u32be(bytes, position + 4);
      length = 8;
    } else {
      break;
    }
    protocol = bytes[position]!;
    position += length;
    if (position > stop) return false;
  }
  frame.protocol = protocol;
  return decodeTransport(bytes, position, stop, frame);
}

function decodeTransport(bytes: Uint8Array, at: number, stop: number, frame: Frame): boolean {
  const protocol = frame.protocol;
  const isUdp = protocol === IpProtocol.udp;
  const isTcp = protocol === IpProtocol.tcp;
  if (!isUdp && !isTcp && !hasNoPorts(protocol, frame.ipVersion)) return false;
  frame.srcPort = 0;
  frame.dstPort = 0;
  frame.tcpFlags = 0;
  frame.tcpSeq = 0;
  frame.payloadStart = at;
  frame.payloadEnd = stop;
  if (frame.fragment === 2 || (!isUdp && !isTcp)) return true;
  if (stop - at < (isUdp ? 8 : 20)) return false;
  frame.srcPort = u16be(bytes, at);
  frame.dstPort = u16be(bytes, at + 2);
  if (isUdp) {
    frame.payloadStart = at + 8;
    const length = u16be(bytes, at + 4);
    if (length === 0) return true; // offloaded or jumbo (RFC 2675 §4): the IP length rules
    if (length < 8) return false;
    if (at + length <= stop) {
      frame.payloadEnd = at + length;
      frame.clipped = false;
    } else if (frame.fragment === 0) frame.clipped = true;
    return true;
  }
  const headerLength = (bytes[at + 12]! >> 4) * 4;
  if (headerLength < 20) return false;
  frame.tcpSeq = u32be(bytes, at + 4);
  frame.tcpFlags = bytes[at + 13]!;
  if (at + headerLength > stop) {
    if (!frame.clipped) return false;
    frame.payloadStart = stop;
    return true;
  }
  frame.payloadStart = at + headerLength;
  return true;
}

/** ICMP of this version of IP, and what carries packets inside. */
function hasNoPorts(protocol: number, ipVersion: number): boolean {
  if (protocol === IpProtocol.gre || protocol === IpProtocol.ipip || protocol === IpProtocol.ipv6) return true;
  return protocol === (ipVersion === 4 ? IpProtocol.icmp : IpProtocol.icmp6);
}
