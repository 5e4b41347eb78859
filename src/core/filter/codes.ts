/** Names of codes as filters write them: ours, those of Inspektor Gadget's DNS events (gopacket's words), and plain numbers. */
import { parseClass, parseOpcode, parseRcode, parseType } from '../dns/types.ts';

/** What Inspektor Gadget calls the response codes, lower case. */
export const GADGET_RCODES: Readonly<Record<string, number>> = {
  success: 0,
  noerror: 0,
  formaterror: 1,
  formerr: 1,
  serverfailure: 2,
  servfail: 2,
  nameerror: 3,
  nxdomain: 3,
  notimplemented: 4,
  refused: 5,
  yxdomain: 6,
  yxrrset: 7,
  nxrrset: 8,
  notauthoritative: 9,
  notzone: 10,
};

export type CodeKind = 'type' | 'class' | 'rcode' | 'opcode';

const LARGEST: Readonly<Record<CodeKind, number>> = { type: 0xffff, class: 0xffff, rcode: 0xfff, opcode: 15 };

/** The number behind a name or a decimal or hexadecimal number; `undefined` for anything else. */
export function readCode(kind: CodeKind, text: string): number | undefined {
  const number = readNumber(text);
  if (number !== undefined) return Number.isInteger(number) && number <= LARGEST[kind] ? number : undefined;
  switch (kind) {
    case 'type':
      return parseType(text);
    case 'class':
      return parseClass(text);
    case 'rcode':
      return parseRcode(text) ?? GADGET_RCODES[text.toLowerCase().replace(/[ _-]/gu, '')];
    case 'opcode':
      return parseOpcode(text);
  }
}

/** A decimal or `0x` number without sign; `undefined` for anything else. */
export function readNumber(text: string): number | undefined {
  if (/^\d{1,15}(?:\.\d{1,9})?$/u.test(text)) return Number(text);
  return /^0x[0-9a-f]{1,8}$/iu.test(text) ? Number.parseInt(text.slice(2), 16) : undefined;
}

// Both micro signs (U+00B5, U+03BC) are in use.
const TIME_UNITS: Readonly<Record<string, number>> = { ns: 1, us: 1e3, µs: 1e3, μs: 1e3, ms: 1e6, s: 1e9, m: 60e9 };
const SIZE_UNITS: Readonly<Record<string, number>> = {
  b: 1,
  kb: 1e3,
  mb: 1e6,
  k: 1024,
  m: 1024 ** 2,
  ki: 1024,
  mi: 1024 ** 2,
  kib: 1024,
  mib: 1024 ** 2,
};

/** Nanoseconds of `5ms`, `1.5 s`, `250µs`; a bare number counts `unit` nanoseconds, and is none where there is no unit. */
export function readDuration(text: string, unit: number | undefined): number | undefined {
  return withUnit(text, TIME_UNITS, unit);
}

/** Bytes of `512`, `512B`, `1KiB`, `1kB`. */
export function readSize(text: string): number | undefined {
  return withUnit(text, SIZE_UNITS, 1);
}

function withUnit(text: string, units: Readonly<Record<string, number>>, bare: number | undefined): number | undefined {
  const match = /^(\d{1,15}(?:\.\d{1,9})?)([a-zµμ]{0,3})$/iu.exec(text);
  if (match === null) return undefined;
  const unit = match[2] === '' ? bare : units[match[2]!.toLowerCase()];
  return unit === undefined ? undefined : Number(match[1]) * unit;
}
