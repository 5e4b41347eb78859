/**
 * IP addresses as Go's net.ParseIP and net.ParseCIDR read them, because those decide what CoreDNS takes for an address and
 * what for a name: no leading zeros in IPv4 octets, no zone, at most one `::`, an IPv4 tail allowed in IPv6.
 */
export interface IpAddress {
  readonly family: 4 | 6;
  /** 4 or 16 bytes. */
  readonly bytes: readonly number[];
}

export interface Cidr {
  readonly family: 4 | 6;
  /** Network address, host bits cleared. */
  readonly bytes: readonly number[];
  readonly ones: number;
}

export function parseIp(text: string): IpAddress | undefined {
  if (text.includes(':')) return parseIpv6(text);
  const bytes = parseIpv4(text);
  return bytes === undefined ? undefined : { family: 4, bytes };
}

function parseIpv4(text: string): readonly number[] | undefined {
  // Most words asked about are names: their first letter tells them.
  if (text.length < 7 || text.length > 15) return undefined;
  const bytes: number[] = [];
  let value: number | undefined;
  for (let at = 0; at < text.length; at += 1) {
    const digit = text.charCodeAt(at) - 0x30;
    if (digit >= 0 && digit <= 9) {
      if (value === 0) return undefined;
      value = (value ?? 0) * 10 + digit;
      if (value > 255) return undefined;
    } else {
      if (text[at] !== '.' || value === undefined) return undefined;
      bytes.push(value);
      value = undefined;
    }
  }
  if (bytes.length !== 3 || value === undefined) return undefined;
  bytes.push(value);
  return bytes;
}

function parseIpv6(text: string): IpAddress | undefined {
  if (text.length > 45 || !/^[\dA-Fa-f:.]+$/u.test(text)) return undefined;
  const halves = text.split('::');
  if (halves.length > 2) return undefined;
  const head = groups(halves[0] ?? '', halves.length === 1);
  const tail = halves.length === 2 ? groups(halves[1] ?? '', true) : [];
  if (head === undefined || tail === undefined) return undefined;
  const missing = 16 - head.length - tail.length;
  // `::` stands for at least one group (netip.ParseAddr).
  if (halves.length === 1 ? missing !== 0 : missing < 2) return undefined;
  return { family: 6, bytes: [...head, ...Array.from({ length: missing }, () => 0), ...tail] };
}

/** Bytes of colon-separated groups; only the text's very end may be an IPv4 address. */
function groups(text: string, mayEndInIpv4: boolean): readonly number[] | undefined {
  if (text === '') return [];
  const bytes: number[] = [];
  const parts = text.split(':');
  for (const [index, part] of parts.entries()) {
    if (index === parts.length - 1 && mayEndInIpv4 && part.includes('.')) {
      const ipv4 = parseIpv4(part);
      if (ipv4 === undefined) return undefined;
      bytes.push(...ipv4);
    } else {
      if (!/^[0-9A-Fa-f]{1,4}$/u.test(part)) return undefined;
      const value = Number.parseInt(part, 16);
      bytes.push(value >> 8, value & 0xff);
    }
  }
  return bytes;
}

/** `address/mask`; the mask is digits only, at most 32 or 128. */
export function parseCidr(text: string): Cidr | undefined {
  const slash = text.indexOf('/');
  if (slash === -1) return undefined;
  const address = parseIp(text.slice(0, slash));
  const mask = text.slice(slash + 1);
  if (address === undefined || !/^\d+$/u.test(mask)) return undefined;
  const ones = Number(mask);
  if (ones > address.bytes.length * 8) return undefined;
  return { family: address.family, bytes: maskBytes(address.bytes, ones), ones };
}

function maskBytes(bytes: readonly number[], ones: number): readonly number[] {
  return bytes.map((byte, index) => {
    const kept = Math.min(Math.max(ones - index * 8, 0), 8);
    return byte & (0xff00 >> kept) & 0xff;
  });
}

/**
 * The reverse zones a server key like `10.0.0.0/23` stands for: one when the mask ends at an octet (IPv4) or nibble
 * (IPv6), else the next longer border's worth of them, at most 128 (plugin/pkg/cidr). Absolute, lower case.
 */
export function reverseZones(cidr: Cidr): readonly string[] {
  const digitBits = cidr.family === 4 ? 8 : 4;
  const digits = Math.ceil(cidr.ones / digitBits);
  const values = cidr.family === 4 ? cidr.bytes : cidr.bytes.flatMap((byte) => [byte >> 4, byte & 15]);
  const fixed = values.slice(0, digits);
  const variants = 2 ** (digits * digitBits - cidr.ones);
  const suffix = cidr.family === 4 ? 'in-addr.arpa.' : 'ip6.arpa.';
  const last = fixed[digits - 1] ?? 0;
  const zones: string[] = [];
  for (let variant = 0; variant < variants; variant += 1) {
    const own = digits === 0 ? [] : [...fixed.slice(0, -1), last + variant];
    const labels = own.reverse().map((value) => value.toString(cidr.family === 4 ? 10 : 16));
    zones.push([...labels, suffix].join('.'));
  }
  return zones;
}
