/**
 * What an OPT record says beside its options (RFC 6891 §6.1.3), without decoding the message: the upper eight bits of a response's code,
 * and of a query whether DNSSEC records are wanted.
 * Cost: an OPT record without options that comes last, as nearly all do, is recognised by a few bytes at the message's end;
 * otherwise the records are stepped over, without reading names or data. Called only for messages with additional records.
 * Why not trust the end alone: an OPT record with options, or before a signature, is found only on the way.
 */
import { u16be } from '../packet/bytes.ts';
import type { DnsHead } from './dnsHead.ts';
import { HEADER_LENGTH } from './header.ts';
import { afterName, afterRecord, MOST_RECORDS } from './recordSteps.ts';
import { DnsType } from './types.ts';

/** Root name, type, class, TTL and an empty RDLENGTH. */
const EMPTY_OPT = 11;
/** Where its extended code and its flags stand, from the root name on. */
const TTL = 5;
const FLAGS = 7;

/**
 * @param head of this message
 * @returns the bits in their place (0x010 … 0xff0), to be or-ed to the header's four; 0 when there is no OPT record
 */
export function extendedRcodeBits(bytes: Uint8Array, start: number, end: number, head: DnsHead): number {
  // Zero, whatever precedes it. A code that is not zero is looked up in its proper place below.
  if (isEmptyOpt(bytes, end - EMPTY_OPT, head) && bytes[end - EMPTY_OPT + TTL] === 0) return 0;
  const opt = searchOpt(bytes, start, end, head);
  return opt < 0 ? 0 : bytes[opt + TTL]! << 4;
}

/**
 * The DO bit (RFC 3225 §3).
 * @param head of this message
 */
export function isDnssecOk(bytes: Uint8Array, start: number, end: number, head: DnsHead): boolean {
  if (isEmptyOpt(bytes, end - EMPTY_OPT, head) && bytes[end - EMPTY_OPT + FLAGS]! < 0x80) return false;
  const opt = searchOpt(bytes, start, end, head);
  return opt >= 0 && bytes[opt + FLAGS]! >= 0x80;
}

/** These bytes at a message's end are most likely an OPT record without options. */
function isEmptyOpt(bytes: Uint8Array, at: number, head: DnsHead): boolean {
  return (
    at >= head.qnameEnd &&
    bytes[at] === 0 &&
    bytes[at + 1] === 0 &&
    bytes[at + 2] === DnsType.OPT &&
    bytes[at + 9] === 0 &&
    bytes[at + 10] === 0
  );
}

/** Where the OPT record's root name stands, -1 without one. */
function searchOpt(bytes: Uint8Array, start: number, end: number, head: DnsHead): number {
  let at = start + HEADER_LENGTH;
  for (let k = 0; k < head.qdcount; k++) {
    at = afterName(bytes, at, end) + 4;
    if (at > end || k > MOST_RECORDS) return -1;
  }
  const before = head.ancount + head.nscount;
  const all = Math.min(before + head.arcount, MOST_RECORDS);
  for (let k = 0; k < all; k++) {
    const fixed = afterName(bytes, at, end);
    if (fixed + 10 > end) return -1;
    if (k >= before && u16be(bytes, fixed) === DnsType.OPT) return fixed - 1;
    at = afterRecord(bytes, fixed);
  }
  return -1;
}
