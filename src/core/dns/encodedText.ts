/** Bytes as the text encodings that record presentation formats prescribe (RFC 4648). */

const BASE64 = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/';
const BASE32_HEX = '0123456789abcdefghijklmnopqrstuv';

/** RFC 4648 §4, padded. */
export function base64Text(bytes: Uint8Array, start: number, end: number): string {
  let text = '';
  for (let at = start; at < end; at += 3) {
    const left = end - at;
    const group = (bytes[at]! << 16) | ((left > 1 ? bytes[at + 1]! : 0) << 8) | (left > 2 ? bytes[at + 2]! : 0);
    text += BASE64[group >>> 18]! + BASE64[(group >>> 12) & 63]!;
    text += (left > 1 ? BASE64[(group >>> 6) & 63]! : '=') + (left > 2 ? BASE64[group & 63]! : '=');
  }
  return text;
}

/** RFC 4648 §7, lower case and without padding, as NSEC3 writes hashed names (RFC 5155 §3.3). */
export function base32HexText(bytes: Uint8Array, start: number, end: number): string {
  let text = '';
  let held = 0;
  let bits = 0;
  for (let at = start; at < end; at++) {
    held = ((held << 8) | bytes[at]!) & 0xfff;
    for (bits += 8; bits >= 5; bits -= 5) text += BASE32_HEX[(held >>> (bits - 5)) & 31]!;
  }
  return bits > 0 ? text + BASE32_HEX[(held << (5 - bits)) & 31]! : text;
}
