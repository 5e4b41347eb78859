/**
 * Names as they stand in a message, compression pointers followed (RFC 1035 §4.1.4).
 * Invariant: a pointer only goes back, behind the start of the labels that led to it, and is followed at most 126 times; both
 * bound the loop and the cost, whatever the bytes are.
 */
import { HEADER_LENGTH } from './header.ts';
import { labelText } from './name.ts';

const LONGEST_NAME = 255;
/** A name has at most 127 labels, the root among them; more jumps than labels are no use but to an attacker. */
const MOST_JUMPS = 126;

export interface MessageName {
  /** Presentation form with the final dot. */
  readonly text: string;
  /** Position after the name where it was read (after the pointer, if it has one). */
  readonly next: number;
}

/** Why there is no readable name at `offset`. */
export interface BadName {
  readonly code: 'name-cut' | 'name-bad-pointer' | 'name-bad-label' | 'name-too-long';
  readonly offset: number;
}

/**
 * @param base position of the message's first byte; pointers count from there
 * @param end  position after the last byte that may belong to the name
 */
export function readMessageName(bytes: Uint8Array, base: number, start: number, end: number): MessageName | BadName {
  let text = '';
  let at = start;
  let segment = start;
  let next = -1;
  let length = 1;
  let jumps = 0;
  for (;;) {
    if (at >= end) return { code: 'name-cut', offset: at };
    const first = bytes[at]!;
    if (first === 0) return { text: text === '' ? '.' : text, next: next < 0 ? at + 1 : next };
    if (first < 64) {
      length += first + 1;
      if (length > LONGEST_NAME) return { code: 'name-too-long', offset: at };
      if (at + 1 + first > end) return { code: 'name-cut', offset: at };
      text += labelText(bytes, at + 1, at + 1 + first) + '.';
      at += 1 + first;
    } else if (first >= 192) {
      if (at + 2 > end) return { code: 'name-cut', offset: at };
      const target = base + (((first & 63) << 8) | bytes[at + 1]!);
      if (target >= segment || target < base + HEADER_LENGTH || ++jumps > MOST_JUMPS)
        return { code: 'name-bad-pointer', offset: at };
      if (next < 0) next = at + 2;
      segment = target;
      at = target;
    } else {
      return { code: 'name-bad-label', offset: at };
    }
  }
}
