/**
 * Record data, decoded for reading. What has no decoder, or does not decode, is shown in the generic form of RFC 3597 §5.
 * Every text is printable ASCII: bytes outside it are escaped as `\DDD`.
 */
import { addressText } from '../packet/address.ts';
import { hexText, u16be, u32be } from '../packet/bytes.ts';
import { characterText } from './characterText.ts';
import type { Edns } from './edns.ts';
import { readMessageName } from './nameReader.ts';
import { fieldsText, hasFields, type RdataField, readFields } from './recordFields.ts';
import { hasShape, readShape } from './recordShapes.ts';
import { type SvcParam, readSvcParams } from './svcParams.ts';
import { DnsType } from './types.ts';

/** Decoded record data; `text` is its presentation form. */
export type Rdata = { readonly text: string } & (
  | { readonly kind: 'address'; readonly address: string }
  | { readonly kind: 'name'; readonly name: string }
  | {
      readonly kind: 'soa';
      readonly mname: string;
      readonly rname: string;
      readonly serial: number;
      /** Seconds, as the next four. */
      readonly refresh: number;
      readonly retry: number;
      readonly expire: number;
      /** Negative caching time to live (RFC 2308 §4). */
      readonly minimum: number;
    }
  | { readonly kind: 'mx'; readonly preference: number; readonly exchange: string }
  | { readonly kind: 'txt'; readonly strings: readonly string[] }
  | {
      readonly kind: 'srv';
      readonly priority: number;
      readonly weight: number;
      readonly port: number;
      readonly target: string;
    }
  | { readonly kind: 'caa'; readonly flags: number; readonly tag: string; readonly value: string }
  | { readonly kind: 'svcb'; readonly priority: number; readonly target: string; readonly params: readonly SvcParam[] }
  | { readonly kind: 'opt'; readonly edns: Edns }
  /** Types without a form of their own here; positions count from the message's first byte. */
  | { readonly kind: 'fields'; readonly fields: readonly RdataField[] }
  | { readonly kind: 'unknown' }
);

/** The generic form: `\# 4 c0000201`. */
export function unknownRdata(bytes: Uint8Array, start: number, end: number): Rdata {
  return { kind: 'unknown', text: end > start ? `\\# ${end - start} ${hexText(bytes, start, end)}` : '\\# 0' };
}

/**
 * @param base position of the message's first byte, for compression pointers
 * @returns `undefined` when the bytes are not what the type prescribes
 */
export function readRdata(
  type: number,
  bytes: Uint8Array,
  base: number,
  start: number,
  end: number,
): Rdata | undefined {
  switch (type) {
    case DnsType.A:
      return end - start === 4 ? addressRdata(addressText(bytes, start, 4)) : undefined;
    case DnsType.AAAA:
      return end - start === 16 ? addressRdata(addressText(bytes, start, 16)) : undefined;
    case DnsType.NS:
    case DnsType.MD:
    case DnsType.MF:
    case DnsType.CNAME:
    case DnsType.MB:
    case DnsType.MG:
    case DnsType.MR:
    case DnsType.PTR:
    case DnsType['NSAP-PTR']:
    case DnsType.DNAME: {
      const name = wholeName(bytes, base, start, end);
      return name === undefined ? undefined : { kind: 'name', name, text: name };
    }
    case DnsType.SOA:
      return readSoa(bytes, base, start, end);
    case DnsType.MX: {
      const exchange = end - start < 3 ? undefined : wholeName(bytes, base, start + 2, end);
      if (exchange === undefined) return undefined;
      const preference = u16be(bytes, start);
      return { kind: 'mx', preference, exchange, text: `${preference} ${exchange}` };
    }
    case DnsType.TXT:
    case DnsType.HINFO:
    case DnsType.NINFO:
    case DnsType.SPF:
    case DnsType.AVC:
    case DnsType.RESINFO:
    case DnsType.WALLET:
    case DnsType.CLA:
      return readTxt(bytes, start, end);
    case DnsType.SRV:
      return readSrv(bytes, base, start, end);
    case DnsType.CAA:
      return readCaa(bytes, start, end);
    case DnsType.SVCB:
    case DnsType.HTTPS:
      return readSvcb(bytes, start, end);
    default: {
      const isShape = hasShape(type);
      if (!isShape && !hasFields(type)) return unknownRdata(bytes, start, end);
      const fields = isShape ? readShape(type, bytes, base, start, end) : readFields(type, bytes, base, start, end);
      return fields === undefined ? undefined : fieldsRdata(fields, base);
    }
  }
}

function fieldsRdata(fields: readonly RdataField[], base: number): Rdata {
  const moved = fields.map((field) => ({ ...field, start: field.start - base, end: field.end - base }));
  return { kind: 'fields', fields: moved, text: fieldsText(fields) };
}

function addressRdata(address: string): Rdata {
  return { kind: 'address', address, text: address };
}

/** A name that fills `[start, end)` exactly. */
function wholeName(bytes: Uint8Array, base: number, start: number, end: number): string | undefined {
  const name = readMessageName(bytes, base, start, end);
  return 'text' in name && name.next === end ? name.text : undefined;
}

function readSoa(bytes: Uint8Array, base: number, start: number, end: number): Rdata | undefined {
  const mname = readMessageName(bytes, base, start, end);
  if (!('text' in mname)) return undefined;
  const rname = readMessageName(bytes, base, mname.next, end);
  if (!('text' in rname) || end - rname.next !== 20) return undefined;
  const [serial, refresh, retry, expire, minimum] = [0, 4, 8, 12, 16].map((offset) =>
    u32be(bytes, rname.next + offset),
  ) as [number, number, number, number, number];
  const text = `${mname.text} ${rname.text} ${serial} ${refresh} ${retry} ${expire} ${minimum}`;
  return { kind: 'soa', mname: mname.text, rname: rname.text, serial, refresh, retry, expire, minimum, text };
}

/** RFC 1035 §3.3: one or more length-prefixed strings. */
function readTxt(bytes: Uint8Array, start: number, end: number): Rdata | undefined {
  const strings: string[] = [];
  let at = start;
  while (at < end) {
    const stop = at + 1 + bytes[at]!;
    if (stop > end) return undefined;
    strings.push(characterText(bytes, at + 1, stop));
    at = stop;
  }
  return strings.length === 0
    ? undefined
    : { kind: 'txt', strings, text: strings.map((part) => `"${part}"`).join(' ') };
}

/** RFC 2782 forbids a compressed target; mDNS (RFC 6762 §18.14) allows it, so it is read. */
function readSrv(bytes: Uint8Array, base: number, start: number, end: number): Rdata | undefined {
  const target = end - start < 7 ? undefined : wholeName(bytes, base, start + 6, end);
  if (target === undefined) return undefined;
  const priority = u16be(bytes, start);
  const weight = u16be(bytes, start + 2);
  const port = u16be(bytes, start + 4);
  return { kind: 'srv', priority, weight, port, target, text: `${priority} ${weight} ${port} ${target}` };
}

/** RFC 8659 §4.1. */
function readCaa(bytes: Uint8Array, start: number, end: number): Rdata | undefined {
  if (end - start < 2) return undefined;
  const flags = bytes[start]!;
  const valueStart = start + 2 + bytes[start + 1]!;
  if (valueStart > end || valueStart === start + 2) return undefined;
  const tag = characterText(bytes, start + 2, valueStart);
  const value = characterText(bytes, valueStart, end);
  return { kind: 'caa', flags, tag, value, text: `${flags} ${tag} "${value}"` };
}

/** RFC 9460 §2.2. The target is never compressed: with the target itself as the base, no pointer has a place to point to. */
function readSvcb(bytes: Uint8Array, start: number, end: number): Rdata | undefined {
  if (end - start < 3) return undefined;
  const priority = u16be(bytes, start);
  const target = readMessageName(bytes, start + 2, start + 2, end);
  if (!('text' in target)) return undefined;
  const params = readSvcParams(bytes, target.next, end);
  if (params === undefined) return undefined;
  const text = [priority, target.text, ...params.map((param) => param.text)].join(' ');
  return { kind: 'svcb', priority, target: target.text, params, text };
}
