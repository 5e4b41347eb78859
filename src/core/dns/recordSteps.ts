/** From one resource record to the next without reading names or data (RFC 1035 §4.1.3): a few bytes of each are looked at, nothing is allocated. */
import { u16be } from '../packet/bytes.ts';

/** More records of one message are not stepped over: 65,535 of each section is a lie or an attack. */
export const MOST_RECORDS = 512;

/** Bytes of type, class, TTL and the length of the data, behind which the data stands. */
export const FIXED_FIELDS = 10;
const DATA_LENGTH = 8;

/** Where the fixed fields of the record at `at` begin, its type first; -1 when it does not end before `end`, or is unsound. */
export function recordAt(bytes: Uint8Array, at: number, end: number): number {
  const fixed = afterName(bytes, at, end);
  return fixed + FIXED_FIELDS > end || afterRecord(bytes, fixed) > end ? -1 : fixed;
}

/** Position after the record whose fixed fields begin at `fixed`. */
export function afterRecord(bytes: Uint8Array, fixed: number): number {
  return fixed + FIXED_FIELDS + u16be(bytes, fixed + DATA_LENGTH);
}

/** Position after a name, compressed or not; beyond `end` when it is cut or unsound. */
export function afterName(bytes: Uint8Array, start: number, end: number): number {
  let at = start;
  while (at < end) {
    const length = bytes[at]!;
    if (length === 0) return at + 1;
    if (length >= 192) return at + 2;
    if (length > 63) break;
    at += 1 + length;
  }
  return end + 1;
}
