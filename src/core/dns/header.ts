/** The header of a DNS message: RFC 1035 §4.1.1, with AD and CD of RFC 4035 §3. */

/** In bytes. */
export const HEADER_LENGTH = 12;

/** Bits of the header's second 16-bit word. */
export const DnsFlag = { QR: 0x8000, AA: 0x0400, TC: 0x0200, RD: 0x0100, RA: 0x0080, AD: 0x0020, CD: 0x0010 } as const;

/** A response that was cut to fit: means something over UDP only (RFC 1035 §4.2.1). */
export const CUT_RESPONSE = DnsFlag.QR | DnsFlag.TC;
