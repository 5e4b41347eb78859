/** NODATA behind an alias (RFC 2308 §2.2): the answer section has records, and none is what was asked for. */
import { u16be } from '../packet/bytes.ts';
import type { DnsHead } from './dnsHead.ts';
import { DnsFlag } from './header.ts';
import { afterRecord, MOST_RECORDS, recordAt } from './recordSteps.ts';
import { DnsRcode, DnsType } from './types.ts';

const OPCODE_QUERY = 0;
/** RFC 6895 §3.1: from here on types of questions alone, such as ANY and AXFR. */
const FIRST_QTYPE = 128;
const LAST_QTYPE = 255;

/**
 * Whether a response says NOERROR and holds aliases (CNAME, DNAME) with their signatures alone. `false` for what was cut or cannot be read: a
 * record may have stood there.
 * Cost: the type of the first record, for nearly all.
 * @param head of this message, its rcode with the extended bits
 */
export function hasAliasesAlone(bytes: Uint8Array, end: number, head: DnsHead): boolean {
  const { qtype, ancount } = head;
  if (ancount === 0 || head.rcode !== DnsRcode.NOERROR || head.opcode !== OPCODE_QUERY) return false;
  if (head.qdcount !== 1 || (head.flags & DnsFlag.TC) !== 0 || (qtype >= FIRST_QTYPE && qtype <= LAST_QTYPE))
    return false;
  let at = head.qnameEnd + 4;
  for (let left = Math.min(ancount, MOST_RECORDS); left > 0; left--) {
    const fixed = recordAt(bytes, at, end);
    if (fixed < 0) return false;
    const type = u16be(bytes, fixed);
    if (type === qtype || (type !== DnsType.CNAME && type !== DnsType.DNAME && type !== DnsType.RRSIG)) return false;
    at = afterRecord(bytes, fixed);
  }
  return ancount <= MOST_RECORDS;
}
