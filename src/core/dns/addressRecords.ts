/** Addresses in an answer section, without decoding the message (RFC 1035 §3.4.1, RFC 3596 §2.2). */
import { u16be } from '../packet/bytes.ts';
import { afterRecord, FIXED_FIELDS, MOST_RECORDS, recordAt } from './recordSteps.ts';
import { DnsType } from './types.ts';

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
    const fixed = recordAt(bytes, at, end);
    if (fixed < 0) return false;
    at = afterRecord(bytes, fixed);
    const type = u16be(bytes, fixed);
    const data = fixed + FIXED_FIELDS;
    if (type === DnsType.A && at - data === 4) take(data, 4);
    else if (type === DnsType.AAAA && at - data === 16) take(data, 16);
  }
  return count <= MOST_RECORDS;
}
