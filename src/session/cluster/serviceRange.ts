import { parseIp } from '../../core/corefile/ipAddress.ts';

/** A guess wider than this could take in addresses that are no Services' (several ranges are allowed since 1.33). */
const WIDEST = 16;

/**
 * The smallest IPv4 range that holds all of these Service addresses: the cluster's own range is at least as wide.
 * `undefined` with fewer than two of them, or where they lie far apart.
 */
export function coveringRange(addresses: readonly string[]): string | undefined {
  const numbers = addresses.flatMap((text) => {
    const ip = parseIp(text);
    return ip?.family === 4 ? [ip.bytes.reduce((sum, byte) => sum * 256 + byte, 0)] : [];
  });
  if (numbers.length < 2) return undefined;
  const lowest = numbers.reduce((a, b) => Math.min(a, b));
  const highest = numbers.reduce((a, b) => Math.max(a, b));
  let ones = 32;
  let size = 1;
  while (Math.floor(lowest / size) !== Math.floor(highest / size)) {
    ones -= 1;
    size *= 2;
  }
  if (ones < WIDEST) return undefined;
  const start = Math.floor(lowest / size) * size;
  return `${[24, 16, 8, 0].map((shift) => Math.floor(start / 2 ** shift) % 256).join('.')}/${ones}`;
}
