/**
 * The upper eight bits of a response's code, from its OPT record (RFC 6891 §6.1.3), without decoding the message.
 * Cost: an OPT record without options that comes last, as nearly all do, is recognised by a few bytes at the message's end;
 * otherwise the records are stepped over, without reading names or data. Called only for messages with additional records.
 * Why not trust the end alone: an OPT record with options, or before a signature, is found only on the way.
 */
import { u16be } from '../packet/bytes.ts';
import type { DnsHead } from './dnsHead.ts';
import { HEADER_LENGTH } from './header.ts';
import { DnsType } from './types.ts';

/** Root name, type, class, TTL and an empty RDLENGTH. */
const EMPTY_OPT = 11;
/** More records than this are not stepped over: 65,535 of each section is a lie or an attack. */
const MOST_RECORDS = 512;

/**
 * @param head of this message
 * @returns the bits in their place (0x010 … 0xff0), to be or-ed to the header's four; 0 when there is no OPT record
 */
export function extendedRcodeBits(bytes: Uint8Array, start: number, end: number, head: DnsHead): number {
  const tail = end - EMPTY_OPT;
  if (
    tail >= head.qnameEnd &&
    bytes[tail] === 0 &&
    bytes[tail + 1] === 0 &&
    bytes[tail + 2] === DnsType.OPT &&
    bytes[tail + 5] === 0 &&
    bytes[tail + 9] === 0 &&
    bytes[tail + 10] === 0
  ) {
    // Zero, whatever precedes it. A code that is not zero is looked up in its proper place below.
    return 0;
  }
  return searchOpt(bytes, start, end, head);
}

function searchOpt(bytes: Uint8Array, start: number, end: number, head: DnsHead): number {
  let at = start + HEADER_LENGTH;
  for (let k = 0; k < head.qdcount; k++) {
    at = afterName(bytes, at, end) + 4;
    if (at > end || k > MOST_RECORDS) return 0;
  }
  const before = head.ancount + head.nscount;
  const all = Math.min(before + head.arcount, MOST_RECORDS);
  for (let k = 0; k < all; k++) {
    const fixed = afterName(bytes, at, end);
    if (fixed + 10 > end) return 0;
    if (k >= before && u16be(bytes, fixed) === DnsType.OPT) return bytes[fixed + 4]! << 4;
    at = fixed + 10 + u16be(bytes, fixed + 8);
  }
  return 0;
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
