/**
 * Header and first question of a DNS message (RFC 1035 §4.1.1, §4.1.2): all that pairing and joining need, for every packet.
 * Cost: one pass over the question, nothing allocated; the caller's one `DnsHead` is overwritten each time. The hash
 * (FNV-1a) is taken in the same pass, over the wire form with ASCII letters lower-cased (RFC 4343): length bytes are at
 * most 63 and so never look like a letter, which lets one rule serve every byte.
 */
import { u16be } from '../packet/bytes.ts';

/** What stopped {@link readDnsHead}; the values are stable. */
export const DnsHeadProblem = {
  none: 0,
  headerCut: 1,
  questionCut: 2,
  /** A compression pointer or a reserved label type in the first question, where nothing precedes it to point at. */
  badLabel: 3,
  /** More than 255 bytes (RFC 1035 §2.3.4). */
  nameTooLong: 4,
} as const;

const HEADER_LENGTH = 12;
const LONGEST_NAME = 255;
const FNV_OFFSET = 0x811c9dc5;
const FNV_PRIME = 0x01000193;

export class DnsHead {
  id = 0;
  /** The 16 bits as on the wire: QR 0x8000, opcode, AA 0x0400, TC 0x0200, RD 0x0100, RA 0x0080, AD 0x0020, CD 0x0010, rcode. */
  flags = 0;
  opcode = 0;
  /** The header's four bits only; the upper eight sit in the OPT record. */
  rcode = 0;
  qdcount = 0;
  ancount = 0;
  nscount = 0;
  arcount = 0;
  qnameStart = 0;
  /** Offset after the root label; equals `qnameStart` when there is no question. */
  qnameEnd = 0;
  qtype = 0;
  /** As on the wire: with mDNS the top bit is QU (RFC 6762 §5.4). */
  qclass = 0;
  /** 32-bit hash of the name, case ignored; 0 when there is no question. */
  nameHash = 0;
  /** One of {@link DnsHeadProblem}. */
  problem = 0;
}

/** @returns `true` when the header and, if QDCOUNT is not 0, the first question are readable; else see `head.problem` */
export function readDnsHead(bytes: Uint8Array, start: number, end: number, head: DnsHead): boolean {
  head.qnameStart = start + HEADER_LENGTH;
  head.qnameEnd = head.qnameStart;
  head.qtype = 0;
  head.qclass = 0;
  head.nameHash = 0;
  if (end - start < HEADER_LENGTH) {
    clearHeader(head);
    head.problem = DnsHeadProblem.headerCut;
    return false;
  }
  const flags = u16be(bytes, start + 2);
  head.id = u16be(bytes, start);
  head.flags = flags;
  head.opcode = (flags >> 11) & 15;
  head.rcode = flags & 15;
  head.qdcount = u16be(bytes, start + 4);
  head.ancount = u16be(bytes, start + 6);
  head.nscount = u16be(bytes, start + 8);
  head.arcount = u16be(bytes, start + 10);
  head.problem = DnsHeadProblem.none;
  return head.qdcount === 0 || readQuestion(bytes, start + HEADER_LENGTH, end, head);
}

function readQuestion(bytes: Uint8Array, start: number, end: number, head: DnsHead): boolean {
  let at = start;
  let hash = FNV_OFFSET;
  for (;;) {
    if (at >= end) return fail(head, DnsHeadProblem.questionCut);
    const length = bytes[at]!;
    hash = Math.imul(hash ^ length, FNV_PRIME);
    at++;
    if (length === 0) break;
    if (length > 63) return fail(head, DnsHeadProblem.badLabel);
    const stop = at + length;
    if (stop - start >= LONGEST_NAME) return fail(head, DnsHeadProblem.nameTooLong);
    if (stop > end) return fail(head, DnsHeadProblem.questionCut);
    while (at < stop) {
      const byte = bytes[at++]!;
      hash = Math.imul(hash ^ (byte >= 65 && byte <= 90 ? byte | 32 : byte), FNV_PRIME);
    }
  }
  if (end - at < 4) return fail(head, DnsHeadProblem.questionCut);
  head.qnameEnd = at;
  head.qtype = u16be(bytes, at);
  head.qclass = u16be(bytes, at + 2);
  head.nameHash = hash >>> 0;
  return true;
}

function fail(head: DnsHead, problem: number): false {
  head.problem = problem;
  return false;
}

function clearHeader(head: DnsHead): void {
  head.id = 0;
  head.flags = 0;
  head.opcode = 0;
  head.rcode = 0;
  head.qdcount = 0;
  head.ancount = 0;
  head.nscount = 0;
  head.arcount = 0;
}

/** The hash that {@link readDnsHead} gives, of a wire-form name (with its root label) from anywhere. */
export function nameHash(bytes: Uint8Array, start: number, end: number): number {
  let hash = FNV_OFFSET;
  for (let at = start; at < end; at++) {
    const byte = bytes[at]!;
    hash = Math.imul(hash ^ (byte >= 65 && byte <= 90 ? byte | 32 : byte), FNV_PRIME);
  }
  return hash >>> 0;
}

/** Equality of two uncompressed wire-form names, ASCII case ignored (RFC 4343 §3). */
export function sameNameIgnoringCase(
  bytesA: Uint8Array,
  startA: number,
  endA: number,
  bytesB: Uint8Array,
  startB: number,
  endB: number,
): boolean {
  if (endA - startA !== endB - startB) return false;
  for (let a = startA, b = startB; a < endA; a++, b++) {
    const x = bytesA[a]!;
    const y = bytesB[b]!;
    if (x === y) continue;
    const lower = x | 32;
    if (lower !== (y | 32) || lower < 97 || lower > 122) return false;
  }
  return true;
}

/** Equality of two uncompressed wire-form names, byte for byte: the case is part of it (0x20 encoding). */
export function nameEquals(
  bytesA: Uint8Array,
  startA: number,
  endA: number,
  bytesB: Uint8Array,
  startB: number,
  endB: number,
): boolean {
  if (endA - startA !== endB - startB) return false;
  for (let a = startA, b = startB; a < endA; a++, b++) if (bytesA[a] !== bytesB[b]) return false;
  return true;
}
