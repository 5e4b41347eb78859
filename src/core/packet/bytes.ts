/**
 * Big- and little-endian reads without a DataView, and text from bytes.
 * Invariant: callers check bounds. A read past the end yields zero bits, never NaN and never a throw.
 */

export function u16be(bytes: Uint8Array, at: number): number {
  return (bytes[at]! << 8) | bytes[at + 1]!;
}

export function u32be(bytes: Uint8Array, at: number): number {
  return ((bytes[at]! << 24) | (bytes[at + 1]! << 16) | (bytes[at + 2]! << 8) | bytes[at + 3]!) >>> 0;
}

export function u16le(bytes: Uint8Array, at: number): number {
  return bytes[at]! | (bytes[at + 1]! << 8);
}

export function u32le(bytes: Uint8Array, at: number): number {
  return (bytes[at]! | (bytes[at + 1]! << 8) | (bytes[at + 2]! << 16) | (bytes[at + 3]! << 24)) >>> 0;
}

const UTF8 = new TextDecoder('utf-8', { ignoreBOM: true });

/** Text of UTF-8 bytes; what is malformed becomes U+FFFD. The result is hostile text like its source. */
export function utf8Text(bytes: Uint8Array, start: number, end: number): string {
  return UTF8.decode(bytes.subarray(start, end));
}

const HEX = '0123456789abcdef';

/** Lower-case hex digits of `[start, end)`, two a byte, no separators. */
export function hexText(bytes: Uint8Array, start: number, end: number): string {
  let text = '';
  for (let at = start; at < end; at++) text += HEX[bytes[at]! >> 4]! + HEX[bytes[at]! & 15]!;
  return text;
}
