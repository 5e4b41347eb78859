/** Addresses as text: dotted IPv4, and IPv6 in the one canonical form of RFC 5952. */
import { u16be } from './bytes.ts';

/**
 * @param length 4 or 16 bytes
 * @returns canonical text; an IPv4-mapped IPv6 address keeps its dotted tail (RFC 5952 §5). Empty when the bytes are not there
 */
export function addressText(bytes: Uint8Array, start: number, length: number): string {
  if (start < 0 || start + length > bytes.length) return '';
  if (length === 4) return ipv4Text(bytes, start);
  return length === 16 ? ipv6Text(bytes, start) : '';
}

function ipv4Text(bytes: Uint8Array, at: number): string {
  return `${bytes[at]!}.${bytes[at + 1]!}.${bytes[at + 2]!}.${bytes[at + 3]!}`;
}

function ipv6Text(bytes: Uint8Array, at: number): string {
  const groups: number[] = [];
  for (let k = 0; k < 8; k++) groups.push(u16be(bytes, at + 2 * k));
  if (groups.slice(0, 5).every((group) => group === 0) && groups[5] === 0xffff)
    return `::ffff:${ipv4Text(bytes, at + 12)}`;
  // RFC 5952 §4.2: `::` stands for the longest run of zero groups, the first of equals, and never for a single group.
  let runStart = -1;
  let runLength = 1;
  for (let k = 0; k < 8; k++) {
    let length = 0;
    while (k + length < 8 && groups[k + length] === 0) length++;
    if (length > runLength) {
      runStart = k;
      runLength = length;
    }
    k += length;
  }
  const hex = (from: number, to: number): string =>
    groups
      .slice(from, to)
      .map((group) => group.toString(16))
      .join(':');
  return runStart < 0 ? hex(0, 8) : `${hex(0, runStart)}::${hex(runStart + runLength, 8)}`;
}
