/** Numbers and mnemonics of the IANA registry "Domain Name System (DNS) Parameters"; unknown ones as in RFC 3597 §5. */

/** Every type with a mnemonic in the registry. */
export const DnsType = {
  A: 1,
  NS: 2,
  MD: 3,
  MF: 4,
  CNAME: 5,
  SOA: 6,
  MB: 7,
  MG: 8,
  MR: 9,
  NULL: 10,
  WKS: 11,
  PTR: 12,
  HINFO: 13,
  MINFO: 14,
  MX: 15,
  TXT: 16,
  RP: 17,
  AFSDB: 18,
  X25: 19,
  ISDN: 20,
  RT: 21,
  NSAP: 22,
  'NSAP-PTR': 23,
  SIG: 24,
  KEY: 25,
  PX: 26,
  GPOS: 27,
  AAAA: 28,
  LOC: 29,
  NXT: 30,
  EID: 31,
  NIMLOC: 32,
  SRV: 33,
  ATMA: 34,
  NAPTR: 35,
  KX: 36,
  CERT: 37,
  A6: 38,
  DNAME: 39,
  SINK: 40,
  OPT: 41,
  APL: 42,
  DS: 43,
  SSHFP: 44,
  IPSECKEY: 45,
  RRSIG: 46,
  NSEC: 47,
  DNSKEY: 48,
  DHCID: 49,
  NSEC3: 50,
  NSEC3PARAM: 51,
  TLSA: 52,
  SMIMEA: 53,
  HIP: 55,
  NINFO: 56,
  RKEY: 57,
  TALINK: 58,
  CDS: 59,
  CDNSKEY: 60,
  OPENPGPKEY: 61,
  CSYNC: 62,
  ZONEMD: 63,
  SVCB: 64,
  HTTPS: 65,
  DSYNC: 66,
  HHIT: 67,
  BRID: 68,
  SPF: 99,
  UINFO: 100,
  UID: 101,
  GID: 102,
  UNSPEC: 103,
  NID: 104,
  L32: 105,
  L64: 106,
  LP: 107,
  EUI48: 108,
  EUI64: 109,
  NXNAME: 128,
  TKEY: 249,
  TSIG: 250,
  IXFR: 251,
  AXFR: 252,
  MAILB: 253,
  MAILA: 254,
  ANY: 255,
  URI: 256,
  CAA: 257,
  AVC: 258,
  DOA: 259,
  AMTRELAY: 260,
  RESINFO: 261,
  WALLET: 262,
  CLA: 263,
  IPN: 264,
  TA: 32768,
  DLV: 32769,
} as const;

const CLASSES: Readonly<Record<string, number>> = { IN: 1, CH: 3, HS: 4, NONE: 254, ANY: 255 };

/** RFC 1035 §4.1.1, 2136, 6891 §9, 8945 §3 and 7873 §8. Code 16 is BADVERS in OPT and BADSIG in TSIG; messages carry the former. */
const RCODES: Readonly<Record<string, number>> = {
  NOERROR: 0,
  FORMERR: 1,
  SERVFAIL: 2,
  NXDOMAIN: 3,
  NOTIMP: 4,
  REFUSED: 5,
  YXDOMAIN: 6,
  YXRRSET: 7,
  NXRRSET: 8,
  NOTAUTH: 9,
  NOTZONE: 10,
  DSOTYPENI: 11,
  BADVERS: 16,
  BADKEY: 17,
  BADTIME: 18,
  BADMODE: 19,
  BADNAME: 20,
  BADALG: 21,
  BADTRUNC: 22,
  BADCOOKIE: 23,
};

const OPCODES: Readonly<Record<string, number>> = { QUERY: 0, IQUERY: 1, STATUS: 2, NOTIFY: 4, UPDATE: 5, DSO: 6 };

/** The classes and rcodes that code names. */
export const DnsClass = { IN: 1, CH: 3, HS: 4, NONE: 254, ANY: 255 } as const;
export const DnsRcode = { NOERROR: 0, FORMERR: 1, SERVFAIL: 2, NXDOMAIN: 3, NOTIMP: 4, REFUSED: 5 } as const;
export const DnsOpcode = { QUERY: 0, STATUS: 2, NOTIFY: 4, UPDATE: 5 } as const;

const TYPE_TEXTS = inverse(DnsType);
const CLASS_TEXTS = inverse(CLASSES);
const RCODE_TEXTS = inverse(RCODES);
const OPCODE_TEXTS = inverse(OPCODES);
const TYPE_NUMBERS = new Map(Object.entries<number>(DnsType));
const CLASS_NUMBERS = new Map(Object.entries(CLASSES));
const RCODE_NUMBERS = new Map(Object.entries(RCODES));
const OPCODE_NUMBERS = new Map(Object.entries(OPCODES));

function inverse(table: Readonly<Record<string, number>>): ReadonlyMap<number, string> {
  return new Map(Object.entries(table).map(([text, number]) => [number, text]));
}

/** `A`, `AAAA`, … or `TYPE65280`. */
export function typeText(type: number): string {
  return TYPE_TEXTS.get(type) ?? `TYPE${type}`;
}

/** `IN`, `CH`, … or `CLASS42`. The mDNS top bit is not taken off. */
export function classText(dnsClass: number): string {
  return CLASS_TEXTS.get(dnsClass) ?? `CLASS${dnsClass}`;
}

/** `NOERROR`, `NXDOMAIN`, … or `RCODE12`; takes the 12-bit extended rcode too. */
export function rcodeText(rcode: number): string {
  return RCODE_TEXTS.get(rcode) ?? `RCODE${rcode}`;
}

/** `QUERY`, `NOTIFY`, … or `OPCODE3`. */
export function opcodeText(opcode: number): string {
  return OPCODE_TEXTS.get(opcode) ?? `OPCODE${opcode}`;
}

/** Mnemonics of the registry, for completion. */
export function typeNames(): readonly string[] {
  return [...TYPE_NUMBERS.keys()];
}

/** Mnemonic or `TYPE123`, case ignored; `undefined` for anything else. */
export function parseType(text: string): number | undefined {
  return parse(text, TYPE_NUMBERS, /^TYPE([0-9]{1,5})$/, 0xffff);
}

export function parseClass(text: string): number | undefined {
  return parse(text, CLASS_NUMBERS, /^CLASS([0-9]{1,5})$/, 0xffff);
}

export function parseRcode(text: string): number | undefined {
  return parse(text, RCODE_NUMBERS, /^RCODE([0-9]{1,4})$/, 0xfff);
}

export function parseOpcode(text: string): number | undefined {
  return parse(text, OPCODE_NUMBERS, /^OPCODE([0-9]{1,2})$/, 15);
}

function parse(
  text: string,
  numbers: ReadonlyMap<string, number>,
  generic: RegExp,
  largest: number,
): number | undefined {
  const upper = text.toUpperCase();
  const known = numbers.get(upper);
  if (known !== undefined) return known;
  const digits = generic.exec(upper)?.[1];
  return digits !== undefined && Number(digits) <= largest ? Number(digits) : undefined;
}
