/** What a field may be compared with, read from text into a typed test; says what was expected when it is none. */
import { parseCidr, parseIp } from '../corefile/ipAddress.ts';
import { suggest } from '../corefile/suggest.ts';
import { typeNames } from '../dns/types.ts';
import type { ValueTest } from './ast.ts';
import { GADGET_RCODES, readCode, readDuration, readNumber, readSize } from './codes.ts';
import type { FilterField, FilterOperator } from './fields.ts';
import { Pattern } from './pattern.ts';
import { globProgram } from './regex.ts';
import { shortened, type TextPart } from './reader.ts';
import { timeTest } from './times.ts';

export type ReadValue =
  | { readonly test: ValueTest }
  /** To follow "expected" and "found". */
  | { readonly expected: string; readonly found: string };

const LONGEST_GLOB = 255;

export function readValue(field: FilterField, operator: FilterOperator, part: TextPart): ReadValue {
  switch (field.kind) {
    case 'name':
      return textTest(part, operator === 'contains' || operator === ':', withoutFinalDot);
    case 'text':
      return textTest(part, operator === 'contains' || operator === ':');
    case 'label':
      return textTest(part, operator === 'contains');
    case 'finding':
      return textTest(part, false);
    case 'endpoint':
      return endpointTest(field, part) ?? textTest(part, operator === ':');
    case 'address':
      return networkTest(part, false) ?? expected(field, part);
    case 'time': {
      const read = timeTest(part.text, operator, field.unitNs !== undefined);
      if (read === 'no time') return expected(field, part);
      return read === 'backwards' ? { expected: 'the earlier time first', found: shortened(part.text) } : read;
    }
    default:
      return numberTest(field, operator, part);
  }
}

/** What a value of this field looks like, to follow "expected". */
export function expectedValue(field: FilterField): string {
  switch (field.kind) {
    case 'name':
      return 'a name, * for any part of it';
    case 'text':
    case 'label':
      return 'text, * for any part of it';
    case 'endpoint':
      return 'an address, a network such as 10.0.0.0/8, or a pod or Service';
    case 'address':
      return 'an address or a network such as 10.0.0.0/8';
    case 'time':
      return field.unitNs === undefined
        ? 'a time with its zone, such as 2026-11-21T12:01:07Z'
        : 'seconds since 1970 or a time such as 2026-11-21T12:01:07Z';
    case 'duration':
      return field.unitNs === undefined
        ? 'a duration with its unit, such as 5ms'
        : 'a number or a duration such as 5ms';
    case 'size':
      return 'a size such as 512 or 1KiB';
    case 'number':
      return 'a number';
    case 'hex':
      return 'a hexadecimal number such as 102d';
    case 'type':
      return 'a record type such as A or AAAA';
    case 'class':
      return 'a class such as IN';
    case 'rcode':
      return 'a response code such as NOERROR or SERVFAIL';
    case 'opcode':
      return 'an opcode such as QUERY';
    case 'choice':
      return `one of ${field.choices!.join(', ')}`;
    case 'flag':
      return '0 or 1';
    case 'finding':
      return 'the id of a finding';
    case 'line':
      return 'the number of a line';
    case 'presence':
      return 'nothing';
  }
}

function expected(field: FilterField, part: TextPart): ReadValue {
  const near = part.text.length > 2 ? suggest(part.text, candidatesOf(field)) : undefined;
  const hint = near === undefined ? '' : ` (did you mean ${near}?)`;
  return { expected: expectedValue(field), found: `${shortened(part.text) || 'nothing'}${hint}` };
}

function candidatesOf(field: FilterField): readonly string[] {
  switch (field.kind) {
    case 'rcode':
      return [...RCODE_WORDS, 'Success', 'ServerFailure', 'NameError', ...Object.keys(GADGET_RCODES)];
    case 'type':
      return typeNames();
    case 'choice':
      return field.choices ?? [];
    default:
      return [];
  }
}

export const RCODE_WORDS = [
  'NOERROR',
  'FORMERR',
  'SERVFAIL',
  'NXDOMAIN',
  'NOTIMP',
  'REFUSED',
  'YXDOMAIN',
  'YXRRSET',
  'NXRRSET',
  'NOTAUTH',
  'NOTZONE',
] as const;

export function withoutFinalDot(text: string): string {
  return text.length > 1 && text.endsWith('.') ? text.slice(0, -1) : text;
}

function textTest(part: TextPart, partly: boolean, normal = (text: string): string => text): ReadValue {
  const text = part.text.toLowerCase();
  if (text === '') return { expected: 'text', found: 'nothing' };
  // In quotes a * is a *.
  if (!part.quoted && /[*?]/u.test(text)) {
    const glob = normal(text);
    const program = glob.length > LONGEST_GLOB ? undefined : globProgram(glob, true);
    if (program === undefined) return { expected: 'at most 255 characters', found: shortened(text) };
    return { test: { kind: 'pattern', pattern: new Pattern(part.text, program) } };
  }
  // A final dot is part of what a part may be.
  return { test: partly ? { kind: 'contains', text } : { kind: 'equals', text: normal(text) } };
}

/** `undefined` for what may be the name of a pod or a Service. */
function endpointTest(field: FilterField, part: TextPart): ReadValue | undefined {
  const read = networkTest(part);
  if (read === undefined) return /^[\d./:]+$/u.test(part.text) ? expected(field, part) : undefined;
  // A lookup has a port for each of its queries.
  const hasPort = 'test' in read && read.test.kind === 'network' && read.test.port !== undefined;
  return hasPort && field.level === 'lookup' ? { expected: 'an address without a port', found: part.text } : read;
}

function networkTest(part: TextPart, withPort = true): ReadValue | undefined {
  const { text } = part;
  const network = parseCidr(text);
  if (network !== undefined) return { test: { kind: 'network', bytes: network.bytes, ones: network.ones } };
  const address = parseIp(text);
  if (address !== undefined) return { test: { kind: 'network', bytes: address.bytes, ones: address.bytes.length * 8 } };
  const [, host, bracketed, port] = /^(?:([\d.]+)|\[([\da-f:.]+)\]):(\d{1,5})$/iu.exec(text) ?? [];
  const ip = parseIp(host ?? bracketed ?? '');
  if (!withPort || ip === undefined || Number(port) > 0xffff) return undefined;
  return { test: { kind: 'network', bytes: ip.bytes, ones: ip.bytes.length * 8, port: Number(port) } };
}

function numberTest(field: FilterField, operator: FilterOperator, part: TextPart): ReadValue {
  const range = operator === 'in' || operator === 'not in' ? /^(.+?)\.\.(.+)$/u.exec(part.text) : null;
  const low = numberOf(field, range?.[1] ?? part.text);
  const high = numberOf(field, range?.[2] ?? part.text);
  if (low === undefined || high === undefined) return expected(field, part);
  const open = { lowOpen: operator === '>', highOpen: operator === '<' };
  switch (operator) {
    case '<':
    case '<=':
      return { test: { kind: 'range', low: Number.NEGATIVE_INFINITY, high, ...open } };
    case '>':
    case '>=':
      return { test: { kind: 'range', low, high: Number.POSITIVE_INFINITY, ...open } };
    default:
      return { test: { kind: 'range', low, high, ...open } };
  }
}

function numberOf(field: FilterField, text: string): number | undefined {
  switch (field.kind) {
    case 'duration':
      return readDuration(text, field.unitNs);
    case 'size':
      return readSize(text);
    case 'hex':
      return /^(?:0x)?[0-9a-f]{1,4}$/iu.test(text) ? Number.parseInt(text, 16) : undefined;
    case 'type':
    case 'class':
    case 'rcode':
    case 'opcode':
      return readCode(field.kind, text);
    case 'choice': {
      const index = field.choices!.findIndex((choice) => choice.toLowerCase() === text.toLowerCase());
      return index < 0 ? undefined : index;
    }
    case 'flag':
      return FLAGS[text.toLowerCase()];
    case 'line':
      return /^\d{1,7}$/u.test(text) ? Number(text) : undefined;
    default:
      return readNumber(text);
  }
}

const FLAGS: Readonly<Record<string, number>> = { '0': 0, '1': 1, false: 0, true: 1 };
