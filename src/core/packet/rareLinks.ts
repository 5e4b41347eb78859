/**
 * Link layers that few captures have: PPP and PPPoE, Cisco HDLC, MPLS, 802.3 with SNAP. Behind them all stands an IP header, whose own
 * version field says which; so each reader only has to find where it starts.
 */
import { u16be } from './bytes.ts';

/** LINKTYPE_ values read here (tcpdump.org/linktypes). */
const PPP = 9;
const PPP_HDLC = 50;
const PPP_ETHER = 51;
const CISCO_HDLC = 104;
const PPP_WITH_DIRECTION = 204;

const ETHERTYPE_PPPOE_SESSION = 0x8864;
const ETHERTYPE_MPLS = 0x8847;
const ETHERTYPE_MPLS_MULTICAST = 0x8848;
const LONGEST_802_3 = 1500;

/** @returns position of the IP header, -1 when there is none or the link type is not known */
export function ipBehindLink(bytes: Uint8Array, start: number, end: number, linkType: number): number {
  switch (linkType) {
    case PPP:
    case PPP_HDLC:
      return ipBehindPpp(bytes, start, end);
    case PPP_WITH_DIRECTION:
      return ipBehindPpp(bytes, start + 1, end);
    case PPP_ETHER:
      return ipBehindPppoe(bytes, start, end);
    case CISCO_HDLC:
      if (end - start < 4) return -1;
      return ipBehindEtherType(bytes, start + 4, end, u16be(bytes, start + 2));
    default:
      return -1;
  }
}

/** @returns position of the IP header behind an Ethernet payload of `etherType` at `at`, -1 when there is none */
export function ipBehindEtherType(bytes: Uint8Array, at: number, end: number, etherType: number): number {
  if (etherType === 0x0800 || etherType === 0x86dd) return at;
  if (etherType === ETHERTYPE_PPPOE_SESSION) return ipBehindPppoe(bytes, at, end);
  if (etherType === ETHERTYPE_MPLS || etherType === ETHERTYPE_MPLS_MULTICAST) return ipBehindMpls(bytes, at, end);
  if (etherType > LONGEST_802_3 || end - at < 8) return -1;
  // 802.3: a length, then LLC with SNAP (RFC 1042): aa aa 03, an organisation of zeros, an EtherType.
  const isSnap =
    u16be(bytes, at) === 0xaaaa && bytes[at + 2] === 3 && bytes[at + 3] === 0 && u16be(bytes, at + 4) === 0;
  const inner = u16be(bytes, at + 6);
  return isSnap && (inner === 0x0800 || inner === 0x86dd) ? at + 8 : -1;
}

/** RFC 1661 §2, RFC 1662 §3.2: address and control may be left out, and the protocol may be one byte (its last bit is set then). */
function ipBehindPpp(bytes: Uint8Array, start: number, end: number): number {
  let at = start;
  // Address 0xff or, on Cisco links, 0x0f; control 3.
  if (end - at >= 2 && (bytes[at] === 0xff || bytes[at] === 0x0f) && bytes[at + 1] === 3) at += 2;
  if (end - at < 2) return -1;
  const isShort = (bytes[at]! & 1) !== 0;
  const protocol = isShort ? bytes[at]! : u16be(bytes, at);
  return protocol === 0x0021 || protocol === 0x0057 ? at + (isShort ? 1 : 2) : -1;
}

/** RFC 2516 §4: version 1, type 1, code 0 for session data, session, length. */
function ipBehindPppoe(bytes: Uint8Array, at: number, end: number): number {
  if (end - at < 8 || bytes[at] !== 0x11 || bytes[at + 1] !== 0) return -1;
  return ipBehindPpp(bytes, at + 6, end);
}

/** RFC 3032 §2.1: labels of 4 bytes, the last with its bottom bit set; each turn eats one, which bounds the loop. */
function ipBehindMpls(bytes: Uint8Array, start: number, end: number): number {
  for (let at = start; end - at > 4; at += 4) if ((bytes[at + 2]! & 1) !== 0) return at + 4;
  return -1;
}
