/** What the numbers in DNSSEC, TLSA and signature records mean (IANA: DNS Security Algorithm Numbers, DS RR Type Digest Algorithms, DANE Parameters). */

const ALGORITHMS = new Map([
  [0, 'DELETE'],
  [1, 'RSAMD5'],
  [2, 'DH'],
  [3, 'DSA'],
  [5, 'RSASHA1'],
  [6, 'DSA-NSEC3-SHA1'],
  [7, 'RSASHA1-NSEC3-SHA1'],
  [8, 'RSASHA256'],
  [10, 'RSASHA512'],
  [12, 'ECC-GOST'],
  [13, 'ECDSAP256SHA256'],
  [14, 'ECDSAP384SHA384'],
  [15, 'ED25519'],
  [16, 'ED448'],
  [17, 'SM2SM3'],
  [23, 'ECC-GOST12'],
  [252, 'INDIRECT'],
  [253, 'PRIVATEDNS'],
  [254, 'PRIVATEOID'],
]);
const DIGESTS = new Map([
  [1, 'SHA-1'],
  [2, 'SHA-256'],
  [3, 'GOST R 34.11-94'],
  [4, 'SHA-384'],
  [5, 'GOST R 34.11-2012'],
  [6, 'SM3'],
]);

export function algorithmText(value: number): string | undefined {
  return ALGORITHMS.get(value);
}

export function digestText(value: number): string | undefined {
  return DIGESTS.get(value);
}

/** RFC 4034 §2.1.1, RFC 5011 §3. */
export function keyFlagsText(value: number): string | undefined {
  const zone = (value & 0x0100) !== 0;
  const words = [
    ...(zone ? [(value & 1) !== 0 ? 'key-signing key' : 'zone-signing key'] : []),
    ...((value & 0x0080) !== 0 ? ['revoked'] : []),
  ];
  return words.length === 0 ? undefined : words.join(', ');
}

/** RFC 7218 §2.1. */
export function certificateUsageText(value: number): string | undefined {
  return ['PKIX-TA', 'PKIX-EE', 'DANE-TA', 'DANE-EE'][value];
}

/**
 * Seconds since 1970 as `YYYYMMDDHHmmSS` (RFC 4034 §3.2) and as a date. Signature times count modulo 2^32 (RFC 4034 §3.1.5);
 * they are read as times up to 2106. Larger numbers (TSIG has 48 bits) have a date while JavaScript has one.
 */
export function dateText(seconds: number): { readonly text: string; readonly words: string } {
  const date = new Date(seconds * 1000);
  if (Number.isNaN(date.getTime())) return { text: String(seconds), words: 'beyond any calendar' };
  const words = date.toISOString().replace('.000Z', 'Z');
  return { text: words.replace(/[^0-9]/g, ''), words };
}
