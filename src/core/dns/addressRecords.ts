/** Addresses in an answer section, without decoding the message (RFC 1035 §3.4.1, RFC 3596 §2.2). */
import { u16be } from '../packet/bytes.ts';
import { afterName } from './extendedRcode.ts';
import { DnsType } from './types.ts';

/** More records of one message are not read: 65,535 are a lie or an attack. */
const MOST_RECORDS = 512;

/**
 * Calls back with each A (4 bytes) and AAAA (16 bytes) record's data.
 * @param at where the answer section begins
 * @param count records in it, as the header says
 * @returns `false` when it was not read to its end: cut, unsound or too long
 */
export function eachAddress(
  bytes: Uint8Array,
  at: number,
  end: number,
  count: number,
  take: (at: number, length: 4 | 16) => void,
): boolean {
  for (let left = Math.min(count, MOST_RECORDS); left > 0; left--) {
    const fixed = afterName(bytes, at, end);
    if (fixed + 10 > end) return false;
    const type = u16be(bytes, fixed);
    const size = u16be(bytes, fixed + 8);
    if (fixed + 10 + size > end) return false;
    if (type === DnsType.A && size === 4) take(fixed + 10, 4);
    else if (type === DnsType.AAAA && size === 16) take(fixed + 10, 16);
    at = fixed + 10 + size;
  }
  return count <= MOST_RECORDS;
}
