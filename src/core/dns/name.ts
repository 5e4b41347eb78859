/**
 * Names between wire form (uncompressed labels with the root label) and presentation text. The text is lossless:
 * RFC 1035 §5.1 escapes (`\.`, `\\`, `\DDD`) keep every byte, so it may serve as the name's value.
 */
import type { Problem } from '../../base/problem.ts';

const LONGEST_LABEL = 63;
const LONGEST_NAME = 255;

/**
 * @returns presentation form with the final dot, `.` for the root. Bytes beyond the name's end are not read: a name that is
 *          cut gives the labels that are there
 */
export function nameText(bytes: Uint8Array, start: number, end: number): string {
  let text = '';
  for (let at = start; at < end;) {
    const length = bytes[at]!;
    if (length === 0 || length > LONGEST_LABEL) break;
    const stop = Math.min(at + 1 + length, end);
    text += labelText(bytes, at + 1, stop) + '.';
    at = stop;
  }
  return text === '' ? '.' : text;
}

/** One label's bytes as presentation text. */
export function labelText(bytes: Uint8Array, start: number, end: number): string {
  let text = '';
  for (let at = start; at < end; at++) {
    const byte = bytes[at]!;
    if (byte === 0x2e || byte === 0x5c) text += '\\' + String.fromCharCode(byte);
    else if (byte > 0x20 && byte < 0x7f) text += String.fromCharCode(byte);
    else text += '\\' + String(byte).padStart(3, '0');
  }
  return text;
}

/** Why a text is no name; `offset` counts UTF-16 units of the text. */
export interface NameTextProblem extends Problem {
  readonly offset: number;
}

export interface ParsedNameText {
  /** Wire form with the root label; `undefined` when the text is no name. */
  readonly value: Uint8Array | undefined;
  readonly problems: readonly NameTextProblem[];
}

/** Reads presentation text; a missing final dot is understood. Bytes outside ASCII must be written as `\DDD`. */
export function parseNameText(text: string): ParsedNameText {
  if (text === '.') return { value: new Uint8Array(1), problems: [] };
  const wire: number[] = [0];
  let labelStart = 0;
  let at = 0;
  const fail = (code: string, offset: number, detail: string): ParsedNameText => ({
    value: undefined,
    problems: [{ code, detail, offset }],
  });
  if (text === '') return fail('name-empty', 0, 'The name is empty; the root is written as a dot');
  while (at < text.length) {
    const offset = at;
    const character = text[at++]!;
    if (character === '.') {
      const length = wire.length - labelStart - 1;
      if (length === 0) return fail('name-empty-label', offset, 'Two dots stand without a label between them');
      wire[labelStart] = length;
      labelStart = wire.length;
      wire.push(0);
      if (wire.length > LONGEST_NAME) return fail('name-too-long', offset, 'The name has more than 255 bytes');
      continue;
    }
    let byte = character.charCodeAt(0);
    if (character === '\\') {
      const digits = /^[0-9]{3}/.exec(text.slice(at, at + 3))?.[0];
      if (digits !== undefined) {
        byte = Number(digits);
        at += 3;
        if (byte > 255) return fail('name-bad-escape', offset, `\\${digits} is no byte; the largest is \\255`);
      } else {
        if (at >= text.length || /[0-9]/.test(text[at]!))
          return fail('name-bad-escape', offset, 'A backslash needs three digits or a character after it');
        byte = text.charCodeAt(at++);
      }
    }
    if (byte > 0x7f && (character !== '\\' || at - offset !== 4)) {
      return fail(
        'name-not-ascii',
        offset,
        'The name has a character outside ASCII; write it in its xn-- form or as \\DDD',
      );
    }
    wire.push(byte);
    if (wire.length - labelStart - 1 > LONGEST_LABEL)
      return fail('name-label-too-long', offset, 'A label has more than 63 bytes');
    if (wire.length > LONGEST_NAME) return fail('name-too-long', offset, 'The name has more than 255 bytes');
  }
  const last = wire.length - labelStart - 1;
  if (last > 0) {
    wire[labelStart] = last;
    wire.push(0);
    if (wire.length > LONGEST_NAME) return fail('name-too-long', text.length, 'The name has more than 255 bytes');
  }
  return { value: Uint8Array.from(wire), problems: [] };
}

/** A copy of wire-form bytes with ASCII letters lower-cased (RFC 4343 §3); all other bytes stay. */
export function lowerCaseName(bytes: Uint8Array, start = 0, end = bytes.length): Uint8Array {
  const copy = bytes.slice(start, end);
  for (let at = 0; at < copy.length; at++) {
    const byte = copy[at]!;
    if (byte >= 65 && byte <= 90) copy[at] = byte | 32;
  }
  return copy;
}

/** Text with ASCII letters lower-cased and all else untouched, whatever the locale. */
export function asciiLowerCase(text: string): string {
  return text.replace(/[A-Z]+/g, (letters) => letters.toLowerCase());
}
