/** EDNS(0) as it stands in the OPT record (RFC 6891 §6.1), with the options that explain a failure in words. */
import { addressText } from '../packet/address.ts';
import { hexText, u16be, u32be, utf8Text } from '../packet/bytes.ts';
import { readMessageName } from './nameReader.ts';
import { algorithmText, digestText } from './securityNumbers.ts';

export interface EdnsOption {
  readonly code: number;
  /** Registered name, such as `COOKIE`, or `OPT65001`. */
  readonly name: string;
  /** The value in words or hex. May hold text that a server chose: hostile. */
  readonly text: string;
  /** Offsets of the whole option in the message. */
  readonly start: number;
  readonly end: number;
  /** Extended DNS error (RFC 8914): its number; the server's own words are in `text`. */
  readonly extendedError?: number;
}

export interface Edns {
  /** Largest UDP message the sender takes, in bytes. */
  readonly udpSize: number;
  readonly version: number;
  /** The upper eight bits of the 12-bit rcode. */
  readonly extendedRcode: number;
  readonly dnssecOk: boolean;
  /** Flag bits other than DO. */
  readonly z: number;
  readonly options: readonly EdnsOption[];
  /** All options were readable. */
  readonly whole: boolean;
}

const NAMES = new Map([
  [1, 'LLQ'],
  [2, 'UPDATE-LEASE'],
  [3, 'NSID'],
  [5, 'DAU'],
  [6, 'DHU'],
  [7, 'N3U'],
  [8, 'ECS'],
  [9, 'EXPIRE'],
  [10, 'COOKIE'],
  [11, 'KEEPALIVE'],
  [12, 'PADDING'],
  [13, 'CHAIN'],
  [14, 'KEY-TAG'],
  [15, 'EDE'],
  [16, 'CLIENT-TAG'],
  [17, 'SERVER-TAG'],
  [18, 'REPORT-CHANNEL'],
  [19, 'ZONEVERSION'],
  [20, 'MQTYPE-QUERY'],
  [21, 'MQTYPE-RESPONSE'],
  [22, 'EDE-TEXT-LANGUAGE'],
  [23, 'FILTERING-CONTACT'],
  [24, 'FILTERING-ORGANIZATION'],
  [25, 'FILTERING-DB'],
  [20_292, 'UMBRELLA'],
  [26_946, 'DEVICEID'],
]);

/** RFC 8914 §5.2 and the registry's later entries, by number. */
const EXTENDED_ERRORS = [
  'Other error',
  'Unsupported DNSKEY algorithm',
  'Unsupported DS digest type',
  'Stale answer',
  'Forged answer',
  'DNSSEC indeterminate',
  'DNSSEC bogus',
  'Signature expired',
  'Signature not yet valid',
  'DNSKEY missing',
  'RRSIGs missing',
  'No zone key bit set',
  'NSEC missing',
  'Cached error',
  'Not ready',
  'Blocked',
  'Censored',
  'Filtered',
  'Prohibited',
  'Stale NXDOMAIN answer',
  'Not authoritative',
  'Not supported',
  'No reachable authority',
  'Network error',
  'Invalid data',
  'Signature expired before valid',
  'Too early',
  'Unsupported NSEC3 iterations value',
  'Unable to conform to policy',
  'Synthesized',
  'Invalid query type',
  'Rate limited',
  'Over quota',
];

/** The registered words of an extended DNS error. */
export function extendedErrorText(infoCode: number): string {
  return EXTENDED_ERRORS[infoCode] ?? `Error ${infoCode}`;
}

/**
 * @param recordClass the OPT record's class field: the UDP size
 * @param ttl         its TTL field: extended rcode, version, DO and Z
 * @param base        position of the message's first byte; option offsets count from there
 */
export function readEdns(
  recordClass: number,
  ttl: number,
  bytes: Uint8Array,
  base: number,
  start: number,
  end: number,
): Edns {
  const options: EdnsOption[] = [];
  let at = start;
  while (end - at >= 4) {
    const code = u16be(bytes, at);
    const stop = at + 4 + u16be(bytes, at + 2);
    if (stop > end) break;
    const name = NAMES.get(code) ?? `OPT${code}`;
    const isError = code === 15 && stop - at >= 6;
    options.push({
      code,
      name,
      text: optionText(code, bytes, at + 4, stop),
      start: at - base,
      end: stop - base,
      ...(isError ? { extendedError: u16be(bytes, at + 4) } : {}),
    });
    at = stop;
  }
  return {
    udpSize: recordClass,
    version: (ttl >>> 16) & 255,
    extendedRcode: ttl >>> 24,
    dnssecOk: (ttl & 0x8000) !== 0,
    z: ttl & 0x7fff,
    options,
    whole: at === end,
  };
}

function optionText(code: number, bytes: Uint8Array, start: number, end: number): string {
  return knownText(code, bytes, start, end) ?? hexText(bytes, start, end);
}

/** The value in words; `undefined` when the option is not known or its value is not what its RFC prescribes. */
function knownText(code: number, bytes: Uint8Array, start: number, end: number): string | undefined {
  const length = end - start;
  switch (code) {
    case 2: // RFC 9664 §4
      return length === 4 || length === 8 ? `${u32be(bytes, start)} s` : undefined;
    case 3: // RFC 5001 §2.3: opaque, though most servers send a host name
      return isPrintable(bytes, start, end)
        ? `${hexText(bytes, start, end)} ("${utf8Text(bytes, start, end)}")`
        : undefined;
    case 5: // RFC 6975 §3
      return listText(start, end, 1, (at) => algorithmText(bytes[at]!) ?? String(bytes[at]!));
    case 6:
      return listText(start, end, 1, (at) => digestText(bytes[at]!) ?? String(bytes[at]!));
    case 7:
      return listText(start, end, 1, (at) => (bytes[at] === 1 ? 'SHA-1' : String(bytes[at]!)));
    case 8:
      return subnetText(bytes, start, end);
    case 9: // RFC 7314 §2: empty in a query
      return length === 4 ? `${u32be(bytes, start)} s` : length === 0 ? 'asked for' : undefined;
    case 10: // RFC 7873 §4: 8 bytes of the client, then 8 to 32 of the server
      if (length !== 8 && (length < 16 || length > 40)) return undefined;
      return `client ${hexText(bytes, start, start + 8)}${length > 8 ? ` server ${hexText(bytes, start + 8, end)}` : ''}`;
    case 11: // RFC 7828 §3.1: units of 100 ms; empty in a query
      return length === 2 ? `${u16be(bytes, start) * 100} ms` : length === 0 ? 'asked for' : undefined;
    case 12:
      return `${length} bytes`;
    case 13: // RFC 7901 §4: closest trust point
    case 18: // RFC 9567 §6.1: agent domain
      return wholeNameText(bytes, start, end);
    case 14: // RFC 8145 §4.1
      return listText(start, end, 2, (at) => String(u16be(bytes, at)));
    case 15: {
      if (length < 2) return undefined;
      const infoCode = u16be(bytes, start);
      const extra = utf8Text(bytes, start + 2, end);
      return `${infoCode} (${extendedErrorText(infoCode)})${extra === '' ? '' : `: ${extra}`}`;
    }
    case 22:
    case 23:
    case 24:
    case 25: // what accompanies an extended error: text, as the server wrote it
      return utf8Text(bytes, start, end);
    case 19: // RFC 9660 §2: empty in a query; label count, type, version
      if (length === 0) return 'asked for';
      if (length === 6 && bytes[start + 1] === 0)
        return `SOA serial ${u32be(bytes, start + 2)}, ${bytes[start]!} labels`;
      return undefined;
    default:
      return undefined;
  }
}

function listText(start: number, end: number, step: 1 | 2, text: (at: number) => string): string | undefined {
  if ((end - start) % step !== 0) return undefined;
  const parts: string[] = [];
  for (let at = start; at < end; at += step) parts.push(text(at));
  return parts.join(', ');
}

function isPrintable(bytes: Uint8Array, start: number, end: number): boolean {
  for (let at = start; at < end; at++) if (bytes[at]! < 0x20 || bytes[at]! > 0x7e) return false;
  return end > start;
}

/** An uncompressed name that fills the option: with the option itself as the base, no pointer has a place to point to. */
function wholeNameText(bytes: Uint8Array, start: number, end: number): string | undefined {
  const name = readMessageName(bytes, start, start, end);
  return 'text' in name && name.next === end ? name.text : undefined;
}

/** RFC 7871 §6: family, source and scope prefix, and as many address bytes as the source prefix needs. */
function subnetText(bytes: Uint8Array, start: number, end: number): string | undefined {
  const length = end - start - 4;
  if (length < 0) return undefined;
  const family = u16be(bytes, start);
  const size = family === 1 ? 4 : family === 2 ? 16 : 0;
  if (size === 0 || length > size) return undefined;
  const address = new Uint8Array(size);
  address.set(bytes.subarray(start + 4, end));
  return `${addressText(address, 0, size)}/${bytes[start + 2]!} scope ${bytes[start + 3]!}`;
}

/** One line: `EDNS version 0, 1232 bytes, DO; COOKIE client …`. */
export function ednsText(edns: Edns): string {
  const head = `EDNS version ${edns.version}, ${edns.udpSize} bytes${edns.dnssecOk ? ', DO' : ''}`;
  return [head, ...edns.options.map((option) => `${option.name} ${option.text}`)].join('; ');
}
