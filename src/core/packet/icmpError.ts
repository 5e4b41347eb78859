/**
 * ICMP and ICMPv6 errors: what the network says about a packet it could not deliver, and that packet's beginning, quoted
 * (RFC 792, RFC 4443 §3). At least the quoted IP header and 8 bytes are there; Linux quotes up to 576 bytes (IPv4) or 1280.
 */
import { u16be, u32be } from './bytes.ts';
import { type Frame, IpProtocol } from './frame.ts';

export type IcmpErrorKind =
  | 'port-unreachable'
  | 'host-unreachable'
  | 'net-unreachable'
  | 'protocol-unreachable'
  | 'admin-prohibited'
  | 'fragmentation-needed'
  | 'time-exceeded'
  | 'reassembly-timeout'
  | 'parameter-problem'
  | 'other';

/** An error and the packet it quotes; positions index the bytes given. */
export interface QuotedError {
  readonly kind: IcmpErrorKind;
  readonly type: number;
  readonly code: number;
  /** Of "fragmentation needed" and "packet too big": the largest packet that gets through, bytes; 0 when it does not say. */
  readonly mtu: number;
  readonly srcStart: number;
  readonly dstStart: number;
  readonly addressLength: 4 | 16;
  /** {@link IpProtocol} udp or tcp. */
  readonly protocol: number;
  readonly srcPort: number;
  readonly dstPort: number;
  /** Payload of UDP as far as it is quoted; empty for TCP. */
  readonly payloadStart: number;
  readonly payloadEnd: number;
}

/** RFC 792 and RFC 1812 §5.2.7.1: codes of "destination unreachable". */
const UNREACHABLE_V4: readonly IcmpErrorKind[] = [
  'net-unreachable',
  'host-unreachable',
  'protocol-unreachable',
  'port-unreachable',
  'fragmentation-needed',
  'other',
  'net-unreachable',
  'host-unreachable',
  'host-unreachable',
  'admin-prohibited',
  'admin-prohibited',
  'net-unreachable',
  'host-unreachable',
  'admin-prohibited',
  'admin-prohibited',
  'admin-prohibited',
];
/** RFC 4443 §3.1. */
const UNREACHABLE_V6: readonly IcmpErrorKind[] = [
  'net-unreachable',
  'admin-prohibited',
  'net-unreachable',
  'host-unreachable',
  'port-unreachable',
  'admin-prohibited',
  'net-unreachable',
];

const QUOTE = 8;

/** @returns `undefined` when `frame` is no ICMP error, or what it quotes is no UDP or TCP packet with its ports */
export function readIcmpError(bytes: Uint8Array, frame: Frame): QuotedError | undefined {
  const at = frame.payloadStart;
  const end = frame.payloadEnd;
  if (end - at < QUOTE + 20) return undefined;
  const type = bytes[at]!;
  const code = bytes[at + 1]!;
  const kind = frame.protocol === IpProtocol.icmp ? kindOfV4(type, code) : kindOfV6(type, code);
  if (kind === undefined) return undefined;
  const quoted =
    frame.protocol === IpProtocol.icmp ? quotedV4(bytes, at + QUOTE, end) : quotedV6(bytes, at + QUOTE, end);
  if (quoted === undefined) return undefined;
  // RFC 1191 §4: the low half of the second word; RFC 4443 §3.2: all of it.
  const mtu =
    kind !== 'fragmentation-needed'
      ? 0
      : frame.protocol === IpProtocol.icmp
        ? u16be(bytes, at + 6)
        : u32be(bytes, at + 4);
  return { kind, type, code, mtu, ...quoted };
}

function kindOfV4(type: number, code: number): IcmpErrorKind | undefined {
  switch (type) {
    case 3:
      return UNREACHABLE_V4[code] ?? 'other';
    case 4: // source quench, deprecated by RFC 6633
      return 'other';
    case 11:
      return code === 1 ? 'reassembly-timeout' : 'time-exceeded';
    case 12:
      return 'parameter-problem';
    default:
      return undefined;
  }
}

function kindOfV6(type: number, code: number): IcmpErrorKind | undefined {
  switch (type) {
    case 1:
      return UNREACHABLE_V6[code] ?? 'other';
    case 2:
      return 'fragmentation-needed';
    case 3:
      return code === 1 ? 'reassembly-timeout' : 'time-exceeded';
    case 4:
      return 'parameter-problem';
    default:
      return undefined;
  }
}

type Quoted = Omit<QuotedError, 'kind' | 'type' | 'code' | 'mtu'>;

function quotedV4(bytes: Uint8Array, at: number, end: number): Quoted | undefined {
  if (bytes[at]! >> 4 !== 4) return undefined;
  const start = at + (bytes[at]! & 15) * 4;
  const isLaterFragment = (u16be(bytes, at + 6) & 0x1fff) !== 0;
  if (start < at + 20 || isLaterFragment) return undefined;
  return quotedTransport(bytes, start, end, bytes[at + 9]!, at + 12, 4);
}

function quotedV6(bytes: Uint8Array, at: number, end: number): Quoted | undefined {
  if (end - at < 40 || bytes[at]! >> 4 !== 6) return undefined;
  let protocol = bytes[at + 6]!;
  let start = at + 40;
  // Extension headers before UDP are rare; each has 8 bytes at least, which bounds the loop.
  while (protocol === 0 || protocol === 43 || protocol === 44 || protocol === 60) {
    if (end - start < 8) return undefined;
    if (protocol === 44 && (u16be(bytes, start + 2) & 0xfff8) !== 0) return undefined;
    const length = protocol === 44 ? 8 : (bytes[start + 1]! + 1) * 8;
    protocol = bytes[start]!;
    start += length;
  }
  return quotedTransport(bytes, start, end, protocol, at + 8, 16);
}

function quotedTransport(
  bytes: Uint8Array,
  start: number,
  end: number,
  protocol: number,
  srcStart: number,
  addressLength: 4 | 16,
): Quoted | undefined {
  if ((protocol !== IpProtocol.udp && protocol !== IpProtocol.tcp) || end - start < 8) return undefined;
  return {
    srcStart,
    dstStart: srcStart + addressLength,
    addressLength,
    protocol,
    srcPort: u16be(bytes, start),
    dstPort: u16be(bytes, start + 2),
    payloadStart: protocol === IpProtocol.udp ? start + 8 : end,
    payloadEnd: end,
  };
}
