/**
 * Header and first question of a DNS message (RFC 1035 §4.1.1, §4.1.2): all that pairing and joining need, for every packet.
 * Cost: the labels are stepped over, then hashed four bytes at a time; nothing is allocated, and the caller's one `DnsHead`
 * is overwritten each time. The hash (MurmurHash3's 32-bit mixing) is over the wire form with ASCII letters lower-cased
 * (RFC 4343): length bytes are at most 63 and so never look like a letter, which lets one rule serve every byte.
 * Why not: FNV-1a a byte at a time. Its chain of multiplications was a third of the whole path's time.
 */
import { u16be } from '../packet/bytes.ts';
import { HEADER_LENGTH } from './header.ts';

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

const LONGEST_NAME = 255;

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
  /** 32-bit hash of the name (signed, so that it is a small integer), case ignored; 0 when there is no question. */
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
  for (;;) {
    if (at >= end) return fail(head, DnsHeadProblem.questionCut);
    const length = bytes[at]!;
    if (length > 63) return fail(head, DnsHeadProblem.badLabel);
    at += length + 1;
    if (length === 0) break;
    if (at - start >= LONGEST_NAME) return fail(head, DnsHeadProblem.nameTooLong);
  }
  if (end - at < 4) return fail(head, DnsHeadProblem.questionCut);
  head.qnameEnd = at;
  head.qtype = u16be(bytes, at);
  head.qclass = u16be(bytes, at + 2);
  head.nameHash = nameHash(bytes, start, at);
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
  let hash = 0;
  let at = start;
  for (const wordsEnd = end - 3; at < wordsEnd; at += 4) {
    const word = bytes[at]! | (bytes[at + 1]! << 8) | (bytes[at + 2]! << 16) | (bytes[at + 3]! << 24);
    hash ^= scramble(lowerCaseWord(word));
    hash = (Math.imul((hash << 13) | (hash >>> 19), 5) + 0xe6546b64) | 0;
  }
  let rest = 0;
  for (let shift = 0; at < end; at++, shift += 8) rest |= bytes[at]! << shift;
  hash ^= scramble(lowerCaseWord(rest)) ^ (end - start);
  hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b);
  hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35);
  return hash ^ (hash >>> 16);
}

function scramble(word: number): number {
  const product = Math.imul(word, 0xcc9e2d51);
  return Math.imul((product << 15) | (product >>> 17), 0x1b873593);
}

/** Four bytes at once: sets bit 5 of each byte within A..Z. The additions carry into bit 7 only, as bit 7 is masked off first. */
function lowerCaseWord(word: number): number {
  const low = word & 0x7f7f7f7f;
  const fromA = (low + 0x3f3f3f3f) | 0;
  const aboveZ = (low + 0x25252525) | 0;
  return word | ((fromA & ~aboveZ & ~word & 0x80808080) >>> 2);
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
  let a = startA;
  let b = startB;
  // Four bytes at a time, as they nearly always agree in case as well.
  for (const wordsEnd = endA - 3; a < wordsEnd; a += 4, b += 4) {
    const differing =
      (bytesA[a]! ^ bytesB[b]!) |
      (bytesA[a + 1]! ^ bytesB[b + 1]!) |
      (bytesA[a + 2]! ^ bytesB[b + 2]!) |
      (bytesA[a + 3]! ^ bytesB[b + 3]!);
    if (differing !== 0) break;
  }
  for (; a < endA; a++, b++) {
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
