/**
 * A packet around a DNS message, made from nothing but what a trace knows: Linux cooked v2 (which carries the direction), IPv4 or
 * IPv6, UDP or TCP, sound checksums. Nothing of the packet that was captured is in it.
 */
const SLL2_LENGTH = 20;

export interface SyntheticPacket {
  /** 4 or 16 bytes each. */
  readonly source: Uint8Array;
  readonly target: Uint8Array;
  readonly sourcePort: number;
  readonly targetPort: number;
  readonly protocol: 'udp' | 'tcp';
  /** TCP sequence number of the first byte. */
  readonly sequence: number;
  /** TCP flag bits. */
  readonly flags: number;
  /** 0 unknown, 1 came in, 2 left. */
  readonly direction: 0 | 1 | 2;
  /** What the transport carries. */
  readonly payload: Uint8Array;
}

export function syntheticPacket(spec: SyntheticPacket): Uint8Array {
  const transport = spec.protocol === 'udp' ? udpHeader(spec) : tcpHeader(spec);
  const isIpv4 = spec.source.length === 4;
  const ipLength = isIpv4 ? 20 : 40;
  const length = transport.length + spec.payload.length;
  const packet = new Uint8Array(SLL2_LENGTH + ipLength + length);
  const view = new DataView(packet.buffer);
  view.setUint16(0, isIpv4 ? 0x0800 : 0x86dd);
  view.setUint16(8, 1); // ARPHRD_ETHER
  packet[10] = spec.direction === 2 ? 4 : spec.direction === 1 ? 0 : 3;
  const ip = SLL2_LENGTH;
  const protocol = spec.protocol === 'udp' ? 17 : 6;
  if (isIpv4) {
    packet[ip] = 0x45;
    // 0: longer than the field can say, as after segmentation offload.
    view.setUint16(ip + 2, 20 + length > 0xffff ? 0 : 20 + length);
    packet[ip + 8] = 64;
    packet[ip + 9] = protocol;
    packet.set(spec.source, ip + 12);
    packet.set(spec.target, ip + 16);
    view.setUint16(ip + 10, checksum(packet.subarray(ip, ip + 20), 0));
  } else {
    packet[ip] = 0x60;
    view.setUint16(ip + 4, length > 0xffff ? 0 : length);
    packet[ip + 6] = protocol;
    packet[ip + 7] = 64;
    packet.set(spec.source, ip + 8);
    packet.set(spec.target, ip + 24);
  }
  const body = packet.subarray(ip + ipLength);
  body.set(transport);
  body.set(spec.payload, transport.length);
  const sum = checksum(body, sumOf(spec.source) + sumOf(spec.target) + protocol + length);
  // RFC 768: a sum of zero is sent as all ones.
  view.setUint16(
    ip + ipLength + (spec.protocol === 'udp' ? 6 : 16),
    spec.protocol === 'udp' && sum === 0 ? 0xffff : sum,
  );
  return packet;
}

function udpHeader({ sourcePort, targetPort, payload }: SyntheticPacket): Uint8Array {
  const header = new Uint8Array(8);
  const view = new DataView(header.buffer);
  view.setUint16(0, sourcePort);
  view.setUint16(2, targetPort);
  view.setUint16(4, 8 + payload.length > 0xffff ? 0 : 8 + payload.length);
  return header;
}

function tcpHeader({ sourcePort, targetPort, sequence, flags }: SyntheticPacket): Uint8Array {
  const header = new Uint8Array(20);
  const view = new DataView(header.buffer);
  view.setUint16(0, sourcePort);
  view.setUint16(2, targetPort);
  view.setUint32(4, sequence >>> 0);
  header[12] = 5 << 4;
  header[13] = flags;
  view.setUint16(14, 0xffff);
  return header;
}

/** RFC 1071. */
function checksum(bytes: Uint8Array, start: number): number {
  let sum = start + sumOf(bytes);
  while (sum > 0xffff) sum = (sum & 0xffff) + Math.floor(sum / 0x1_0000);
  return ~sum & 0xffff;
}

function sumOf(bytes: Uint8Array): number {
  let sum = 0;
  for (let at = 0; at + 1 < bytes.length; at += 2) sum += (bytes[at]! << 8) | bytes[at + 1]!;
  return bytes.length % 2 === 1 ? sum + (bytes.at(-1)! << 8) : sum;
}
