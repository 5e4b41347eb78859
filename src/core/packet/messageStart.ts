/**
 * Finds where a length-prefixed DNS message starts in bytes whose framing was lost.
 * A start must look like DNS up to the end of its first question; against random bytes that is a chance below one in a million
 * an offset (fixed header bits, one question, a sound name, a class of five).
 */
import { DnsHead, readDnsHead } from '../dns/dnsHead.ts';
import { DnsFlag, HEADER_LENGTH } from '../dns/header.ts';
import { u16be } from './bytes.ts';

/** Length prefix, header, the longest name, type and class: a start is recognisable within so many bytes. */
export const START_LENGTH = 2 + HEADER_LENGTH + 255 + 4;

const head = new DnsHead();

/** @returns the first offset at which a message starts, -1 when there is none in `[start, end)` */
export function findMessageStart(bytes: Uint8Array, start: number, end: number): number {
  // Shortest: length, header, root name, type, class.
  for (let at = start; at + 19 <= end; at++) if (isMessageStart(bytes, at, end)) return at;
  return -1;
}

function isMessageStart(bytes: Uint8Array, at: number, end: number): boolean {
  const length = u16be(bytes, at);
  if (length < 17) return false;
  // One question, no reserved flag bit (Z), and counts that fit the length: a record takes at least 11 bytes.
  if (bytes[at + 6] !== 0 || bytes[at + 7] !== 1 || (bytes[at + 5]! & 0x40) !== 0) return false;
  const stop = Math.min(at + 2 + length, end);
  if (!readDnsHead(bytes, at + 2, stop, head)) return false;
  const records = head.ancount + head.nscount + head.arcount;
  if (records * 11 > length - 17) return false;
  if (head.opcode === 3 || head.opcode > 6) return false;
  const isQuery = (head.flags & DnsFlag.QR) === 0;
  if (isQuery && head.opcode === 0 && (head.rcode !== 0 || head.ancount > 0)) return false;
  return (
    head.qtype !== 0 &&
    (head.qclass === 1 || head.qclass === 3 || head.qclass === 4 || head.qclass >= 254) &&
    head.qclass <= 255
  );
}
