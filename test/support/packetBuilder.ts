/**
 * Builds packets and captures for tests: DNS messages (by dns-packet), UDP, TCP and ICMP over IPv4 and IPv6 with sound checksums,
 * every link layer the reader knows, pcap and pcapng in both byte orders.
 * Names given to dnsQuery and dnsResponse are plain text without escapes: dns-packet knows none.
 */
import dnsPacket, { type Answer, type Packet } from 'dns-packet';
import { LinkType } from '../../src/core/packet/packetSink.ts';

export type Direction = 'in' | 'out';

export interface DnsQuerySpec {
  readonly id?: number;
  readonly name: string;
  /** Mnemonic, `A` by default. */
  readonly type?: string;
  /** Adds an OPT record with this UDP size. */
  readonly ednsSize?: number;
  /** Sets DO in that record. */
  readonly dnssecOk?: boolean;
  /** Header flag bits; RD by default. */
  readonly flags?: number;
}

export interface DnsResponseSpec extends DnsQuerySpec {
  /** Mnemonic or number, NOERROR by default. */
  readonly rcode?: string | number;
  readonly answers?: readonly Answer[];
  readonly authorities?: readonly Answer[];
  readonly additionals?: readonly Answer[];
}

const RCODES: readonly string[] = ['NOERROR', 'FORMERR', 'SERVFAIL', 'NXDOMAIN', 'NOTIMP', 'REFUSED'];
const FLAG_RD = 0x0100;
const FLAG_RA = 0x0080;

export function dnsQuery(spec: DnsQuerySpec): Uint8Array {
  return encodeDns({ type: 'query', id: spec.id ?? 0, flags: spec.flags ?? FLAG_RD, ...sections(spec) });
}

export function dnsResponse(spec: DnsResponseSpec): Uint8Array {
  const rcode = typeof spec.rcode === 'number' ? spec.rcode : Math.max(0, RCODES.indexOf(spec.rcode ?? 'NOERROR'));
  const flags = (spec.flags ?? FLAG_RD | FLAG_RA) | rcode;
  return encodeDns({ type: 'response', id: spec.id ?? 0, flags, ...sections(spec) });
}

function sections(spec: DnsResponseSpec): Packet {
  const edns: Answer[] =
    spec.ednsSize === undefined
      ? []
      : [
          {
            type: 'OPT',
            name: '.',
            udpPayloadSize: spec.ednsSize,
            extendedRcode: 0,
            ednsVersion: 0,
            flags: spec.dnssecOk === true ? 0x8000 : 0,
            flag_do: spec.dnssecOk === true,
            options: [],
          },
        ];
  return {
    questions: [{ type: (spec.type ?? 'A') as 'A', name: spec.name, class: 'IN' }],
    answers: [...(spec.answers ?? [])],
    authorities: [...(spec.authorities ?? [])],
    additionals: [...(spec.additionals ?? []), ...edns],
  };
}

/** A plain copy: what dns-packet returns is a view into a larger pool. */
export function encodeDns(packet: Packet): Uint8Array {
  return Uint8Array.from(dnsPacket.encode(packet));
}

/** A DNS message with its length before it, as TCP carries it. */
export function tcpFramed(...messages: readonly Uint8Array[]): Uint8Array {
  return concat(...messages.flatMap((message) => [u16(message.length), message]));
}

export interface IpSpec {
  readonly src: string;
  readonly dst: string;
  readonly ipId?: number;
  /** IPv4: offset in bytes (a multiple of 8) and the "more fragments" bit; the payload is then the fragment's data. */
  readonly fragment?: { readonly offset: number; readonly more: boolean };
  /** IPv4 options, a multiple of 4 bytes; IPv6: extension headers as [protocol number, bytes] whose first byte is overwritten. */
  readonly options?: Uint8Array;
  readonly extensions?: readonly (readonly [number, Uint8Array])[];
  /** Writes this total length (IPv4) or payload length (IPv6) in place of the true one. */
  readonly claimedLength?: number;
}

export interface UdpSpec extends IpSpec {
  readonly sport: number;
  readonly dport: number;
  readonly payload: Uint8Array;
}

export interface TcpSpec extends UdpSpec {
  readonly seq: number;
  readonly ack?: number;
  /** FIN 1, SYN 2, RST 4, PSH 8, ACK 16; ACK by default. */
  readonly flags?: number;
  /** TCP options, a multiple of 4 bytes. */
  readonly tcpOptions?: Uint8Array;
}

export interface IcmpSpec extends IpSpec {
  /** The whole ICMP message; its checksum field is filled in. */
  readonly payload: Uint8Array;
}

/** Bytes of an address in text form, 4 or 16. */
export function addressBytes(text: string): Uint8Array {
  if (!text.includes(':')) return Uint8Array.from(text.split('.').map(Number));
  const [head = '', tail] = text.split('::');
  const groups = (part: string): number[] => (part === '' ? [] : part.split(':').map((group) => parseInt(group, 16)));
  const left = groups(head);
  const right = tail === undefined ? [] : groups(tail);
  const all = [...left, ...new Array<number>(8 - left.length - right.length).fill(0), ...right];
  return concat(...all.map(u16));
}

/** An IP packet: IPv6 when `src` holds a colon. */
export function ipPacket(spec: IpSpec, protocol: number, transport: Uint8Array): Uint8Array {
  const src = addressBytes(spec.src);
  const dst = addressBytes(spec.dst);
  if (src.length === 16) {
    const extensions = spec.extensions ?? [];
    const bodies = extensions.map(([, body], k) =>
      concat(Uint8Array.of(extensions[k + 1]?.[0] ?? protocol), body.subarray(1)),
    );
    const payload = concat(...bodies, transport);
    const first = extensions[0]?.[0] ?? protocol;
    return concat(
      u32(0x60000000),
      u16(spec.claimedLength ?? payload.length),
      Uint8Array.of(first, 64),
      src,
      dst,
      payload,
    );
  }
  const options = spec.options ?? new Uint8Array(0);
  const length = 20 + options.length + transport.length;
  const fragment =
    spec.fragment === undefined ? 0x4000 : (spec.fragment.more ? 0x2000 : 0) | (spec.fragment.offset / 8);
  const header = concat(
    Uint8Array.of(0x45 + options.length / 4, 0),
    u16(spec.claimedLength ?? length),
    u16(spec.ipId ?? 0),
    u16(fragment),
    Uint8Array.of(64, protocol, 0, 0),
    src,
    dst,
    options,
  );
  header.set(u16(checksum(header)), 10);
  return concat(header, transport);
}

export function udpPacket(spec: UdpSpec): Uint8Array {
  const datagram = concat(u16(spec.sport), u16(spec.dport), u16(8 + spec.payload.length), u16(0), spec.payload);
  datagram.set(u16(checksum(pseudoHeader(spec, 17, datagram.length), datagram) || 0xffff), 6);
  return ipPacket(spec, 17, datagram);
}

export function tcpPacket(spec: TcpSpec): Uint8Array {
  const options = spec.tcpOptions ?? new Uint8Array(0);
  const segment = concat(
    u16(spec.sport),
    u16(spec.dport),
    u32(spec.seq),
    u32(spec.ack ?? 0),
    Uint8Array.of(((20 + options.length) / 4) << 4, spec.flags ?? 16),
    u16(65_535),
    u32(0),
    options,
    spec.payload,
  );
  segment.set(u16(checksum(pseudoHeader(spec, 6, segment.length), segment)), 16);
  return ipPacket(spec, 6, segment);
}

export function icmpPacket(spec: IcmpSpec): Uint8Array {
  const message = Uint8Array.from(spec.payload);
  const isV6 = spec.src.includes(':');
  const sum = isV6 ? checksum(pseudoHeader(spec, 58, message.length), message) : checksum(message);
  if (message.length >= 4) message.set(u16(sum), 2);
  return ipPacket(spec, isV6 ? 58 : 1, message);
}

export interface LinkOptions {
  readonly direction?: Direction;
  /** Ethernet VLAN tags as [ether type, tag id], outermost first. */
  readonly vlans?: readonly (readonly [number, number])[];
  /** Interface number, for cooked v2. */
  readonly ifIndex?: number;
}

/** An IP packet in the frame of a link type. */
export function linkFrame(linkType: number, ip: Uint8Array, options: LinkOptions = {}): Uint8Array {
  const etherType = ip[0]! >> 4 === 6 ? 0x86dd : 0x0800;
  const packetType = options.direction === 'out' ? 4 : 0;
  const mac = Uint8Array.of(2, 0, 0, 0, 0, 1);
  switch (linkType) {
    case LinkType.ethernet: {
      const tags = options.vlans ?? [];
      const types = [...tags.map(([type]) => type), etherType];
      const tagBytes = tags.map(([, id], k) => concat(u16(id), u16(types[k + 1]!)));
      return concat(Uint8Array.of(2, 0, 0, 0, 0, 2), mac, u16(types[0]!), ...tagBytes, ip);
    }
    case LinkType.linuxSll2:
      return concat(
        u16(etherType),
        u16(0),
        u32(options.ifIndex ?? 2),
        u16(1),
        Uint8Array.of(packetType, 6),
        mac,
        u16(0),
        ip,
      );
    case LinkType.linuxSll:
      return concat(u16(packetType), u16(1), u16(6), mac, u16(0), u16(etherType), ip);
    case LinkType.null:
      return concat(u32(etherType === 0x0800 ? 2 : 30).reverse(), ip);
    case LinkType.loop:
      return concat(u32(etherType === 0x0800 ? 2 : 30), ip);
    default:
      return ip;
  }
}

export interface CaptureOptions {
  /** Ethernet by default. */
  readonly linkType?: number;
  /** Nanosecond time stamps, else microseconds. */
  readonly nanos?: boolean;
  readonly bigEndian?: boolean;
  readonly format?: 'pcap' | 'pcapng';
  readonly snapLength?: number;
  /** pcapng only: options of the first interface, as [code, value]. */
  readonly interfaceOptions?: readonly (readonly [number, Uint8Array])[];
  readonly sectionComments?: readonly string[];
}

export type Timed = { readonly timeNs: bigint } & LinkOptions;

/** Collects frames and writes them as a capture. Every method returns the builder, so calls chain. */
export class CaptureBuilder {
  readonly #parts: Uint8Array[] = [];
  readonly #linkType: number;
  readonly #nanos: boolean;
  readonly #bigEndian: boolean;
  readonly #format: 'pcap' | 'pcapng';
  readonly #snapLength: number;

  constructor(options: CaptureOptions = {}) {
    this.#linkType = options.linkType ?? LinkType.ethernet;
    this.#nanos = options.nanos ?? false;
    this.#bigEndian = options.bigEndian ?? false;
    this.#format = options.format ?? 'pcap';
    this.#snapLength = options.snapLength ?? 262_144;
    if (this.#format === 'pcap') {
      const magic = this.#nanos ? 0xa1b23c4d : 0xa1b2c3d4;
      this.#parts.push(
        this.#u32(magic),
        this.#u16(2),
        this.#u16(4),
        this.#u32(0),
        this.#u32(0),
        this.#u32(this.#snapLength),
        this.#u32(this.#linkType),
      );
    } else {
      this.section(options.sectionComments);
      this.interface(this.#linkType, options.interfaceOptions);
    }
  }

  udp(spec: UdpSpec & Timed): this {
    return this.ip(spec, udpPacket(spec));
  }

  /** pcapng: on another interface than the first. */
  udpAt(interfaceIndex: number, spec: UdpSpec & Timed): this {
    const frame = linkFrame(this.#linkType, udpPacket(spec), spec);
    return this.frame(spec.timeNs, frame, frame.length, interfaceIndex);
  }

  tcp(spec: TcpSpec & Timed): this {
    return this.ip(spec, tcpPacket(spec));
  }

  icmp(spec: IcmpSpec & Timed): this {
    return this.ip(spec, icmpPacket(spec));
  }

  /** An IP packet in this capture's link layer. */
  ip(timed: Timed, packet: Uint8Array): this {
    return this.frame(timed.timeNs, linkFrame(this.#linkType, packet, timed));
  }

  /** A frame as it is, cut at the snap length. */
  frame(timeNs: bigint, frame: Uint8Array, originalLength = frame.length, interfaceIndex = 0): this {
    const captured = frame.subarray(0, this.#snapLength);
    if (this.#format === 'pcap') {
      const fraction = Number(timeNs % 1_000_000_000n);
      this.#parts.push(
        this.#u32(Number(timeNs / 1_000_000_000n)),
        this.#u32(this.#nanos ? fraction : Math.floor(fraction / 1000)),
      );
      this.#parts.push(this.#u32(captured.length), this.#u32(originalLength), Uint8Array.from(captured));
      return this;
    }
    const ticks = this.#nanos ? timeNs : timeNs / 1000n;
    const head = [interfaceIndex, Number(ticks >> 32n), Number(ticks & 0xffff_ffffn), captured.length, originalLength];
    return this.block(6, concat(...head.map((value) => this.#u32(value)), padded(captured)));
  }

  /** pcapng: starts another section; its interfaces are described anew. */
  section(comments: readonly string[] = []): this {
    const options = comments.map((comment): readonly [number, Uint8Array] => [1, text(comment)]);
    const length = Uint8Array.of(255, 255, 255, 255, 255, 255, 255, 255);
    return this.block(
      0x0a0d0d0a,
      concat(this.#u32(0x1a2b3c4d), this.#u16(1), this.#u16(0), length, this.options(options)),
    );
  }

  /** pcapng: describes an interface. With `nanos` its resolution is 10^-9, unless the options say another. */
  interface(linkType: number, options: readonly (readonly [number, Uint8Array])[] = []): this {
    const all =
      this.#nanos && !options.some(([code]) => code === 9) ? [...options, [9, Uint8Array.of(9)] as const] : options;
    return this.block(1, concat(this.#u16(linkType), this.#u16(0), this.#u32(this.#snapLength), this.options(all)));
  }

  /** pcapng: interface statistics with isb_ifdrop and isb_osdrop. */
  statistics(interfaceIndex: number, ifDrop: bigint, osDrop: bigint): this {
    const options: (readonly [number, Uint8Array])[] = [
      [5, this.u64(ifDrop)],
      [7, this.u64(osDrop)],
    ];
    return this.block(5, concat(this.#u32(interfaceIndex), this.#u32(0), this.#u32(0), this.options(options)));
  }

  /** pcapng: any block; the body is padded to 4 bytes. */
  block(type: number, body: Uint8Array): this {
    const whole = padded(body);
    this.#parts.push(this.#u32(type), this.#u32(12 + whole.length), whole, this.#u32(12 + whole.length));
    return this;
  }

  /** Raw bytes as they are. */
  raw(bytes: Uint8Array): this {
    this.#parts.push(bytes);
    return this;
  }

  options(options: readonly (readonly [number, Uint8Array])[]): Uint8Array {
    if (options.length === 0) return new Uint8Array(0);
    return concat(
      ...options.flatMap(([code, value]) => [this.#u16(code), this.#u16(value.length), padded(value)]),
      this.#u32(0),
    );
  }

  u64(value: bigint): Uint8Array {
    const halves = [this.#u32(Number(value >> 32n)), this.#u32(Number(value & 0xffff_ffffn))];
    return concat(...(this.#bigEndian ? halves : halves.reverse()));
  }

  bytes(): Uint8Array {
    return concat(...this.#parts);
  }

  #u16(value: number): Uint8Array {
    return this.#bigEndian ? u16(value) : u16(value).reverse();
  }

  #u32(value: number): Uint8Array {
    return this.#bigEndian ? u32(value) : u32(value).reverse();
  }
}

export function concat(...parts: readonly Uint8Array[]): Uint8Array {
  const whole = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0));
  let at = 0;
  for (const part of parts) {
    whole.set(part, at);
    at += part.length;
  }
  return whole;
}

export function text(value: string): Uint8Array {
  return new TextEncoder().encode(value);
}

function u16(value: number): Uint8Array {
  return Uint8Array.of((value >> 8) & 255, value & 255);
}

function u32(value: number): Uint8Array {
  return Uint8Array.of((value >>> 24) & 255, (value >>> 16) & 255, (value >>> 8) & 255, value & 255);
}

function padded(bytes: Uint8Array): Uint8Array {
  return concat(bytes, new Uint8Array((4 - (bytes.length % 4)) % 4));
}

function pseudoHeader(spec: IpSpec, protocol: number, length: number): Uint8Array {
  return concat(addressBytes(spec.src), addressBytes(spec.dst), u32(length), u32(protocol));
}

/** Internet checksum (RFC 1071) over all parts as one. Each part but the last must have an even length. */
function checksum(...parts: readonly Uint8Array[]): number {
  let sum = 0;
  for (const part of parts) for (let at = 0; at < part.length; at += 2) sum += (part[at]! << 8) | (part[at + 1] ?? 0);
  while (sum > 0xffff) sum = (sum & 0xffff) + Math.floor(sum / 0x1_0000);
  return ~sum & 0xffff;
}
