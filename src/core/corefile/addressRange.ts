import { parseCidr, parseIp } from './ipAddress.ts';

/** True when `address` lies in `range` (`10.0.0.0/8`). */
export function inRange(address: string, range: string): boolean {
  const whole = parseCidr(range);
  const own = parseCidr(`${address}/${range.split('/')[1] ?? ''}`);
  return (
    own !== undefined &&
    whole !== undefined &&
    own.family === whole.family &&
    own.bytes.every((byte, index) => byte === whole.bytes[index])
  );
}

export function isLoopback(address: string): boolean {
  return inRange(address, '127.0.0.0/8') || inRange(address, '::1/128');
}

export function isLinkLocal(address: string): boolean {
  return inRange(address, '169.254.0.0/16') || inRange(address, 'fe80::/10');
}

/** Addresses that mean something in one network only: RFC 1918, RFC 6598 (shared), RFC 4193, loopback and link-local. */
const PRIVATE: readonly string[] = ['10.0.0.0/8', '172.16.0.0/12', '192.168.0.0/16', '100.64.0.0/10', 'fc00::/7'];

export function isPrivate(address: string): boolean {
  return isLoopback(address) || isLinkLocal(address) || PRIVATE.some((range) => inRange(address, range));
}

/** Two ways to write one address. */
export function sameAddress(a: string, b: string): boolean {
  const left = parseIp(a);
  const right = parseIp(b);
  if (left === undefined || right === undefined) return a === b;
  return left.bytes.length === right.bytes.length && left.bytes.every((byte, index) => byte === right.bytes[index]);
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
