/**
 * Record data whose layout depends on its own bytes: places, address lists, gateways. Each reader gives fields that fill the
 * range exactly, or `undefined`; the texts are the presentation forms of the RFCs named.
 */
import { addressText } from '../packet/address.ts';
import { hexText, u16be, u32be } from '../packet/bytes.ts';
import { characterText } from './characterText.ts';
import { base64Text } from './encodedText.ts';
import { readMessageName } from './nameReader.ts';
import type { RdataField } from './recordFields.ts';

type ShapeReader = (bytes: Uint8Array, base: number, start: number, end: number) => readonly RdataField[] | undefined;

const SHAPES: ReadonlyMap<number, ShapeReader> = new Map<number, ShapeReader>([
  [11, readWks],
  [20, readIsdn],
  [29, readLoc],
  [42, readApl],
  [45, readIpseckey],
  [55, readHip],
  [260, readAmtrelay],
]);

export function hasShape(type: number): boolean {
  return SHAPES.has(type);
}

export function readShape(
  type: number,
  bytes: Uint8Array,
  base: number,
  start: number,
  end: number,
): readonly RdataField[] | undefined {
  return SHAPES.get(type)?.(bytes, base, start, end);
}

/** RFC 1035 §3.4.2: address, protocol, and a bit for each port. */
function readWks(bytes: Uint8Array, _base: number, start: number, end: number): readonly RdataField[] | undefined {
  if (end - start < 5) return undefined;
  const ports: number[] = [];
  const bits = Math.min((end - start - 5) * 8, 65_536);
  for (let bit = 0; bit < bits; bit++)
    if ((bytes[start + 5 + (bit >> 3)]! & (0x80 >> (bit & 7))) !== 0) ports.push(bit);
  return [
    { label: 'Address', text: addressText(bytes, start, 4), start, end: start + 4 },
    { label: 'Protocol', text: String(bytes[start + 4]!), start: start + 4, end: start + 5 },
    { label: 'Ports', text: ports.join(' '), start: start + 5, end },
  ];
}

/** RFC 1183 §3.2: an address and, maybe, a subaddress. */
function readIsdn(bytes: Uint8Array, _base: number, start: number, end: number): readonly RdataField[] | undefined {
  const fields: RdataField[] = [];
  for (let at = start; at < end;) {
    const stop = at + 1 + bytes[at]!;
    if (stop > end || fields.length === 2) return undefined;
    const label = fields.length === 0 ? 'Address' : 'Subaddress';
    fields.push({ label, text: `"${characterText(bytes, at + 1, stop)}"`, start: at, end: stop });
    at = stop;
  }
  return fields.length === 0 ? undefined : fields;
}

/** RFC 1876 §2, §3: version 0, three sizes as mantissa and exponent (centimetres), three coordinates. */
function readLoc(bytes: Uint8Array, _base: number, start: number, end: number): readonly RdataField[] | undefined {
  if (end - start !== 16 || bytes[start] !== 0) return undefined;
  const size = (at: number): string | undefined => {
    const mantissa = bytes[start + at]! >> 4;
    const exponent = bytes[start + at]! & 15;
    return mantissa > 9 || exponent > 9 ? undefined : `${metres(mantissa * 10 ** exponent)}m`;
  };
  const sizes = [size(1), size(2), size(3)];
  const latitude = coordinate(u32be(bytes, start + 4), 90, 'N', 'S');
  const longitude = coordinate(u32be(bytes, start + 8), 180, 'E', 'W');
  if (sizes.includes(undefined) || latitude === undefined || longitude === undefined) return undefined;
  const altitude = `${metres(u32be(bytes, start + 12) - 10_000_000)}m`;
  const labels = ['Size', 'Horizontal precision', 'Vertical precision'];
  return [
    { label: 'Latitude', text: latitude, start: start + 4, end: start + 8 },
    { label: 'Longitude', text: longitude, start: start + 8, end: start + 12 },
    { label: 'Altitude', text: altitude, start: start + 12, end: start + 16 },
    ...sizes.map((text, k) => ({ label: labels[k]!, text: text!, start: start + 1 + k, end: start + 2 + k })),
  ];
}

function metres(centimetres: number): string {
  return (centimetres / 100).toFixed(2);
}

/** Thousandths of a second of arc around 2^31, as degrees, minutes and seconds. */
function coordinate(value: number, most: number, positive: string, negative: string): string | undefined {
  const distance = Math.abs(value - 2 ** 31);
  if (distance > most * 3_600_000) return undefined;
  const degrees = Math.floor(distance / 3_600_000);
  const minutes = Math.floor(distance / 60_000) % 60;
  const seconds = ((distance % 60_000) / 1000).toFixed(3);
  return `${String(degrees)} ${String(minutes)} ${seconds} ${value >= 2 ** 31 ? positive : negative}`;
}

/** RFC 3123 §4, §5: prefixes of addresses, trailing zero bytes left out. */
function readApl(bytes: Uint8Array, _base: number, start: number, end: number): readonly RdataField[] | undefined {
  const fields: RdataField[] = [];
  for (let at = start; at < end;) {
    if (end - at < 4) return undefined;
    const family = u16be(bytes, at);
    const length = bytes[at + 3]! & 0x7f;
    const stop = at + 4 + length;
    const size = family === 1 ? 4 : family === 2 ? 16 : 0;
    if (stop > end) return undefined;
    const address = new Uint8Array(size);
    if (length <= size) address.set(bytes.subarray(at + 4, stop));
    const shown = length <= size && size > 0 ? addressText(address, 0, size) : hexText(bytes, at + 4, stop);
    const sign = (bytes[at + 3]! & 0x80) === 0 ? '' : '!';
    const text = `${sign}${String(family)}:${shown}/${String(bytes[at + 2]!)}`;
    fields.push({ label: 'Prefix', text, start: at, end: stop });
    at = stop;
  }
  return fields;
}

/** RFC 4025 §2: the gateway is nothing, an address or a name, as its type says. */
function readIpseckey(bytes: Uint8Array, base: number, start: number, end: number): readonly RdataField[] | undefined {
  if (end - start < 3) return undefined;
  const gateway = readGateway(bytes, base, start + 3, end, bytes[start + 1]!);
  if (gateway === undefined) return undefined;
  return [
    { label: 'Precedence', text: String(bytes[start]!), start, end: start + 1 },
    { label: 'Gateway type', text: String(bytes[start + 1]!), start: start + 1, end: start + 2 },
    { label: 'Algorithm', text: String(bytes[start + 2]!), start: start + 2, end: start + 3 },
    gateway,
    { label: 'Public key', text: base64Text(bytes, gateway.end, end), start: gateway.end, end },
  ];
}

/** RFC 8777 §4. */
function readAmtrelay(bytes: Uint8Array, base: number, start: number, end: number): readonly RdataField[] | undefined {
  if (end - start < 2) return undefined;
  const relay = readGateway(bytes, base, start + 2, end, bytes[start + 1]! & 0x7f);
  if (relay?.end !== end) return undefined;
  return [
    { label: 'Precedence', text: String(bytes[start]!), start, end: start + 1 },
    { label: 'Discovery optional', text: String(bytes[start + 1]! >> 7), start: start + 1, end: start + 2 },
    { label: 'Relay type', text: String(bytes[start + 1]! & 0x7f), start: start + 1, end: start + 2 },
    { ...relay, label: 'Relay' },
  ];
}

function readGateway(
  bytes: Uint8Array,
  base: number,
  start: number,
  end: number,
  type: number,
): RdataField | undefined {
  const label = 'Gateway';
  if (type === 0) return { label, text: '.', start, end: start };
  if (type === 3) {
    const name = readMessageName(bytes, base, start, end);
    return 'text' in name ? { label, text: name.text, start, end: name.next } : undefined;
  }
  const size = type === 1 ? 4 : type === 2 ? 16 : 0;
  if (size === 0 || start + size > end) return undefined;
  return { label, text: addressText(bytes, start, size), start, end: start + size };
}

/** RFC 8005 §5: tag, key and rendezvous servers, the first two with their lengths ahead. */
function readHip(bytes: Uint8Array, base: number, start: number, end: number): readonly RdataField[] | undefined {
  if (end - start < 4) return undefined;
  const tagEnd = start + 4 + bytes[start]!;
  const keyEnd = tagEnd + u16be(bytes, start + 2);
  if (keyEnd > end) return undefined;
  const fields: RdataField[] = [
    { label: 'Algorithm', text: String(bytes[start + 1]!), start: start + 1, end: start + 2 },
    { label: 'Host identity tag', text: hexText(bytes, start + 4, tagEnd), start: start + 4, end: tagEnd },
    { label: 'Public key', text: base64Text(bytes, tagEnd, keyEnd), start: tagEnd, end: keyEnd },
  ];
  for (let at = keyEnd; at < end;) {
    const name = readMessageName(bytes, base, at, end);
    if (!('text' in name)) return undefined;
    fields.push({ label: 'Rendezvous server', text: name.text, start: at, end: name.next });
    at = name.next;
  }
  return fields;
}
