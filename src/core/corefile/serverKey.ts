/**
 * Server keys (`tls://example.org:853`, `10.0.0.0/8`) as CoreDNS reads them: core/dnsserver/register.go
 * InspectServerBlocks with plugin/normalize.go SplitHostPort, v1.15.0.
 */
import { DNS_PORT, ENCRYPTED_DNS_PORT, HTTPS_PORT } from '../dns/ports.ts';
import { parseCidr, reverseZones } from './ipAddress.ts';

export type Transport = 'dns' | 'tls' | 'quic' | 'grpc' | 'https' | 'https3' | 'unix';

export interface ServerKey {
  readonly transport: Transport;
  /** Normalised: lower case, absolute. Several for a CIDR off its octet or nibble border. */
  readonly zones: readonly string[];
  /** Decimal text as CoreDNS prints it. Not checked for range: see `portProblem`. */
  readonly port: string;
  readonly explicitPort: boolean;
  /** True when the key is an address with a mask. */
  readonly reverse: boolean;
}

export interface ServerKeyProblem {
  /** `port-missing`: nothing after the last colon. `zone-*`: CoreDNS refuses the zone. */
  readonly kind: 'port-missing' | 'zone-missing' | 'zone-invalid' | 'zone-too-long' | 'cidr-invalid';
  readonly zone: string;
}

export type ServerKeyResult =
  { readonly ok: true; readonly key: ServerKey } | { readonly ok: false; readonly problem: ServerKeyProblem };

/** Longest first where one is the beginning of another. Prefixes are lower case only. */
const TRANSPORTS: readonly Transport[] = ['tls', 'dns', 'quic', 'grpc', 'https3', 'https', 'unix'];

const DEFAULT_PORTS: Readonly<Record<Transport, number>> = {
  dns: DNS_PORT,
  tls: ENCRYPTED_DNS_PORT,
  quic: ENCRYPTED_DNS_PORT,
  grpc: HTTPS_PORT,
  https: HTTPS_PORT,
  https3: HTTPS_PORT,
  unix: 0,
};

/** Splits a known `scheme://` off; anything else counts as plain DNS and stays whole (plugin/pkg/parse/transport.go). */
export function splitTransport(text: string): { readonly transport: Transport; readonly rest: string } {
  for (const transport of TRANSPORTS) {
    if (text.startsWith(`${transport}://`)) return { transport, rest: text.slice(transport.length + 3) };
  }
  return { transport: 'dns', rest: text };
}

export function defaultPort(transport: Transport): number {
  return DEFAULT_PORTS[transport];
}

/** Lower-case, absolute form of a zone name; names are not checked. */
export function normalizeName(name: string): string {
  return absolute(name).toLowerCase();
}

/** `defaultDnsPort` is what `-dns.port` sets, 53 unless given. */
export function parseServerKey(text: string, defaultDnsPort: number = DNS_PORT): ServerKeyResult {
  const { transport, rest } = splitTransport(text);
  const split = splitHostPort(rest);
  if ('kind' in split) return { ok: false, problem: split };
  for (const host of split.hosts) {
    // CoreDNS checks the absolute form once more, which can only be too long: 255 octets grow to 256 by the final dot.
    const zone = absolute(host);
    if (utf8(zone).length > MAX_OCTETS) return { ok: false, problem: { kind: 'zone-too-long', zone } };
  }
  const fallback = transport === 'dns' ? defaultDnsPort : DEFAULT_PORTS[transport];
  return {
    ok: true,
    key: {
      transport,
      zones: split.hosts.map(normalizeName),
      port: split.port ?? String(fallback),
      explicitPort: split.port !== undefined,
      reverse: split.reverse,
    },
  };
}

/** What is wrong with a port that CoreDNS reads as a number: Go refuses to listen outside 0 to 65535. */
export function portProblem(port: string): 'out-of-range' | 'zero' | undefined {
  const value = Number(port);
  if (value < 0 || value > 65_535) return 'out-of-range';
  return value === 0 ? 'zero' : undefined;
}

/** Zones that a plugin's zone argument stands for; an argument that isn't a zone is ignored, as CoreDNS does. */
export function zonesOfArgument(text: string): readonly string[] {
  const split = splitHostPort(splitTransport(text).rest);
  return 'kind' in split ? [] : split.hosts.map(normalizeName);
}

const MAX_OCTETS = 255;

interface HostPort {
  readonly hosts: readonly string[];
  readonly port: string | undefined;
  readonly reverse: boolean;
}

function splitHostPort(text: string): HostPort | ServerKeyProblem {
  const colon = text.lastIndexOf(':');
  // An empty key has no colon either: lastIndexOf gives -1, which equals its length minus one.
  if (colon === text.length - 1)
    return { kind: text === '' ? 'zone-missing' : 'port-missing', zone: text.slice(0, -1) };
  const port = colon === -1 ? undefined : goInteger(text.slice(colon + 1));
  const zone = port === undefined ? text : text.slice(0, colon);
  if (utf8(zone).length > MAX_OCTETS) return { kind: 'zone-too-long', zone };
  if (zone === '') return { kind: 'zone-missing', zone };
  if (!isDomainName(zone)) return { kind: 'zone-invalid', zone };
  const cidr = parseCidr(zone);
  if (cidr === undefined) return { hosts: [zone], port, reverse: false };
  if (zone.startsWith(':') || (zone.startsWith('0') && zone.includes(':'))) return { kind: 'cidr-invalid', zone };
  return { hosts: reverseZones(cidr), port, reverse: true };
}

/** strconv.Atoi: an optional sign and digits within 64 bits; comes back without leading zeros. */
export function goInteger(text: string): string | undefined {
  const [, digits] = /^[+-]?0*(\d+)$/u.exec(text) ?? [];
  if (digits === undefined || digits.length > 19) return undefined;
  if (digits.length < 19) return text.startsWith('-') && digits !== '0' ? `-${digits}` : digits;
  const value = BigInt(text.startsWith('+') ? text.slice(1) : text);
  if (value > 9_223_372_036_854_775_807n || value < -9_223_372_036_854_775_808n) return undefined;
  return String(value);
}

/** miekg/dns Fqdn: adds the final dot unless there is one that isn't escaped. */
function absolute(name: string): string {
  if (!name.endsWith('.')) return `${name}.`;
  let backslashes = 0;
  for (let at = name.length - 2; at >= 0 && name.charCodeAt(at) === 0x5c; at -= 1) backslashes += 1;
  return backslashes % 2 === 0 ? name : `${name}.`;
}

/** miekg/dns IsDomainName: labels up to 63 octets, 255 in all, no empty label, `\DDD` and `\X` count one; no empty name. */
export function isDomainName(text: string): boolean {
  return text !== '' && isAbsoluteName(utf8(absolute(text)));
}

/** `name` holds an octet per unit. */
function isAbsoluteName(name: string): boolean {
  let total = 0;
  let labelStart = 0;
  let afterDot = false;
  let escape = false;
  for (let at = 0; at < name.length; at += 1) {
    const octet = name.charCodeAt(at);
    if (octet === 0x5c) {
      escape = !escape;
      if (total + 1 > 256) return false;
      const skip = isDigit(name, at + 1) && isDigit(name, at + 2) && isDigit(name, at + 3) ? 3 : 1;
      at += skip;
      labelStart += skip;
      afterDot = false;
    } else if (octet === 0x2e) {
      escape = false;
      if ((at === 0 && name.length > 1) || afterDot) return false;
      afterDot = true;
      const labelLength = at - labelStart;
      if (labelLength >= 64) return false;
      total += 1 + labelLength;
      if (total > 256) return false;
      labelStart = at + 1;
    } else {
      escape = false;
      afterDot = false;
    }
  }
  return !escape;
}

function isDigit(name: string, at: number): boolean {
  const octet = name.charCodeAt(at);
  return octet >= 0x30 && octet <= 0x39;
}

/**
 * UTF-8 octets, one per unit of the text: nearly all names are ASCII, and theirs are the text itself. Names are limited in
 * octets. A lone surrogate counts as U+FFFD, three octets.
 */
function utf8(text: string): string {
  let at = 0;
  while (at < text.length && text.charCodeAt(at) < 0x80) at += 1;
  if (at === text.length) return text;
  const octets: number[] = [];
  for (const character of text) {
    const point = character.codePointAt(0) ?? 0;
    if (point < 0x80) octets.push(point);
    else if (point < 0x800) octets.push(0xc0 | (point >> 6), 0x80 | (point & 63));
    else if (point < 0x10000) octets.push(0xe0 | (point >> 12), 0x80 | ((point >> 6) & 63), 0x80 | (point & 63));
    else
      octets.push(0xf0 | (point >> 18), 0x80 | ((point >> 12) & 63), 0x80 | ((point >> 6) & 63), 0x80 | (point & 63));
  }
  return octets.map((octet) => String.fromCharCode(octet)).join('');
}
