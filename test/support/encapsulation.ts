/** Packets in packets and packets in parts: tunnels as overlays build them, IP fragments, ICMP errors with what they quote. */
import { concat, icmpPacket, ipPacket, udpPacket } from './packetBuilder.ts';

const u16 = (value: number): Uint8Array => Uint8Array.of((value >> 8) & 255, value & 255);
const u32 = (value: number): Uint8Array => concat(u16(value >>> 16), u16(value & 0xffff));

interface Ends {
  readonly src: string;
  readonly dst: string;
}

const NODES: Ends = { src: '192.168.1.10', dst: '192.168.1.11' };

/** Splits an IP packet into fragments whose data has `size` bytes, a multiple of 8, but for the last. */
export function fragmentsOf(packet: Uint8Array, size: number, id = 7): Uint8Array[] {
  const isV6 = packet[0]! >> 4 === 6;
  const headerLength = isV6 ? 40 : (packet[0]! & 15) * 4;
  const header = packet.subarray(0, headerLength);
  const data = packet.subarray(headerLength);
  const fragments: Uint8Array[] = [];
  for (let at = 0; at < data.length; at += size) {
    const part = data.subarray(at, at + size);
    const more = at + size < data.length;
    const copy = header.slice();
    if (isV6) {
      copy.set(u16(part.length + 8), 4);
      copy[6] = 44;
      fragments.push(concat(copy, Uint8Array.of(packet[6]!, 0), u16(at | (more ? 1 : 0)), u32(id), part));
    } else {
      copy.set(u16(headerLength + part.length), 2);
      copy.set(u16(id), 4);
      copy.set(u16((more ? 0x2000 : 0) | (at / 8)), 6);
      copy.set(u16(0), 10);
      copy.set(u16(checksum(copy)), 10);
      fragments.push(concat(copy, part));
    }
  }
  return fragments;
}

function checksum(header: Uint8Array): number {
  let sum = 0;
  for (let at = 0; at < header.length; at += 2) sum += (header[at]! << 8) | header[at + 1]!;
  while (sum > 0xffff) sum = (sum & 0xffff) + (sum >>> 16);
  return ~sum & 0xffff;
}

/** RFC 7348 around an Ethernet frame. */
export function vxlan(frame: Uint8Array, dport = 8472, ends = NODES): Uint8Array {
  return udpPacket({ ...ends, sport: 45_000, dport, payload: concat(u32(0x08000000), u32(1 << 8), frame) });
}

/** RFC 8926, with one option of 4 bytes; `protocol` 0x6558 is Ethernet. */
export function geneve(inner: Uint8Array, protocol = 0x6558, ends = NODES): Uint8Array {
  const head = concat(Uint8Array.of(2, 0), u16(protocol), u32(1 << 8), u16(0x0101), Uint8Array.of(1, 1), u32(0xabcd));
  return udpPacket({ ...ends, sport: 45_000, dport: 6081, payload: concat(head, inner) });
}

/** RFC 2890 with a key. */
export function gre(inner: Uint8Array, protocol: number, ends = NODES): Uint8Array {
  return ipPacket(ends, 47, concat(u16(0x2000), u16(protocol), u32(99), inner));
}

/** RFC 2003 and RFC 4213: IP in IP, of either version. */
export function ipInIp(inner: Uint8Array, ends = NODES): Uint8Array {
  return ipPacket(ends, inner[0]! >> 4 === 6 ? 41 : 4, inner);
}

export interface IcmpErrorSpec extends Ends {
  readonly type: number;
  readonly code: number;
  /** The packet complained about; as much of it is quoted as `quote` says, bytes. */
  readonly about: Uint8Array;
  readonly quote?: number;
  readonly mtu?: number;
}

export function icmpError(spec: IcmpErrorSpec): Uint8Array {
  const word = u32(spec.mtu ?? 0);
  const quoted = spec.about.subarray(0, spec.quote ?? 548);
  return icmpPacket({ ...spec, payload: concat(Uint8Array.of(spec.type, spec.code, 0, 0), word, quoted) });
}
