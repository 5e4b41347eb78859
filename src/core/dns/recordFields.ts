/**
 * Record data that is a row of fields: which fields a type has, in wire order, and how each is written. One table and one
 * reader stand for some fifty types; a type with a shape of its own (SVCB, LOC, APL …) has a function elsewhere.
 * Text is the presentation form of the RFC named; a field's `words` say what a number means, for the details pane.
 */
import { addressText } from '../packet/address.ts';
import { hexText, u16be, u32be } from '../packet/bytes.ts';
import { characterText } from './characterText.ts';
import { base32HexText, base64Text } from './encodedText.ts';
import { readMessageName } from './nameReader.ts';
import { algorithmText, certificateUsageText, dateText, digestText, keyFlagsText } from './securityNumbers.ts';
import { rcodeText, typeText } from './types.ts';

/** One field of record data. All text is printable ASCII. */
export interface RdataField {
  readonly label: string;
  /** As in the record's presentation form. */
  readonly text: string;
  /** What the value means, when its text does not say so. */
  readonly words?: string;
  /** Positions in the buffer given; a message decoder makes them offsets. */
  readonly start: number;
  readonly end: number;
}

/** A value read: where it ends and how it is written. */
export interface Piece {
  readonly end: number;
  readonly text: string;
  readonly words?: string;
}
/** Reads one field; `undefined` when the bytes are not there or not sound. */
type FieldReader = (bytes: Uint8Array, base: number, at: number, end: number) => Piece | undefined;
type Layout = readonly (readonly [label: string, reader: FieldReader])[];

const fixed =
  (size: number, read: (bytes: Uint8Array, at: number) => Omit<Piece, 'end'>): FieldReader =>
  (bytes, _base, at, end) =>
    end - at < size ? undefined : { end: at + size, ...read(bytes, at) };
const number = (size: 1 | 2 | 4 | 6, words?: (value: number) => string | undefined): FieldReader =>
  fixed(size, (bytes, at) => {
    let value = 0;
    for (let k = 0; k < size; k++) value = value * 256 + bytes[at + k]!;
    const meaning = words?.(value);
    return { text: String(value), ...(meaning === undefined ? {} : { words: meaning }) };
  });
const u8 = number(1);
const u16 = number(2);
const u32 = number(4);

const name: FieldReader = (bytes, base, at, end) => {
  const read = readMessageName(bytes, base, at, end);
  return 'text' in read ? { end: read.next, text: read.text } : undefined;
};
const type = fixed(2, (bytes, at) => ({ text: typeText(u16be(bytes, at)) }));
const date = fixed(4, (bytes, at) => dateText(u32be(bytes, at)));
const error = fixed(2, (bytes, at) => {
  const value = u16be(bytes, at);
  // RFC 8945 §3: in a signature record 16 is BADSIG; only an OPT record makes it BADVERS.
  return { text: value === 16 ? 'BADSIG' : rcodeText(value) };
});
const rest =
  (text: (bytes: Uint8Array, start: number, end: number) => string): FieldReader =>
  (bytes, _base, at, end) => ({ end, text: text(bytes, at, end) });
const hex = rest(hexText);
const base64 = rest(base64Text);
const quoted = rest((bytes, start, end) => `"${characterText(bytes, start, end)}"`);
const ipv4 = fixed(4, (bytes, at) => ({ text: addressText(bytes, at, 4) }));
const counted =
  (prefix: 1 | 2, text: (bytes: Uint8Array, start: number, end: number) => string): FieldReader =>
  (bytes, _base, at, end) => {
    if (end - at < prefix) return undefined;
    const start = at + prefix;
    const stop = start + (prefix === 1 ? bytes[at]! : u16be(bytes, at));
    if (stop > end) return undefined;
    return { end: stop, text: stop === start && prefix === 1 && text !== inQuotes ? '-' : text(bytes, start, stop) };
  };
const inQuotes = (bytes: Uint8Array, start: number, end: number): string => `"${characterText(bytes, start, end)}"`;
const string = counted(1, inQuotes);
const separated = (size: number, step: number, separator: string): FieldReader =>
  fixed(size, (bytes, at) => {
    const parts: string[] = [];
    for (let k = 0; k < size; k += step) parts.push(hexText(bytes, at + k, at + k + step));
    return { text: parts.join(separator) };
  });

/** RFC 4034 §4.1.2: windows of types in ascending order, each 1 to 32 bytes of bits. */
export const typeBitmap: FieldReader = (bytes, _base, at, end) => {
  const types: string[] = [];
  let last = -1;
  for (let from = at; from < end;) {
    if (end - from < 3) return undefined;
    const window = bytes[from]!;
    const length = bytes[from + 1]!;
    if (window <= last || length === 0 || length > 32 || from + 2 + length > end) return undefined;
    for (let bit = 0; bit < length * 8; bit++)
      if ((bytes[from + 2 + (bit >> 3)]! & (0x80 >> (bit & 7))) !== 0) types.push(typeText(window * 256 + bit));
    last = window;
    from += 2 + length;
  }
  return { end, text: types.join(' ') };
};

const algorithm = number(1, algorithmText);
const digestType = number(1, digestText);
const keyFlags = number(2, keyFlagsText);
const twoNames = (first: string, second: string): Layout => [
  [first, name],
  [second, name],
];
const preferred = (label: string): Layout => [
  ['Preference', u16],
  [label, name],
];
const delegation: Layout = [
  ['Key tag', u16],
  ['Algorithm', algorithm],
  ['Digest type', digestType],
  ['Digest', hex],
];
const key: Layout = [
  ['Flags', keyFlags],
  ['Protocol', u8],
  ['Algorithm', algorithm],
  ['Public key', base64],
];
const signature: Layout = [
  ['Type covered', type],
  ['Algorithm', algorithm],
  ['Labels', u8],
  ['Original TTL', u32],
  ['Expires', date],
  ['Valid from', date],
  ['Key tag', u16],
  ['Signer', name],
  ['Signature', base64],
];
const certificate: Layout = [
  ['Usage', number(1, certificateUsageText)],
  ['Selector', number(1, (value) => ['whole certificate', 'public key'][value])],
  ['Matching type', number(1, (value) => ['exact', 'SHA-256', 'SHA-512'][value])],
  ['Association data', hex],
];
const nsec3: Layout = [
  ['Hash algorithm', number(1, (value) => (value === 1 ? 'SHA-1' : undefined))],
  ['Flags', number(1, (value) => ((value & 1) !== 0 ? 'opt-out' : undefined))],
  ['Iterations', u16],
  ['Salt', counted(1, hexText)],
];

/** By type number. */
const LAYOUTS: ReadonlyMap<number, Layout> = new Map<number, Layout>([
  [14, twoNames('Mailbox of the owner', 'Mailbox for errors')], // MINFO, RFC 1035 §3.3.7
  [17, twoNames('Mailbox', 'Text records at')], // RP, RFC 1183 §2.2
  [
    18,
    [
      ['Subtype', u16],
      ['Host', name],
    ],
  ], // AFSDB, RFC 1183 §1
  [19, [['Address', string]]], // X25, RFC 1183 §3.1
  [21, preferred('Host')], // RT, RFC 1183 §3.3
  [22, [['Address', rest((bytes, start, end) => `0x${hexText(bytes, start, end)}`)]]], // NSAP, RFC 1706 §5
  [24, signature], // SIG, RFC 2535 §4; SIG(0), RFC 2931
  [25, key], // KEY, RFC 2535 §3
  [
    26,
    [
      ['Preference', u16],
      ['RFC 822 domain', name],
      ['X.400 domain', name],
    ],
  ], // PX, RFC 2163 §4
  [
    27,
    [
      ['Longitude', string],
      ['Latitude', string],
      ['Altitude', string],
    ],
  ], // GPOS, RFC 1712 §3
  [
    35,
    [
      ['Order', u16],
      ['Preference', u16],
      ['Flags', string],
      ['Services', string],
      ['Expression', string],
      ['Replacement', name],
    ],
  ], // NAPTR, RFC 3403 §4.1
  [36, preferred('Exchanger')], // KX, RFC 2230 §3
  [
    37,
    [
      ['Type', u16],
      ['Key tag', u16],
      ['Algorithm', algorithm],
      ['Certificate', base64],
    ],
  ], // CERT, RFC 4398 §2
  [43, delegation], // DS, RFC 4034 §5
  [
    44,
    [
      ['Algorithm', u8],
      ['Fingerprint type', u8],
      ['Fingerprint', hex],
    ],
  ], // SSHFP, RFC 4255 §3
  [46, signature], // RRSIG, RFC 4034 §3
  [
    47,
    [
      ['Next name', name],
      ['Types', typeBitmap],
    ],
  ], // NSEC, RFC 4034 §4
  [48, key], // DNSKEY, RFC 4034 §2
  [49, [['Identifier', base64]]], // DHCID, RFC 4701 §3.1
  [50, [...nsec3, ['Next hashed name', counted(1, base32HexText)], ['Types', typeBitmap]]], // NSEC3, RFC 5155 §3
  [51, nsec3], // NSEC3PARAM, RFC 5155 §4
  [52, certificate], // TLSA, RFC 6698 §2
  [53, certificate], // SMIMEA, RFC 8162 §2
  [57, key], // RKEY
  [58, twoNames('Previous', 'Next')], // TALINK
  [59, delegation], // CDS, RFC 7344 §3.1
  [60, key], // CDNSKEY, RFC 7344 §3.2
  [61, [['Public key', base64]]], // OPENPGPKEY, RFC 7929 §2
  [
    62,
    [
      ['SOA serial', u32],
      ['Flags', u16],
      ['Types', typeBitmap],
    ],
  ], // CSYNC, RFC 7477 §2.1
  [
    63,
    [
      ['Serial', u32],
      ['Scheme', u8],
      ['Hash algorithm', u8],
      ['Digest', hex],
    ],
  ], // ZONEMD, RFC 8976 §2
  [
    66,
    [
      ['Type', type],
      ['Scheme', u8],
      ['Port', u16],
      ['Target', name],
    ],
  ], // DSYNC, RFC 9859 §2
  [67, [['Data', base64]]], // HHIT, RFC 9886
  [68, [['Data', base64]]], // BRID, RFC 9886
  [
    104,
    [
      ['Preference', u16],
      ['Node identifier', separated(8, 2, ':')],
    ],
  ], // NID, RFC 6742 §2.1
  [
    105,
    [
      ['Preference', u16],
      ['Locator', ipv4],
    ],
  ], // L32, RFC 6742 §2.2
  [
    106,
    [
      ['Preference', u16],
      ['Locator', separated(8, 2, ':')],
    ],
  ], // L64, RFC 6742 §2.3
  [107, preferred('Name')], // LP, RFC 6742 §2.4
  [108, [['Address', separated(6, 1, '-')]]], // EUI48, RFC 7043 §3
  [109, [['Address', separated(8, 1, '-')]]], // EUI64, RFC 7043 §4
  [
    249,
    [
      ['Algorithm', name],
      ['Valid from', date],
      ['Expires', date],
      ['Mode', u16],
      ['Error', error],
      ['Key data', counted(2, base64Text)],
      ['Other data', counted(2, hexText)],
    ],
  ], // TKEY, RFC 2930 §2
  [
    250,
    [
      ['Algorithm', name],
      ['Time signed', number(6, (value) => dateText(value).words)],
      ['Fudge', number(2, (value) => `${String(value)} s`)],
      ['MAC', counted(2, base64Text)],
      ['Original ID', u16],
      ['Error', error],
      ['Other data', counted(2, hexText)],
    ],
  ], // TSIG, RFC 8945 §4.2
  [
    256,
    [
      ['Priority', u16],
      ['Weight', u16],
      ['Target', quoted],
    ],
  ], // URI, RFC 7553 §4
  [32_768, delegation], // TA
  [32_769, delegation], // DLV, RFC 4431 §2
]);

/** Whether {@link readFields} knows the type. */
export function hasFields(recordType: number): boolean {
  return LAYOUTS.has(recordType);
}

/** @returns the fields, which fill `[start, end)` exactly; `undefined` when they do not, or the type has no layout */
export function readFields(
  recordType: number,
  bytes: Uint8Array,
  base: number,
  start: number,
  end: number,
): readonly RdataField[] | undefined {
  const layout = LAYOUTS.get(recordType);
  if (layout === undefined) return undefined;
  const fields: RdataField[] = [];
  let at = start;
  for (const [label, reader] of layout) {
    const piece = reader(bytes, base, at, end);
    if (piece === undefined) return undefined;
    fields.push({ label, ...piece, start: at });
    at = piece.end;
  }
  return at === end ? fields : undefined;
}

/** Fields one after the other, as a zone file has them. */
export function fieldsText(fields: readonly RdataField[]): string {
  return fields
    .map((field) => field.text)
    .filter((text) => text !== '')
    .join(' ');
}
