import { type IpAddress, parseCidr, parseIp } from './ipAddress.ts';

/** True when `address` lies in `range` (`10.0.0.0/8`). */
export function inRange(address: string, range: string): boolean {
  const whole = parseCidr(range);
  const own = whole === undefined ? undefined : parseCidr(`${address}/${whole.ones}`);
  return own?.family === whole?.family && own?.bytes.every((byte, index) => byte === whole?.bytes[index]) === true;
}

export function isLoopback(address: string): boolean {
  const ip = parseIp(address);
  return ip !== undefined && loopback(ip);
}

export function isLinkLocal(address: string): boolean {
  const ip = parseIp(address);
  return ip !== undefined && linkLocal(ip);
}

/** Addresses that mean something in one network only: RFC 1918, RFC 6598 (shared), RFC 4193, loopback and link-local. */
export function isPrivate(address: string): boolean {
  const ip = parseIp(address);
  if (ip === undefined) return false;
  const [first = 0, second = 0] = ip.bytes;
  if (loopback(ip) || linkLocal(ip)) return true;
  if (ip.family === 6) return (first & 0xfe) === 0xfc;
  if (first === 10 || (first === 192 && second === 168)) return true;
  return (first === 172 && second >= 16 && second < 32) || (first === 100 && second >= 64 && second < 128);
}

/** One text for all ways to write an address; a name stays as it is. */
export function addressKey(address: string): string {
  return address.includes(':') ? (parseIp(address)?.bytes.join('.') ?? address) : address;
}

/** Two ways to write one address. */
export function sameAddress(a: string, b: string): boolean {
  return a === b || addressKey(a) === addressKey(b);
}

export type Reach = 'any' | 'loopback' | 'private' | 'public';

/** Who can reach a listener there: `any` for the unspecified address and the empty text. `undefined`: no IP address. */
export function reachOf(text: string): Reach | undefined {
  if (text === '') return 'any';
  const address = text.replace(/%.*$/su, '');
  if (parseIp(address) === undefined) return undefined;
  if (sameAddress(address, '0.0.0.0') || sameAddress(address, '::')) return 'any';
  if (isLoopback(address)) return 'loopback';
  return isPrivate(address) ? 'private' : 'public';
}

function loopback({ family, bytes }: IpAddress): boolean {
  return family === 4 ? bytes[0] === 127 : bytes.every((byte, index) => byte === (index === 15 ? 1 : 0));
}

function linkLocal({ family, bytes: [first = 0, second = 0] }: IpAddress): boolean {
  return family === 4 ? first === 169 && second === 254 : first === 0xfe && (second & 0xc0) === 0x80;
}
