/** Service parameters of SVCB and HTTPS records (RFC 9460 §2.2, §7; keys of RFC 9461, 9540 and 9953). */
import { addressText } from '../packet/address.ts';
import { u16be } from '../packet/bytes.ts';
import { characterText } from './characterText.ts';
import { base64Text } from './encodedText.ts';

export interface SvcParam {
  readonly key: number;
  /** Presentation form, such as `alpn=h2,h3` or `key667="…"`. */
  readonly text: string;
}

const KEYS = [
  'mandatory',
  'alpn',
  'no-default-alpn',
  'port',
  'ipv4hint',
  'ech',
  'ipv6hint',
  'dohpath',
  'ohttp',
  'tls-supported-groups',
  'docpath',
];

/** @returns `undefined` when the list does not fill `[start, end)` or its keys do not ascend (RFC 9460 §2.2) */
export function readSvcParams(bytes: Uint8Array, start: number, end: number): readonly SvcParam[] | undefined {
  const params: SvcParam[] = [];
  let last = -1;
  for (let at = start; at < end;) {
    if (end - at < 4) return undefined;
    const key = u16be(bytes, at);
    const stop = at + 4 + u16be(bytes, at + 2);
    if (stop > end || key <= last) return undefined;
    const value = valueText(key, bytes, at + 4, stop);
    params.push({ key, text: value === '' ? keyText(key) : `${keyText(key)}=${value}` });
    last = key;
    at = stop;
  }
  return params;
}

function keyText(key: number): string {
  return KEYS[key] ?? `key${key}`;
}

function valueText(key: number, bytes: Uint8Array, start: number, end: number): string {
  const length = end - start;
  switch (key) {
    case 0:
      if (length % 2 === 0) return every(start, end, 2, (at) => keyText(u16be(bytes, at)));
      break;
    case 1:
      return alpnText(bytes, start, end) ?? generic(bytes, start, end);
    case 3:
      if (length === 2) return String(u16be(bytes, start));
      break;
    case 4:
      if (length % 4 === 0) return every(start, end, 4, (at) => addressText(bytes, at, 4));
      break;
    case 5:
      return base64Text(bytes, start, end);
    case 6:
      if (length % 16 === 0) return every(start, end, 16, (at) => addressText(bytes, at, 16));
      break;
    case 9:
      if (length % 2 === 0) return every(start, end, 2, (at) => String(u16be(bytes, at)));
      break;
    case 10:
      return alpnText(bytes, start, end) ?? generic(bytes, start, end);
    default:
  }
  return generic(bytes, start, end);
}

function every(start: number, end: number, step: number, text: (at: number) => string): string {
  const parts: string[] = [];
  for (let at = start; at < end; at += step) parts.push(text(at));
  return parts.join(',');
}

function alpnText(bytes: Uint8Array, start: number, end: number): string | undefined {
  const names: string[] = [];
  for (let at = start; at < end;) {
    const stop = at + 1 + bytes[at]!;
    if (stop > end) return undefined;
    let name = '';
    for (let k = at + 1; k < stop; k++) name += itemByteText(bytes, k);
    names.push(name);
    at = stop;
  }
  return names.join(',');
}

/** RFC 9460 appendix A.1: a comma or backslash inside an item is escaped for the list, and that again for the string. */
function itemByteText(bytes: Uint8Array, at: number): string {
  if (bytes[at] === 0x2c) return '\\\\,';
  if (bytes[at] === 0x5c) return '\\\\\\\\';
  return characterText(bytes, at, at + 1);
}

function generic(bytes: Uint8Array, start: number, end: number): string {
  return end > start ? `"${characterText(bytes, start, end)}"` : '';
}
