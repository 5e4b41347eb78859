/** Blocks of a pcapng file (draft-ietf-opsawg-pcapng), little-endian. Pure functions from values to bytes. */

/** An option whose value is text; what is longer than an option may be is cut. */
export type TextOption = readonly [code: number, text: string];

/** opt_comment. */
export const COMMENT = 1;
/** Longest value of an option that keeps its padded length within 16 bits. */
const LONGEST_OPTION = 65_532;
const LONGEST_NAME = 255;
const encoder = new TextEncoder();

export function sectionHeader(options: readonly TextOption[]): Uint8Array {
  const head = new Uint8Array(16);
  const view = new DataView(head.buffer);
  view.setUint32(0, 0x1a2b3c4d, true);
  view.setUint16(4, 1, true);
  view.setBigInt64(8, -1n, true);
  return block(0x0a0d0d0a, [head, optionBytes(options)]);
}

/** Time stamps of its packets count nanoseconds. */
export function interfaceBlock(linkType: number, options: readonly TextOption[]): Uint8Array {
  const head = new Uint8Array(8);
  new DataView(head.buffer).setUint16(0, linkType, true);
  // if_tsresol (code 9) = 9.
  const resolution = new Uint8Array([9, 0, 1, 0, 9, 0, 0, 0]);
  return block(1, [head, resolution, optionBytes(options)]);
}

/** @param timeNs epoch ns */
export function packetBlock(
  interfaceIndex: number,
  timeNs: bigint,
  packet: Uint8Array,
  originalLength: number,
  comment?: string,
): Uint8Array {
  const head = new Uint8Array(20);
  const view = new DataView(head.buffer);
  view.setUint32(0, interfaceIndex, true);
  view.setUint32(4, Number(timeNs >> 32n), true);
  view.setUint32(8, Number(timeNs & 0xffff_ffffn), true);
  view.setUint32(12, packet.length, true);
  view.setUint32(16, originalLength, true);
  return block(6, comment === undefined ? [head, packet] : [head, packet, optionBytes([[COMMENT, comment]])]);
}

/** Draft §4.5: what stands behind addresses. The names are UTF-8 without NUL. */
export function nameResolutionBlock(
  records: readonly { readonly address: Uint8Array; readonly name: string }[],
): Uint8Array {
  const parts = records.map(({ address, name }) => {
    const text = encoder.encode(name.replaceAll('\0', '')).subarray(0, LONGEST_NAME);
    const length = address.length + text.length + 1;
    const part = new Uint8Array(4 + padded(length));
    const view = new DataView(part.buffer);
    view.setUint16(0, address.length === 4 ? 1 : 2, true);
    view.setUint16(2, length, true);
    part.set(address, 4);
    part.set(text, 4 + address.length);
    return part;
  });
  // nrb_record_end, opt_endofopt
  return block(4, [...parts, new Uint8Array(8)]);
}

function optionBytes(options: readonly TextOption[]): Uint8Array {
  const parts: Uint8Array[] = [];
  for (const [code, text] of options) {
    const value = encoder.encode(text).subarray(0, LONGEST_OPTION);
    const part = new Uint8Array(4 + padded(value.length));
    const view = new DataView(part.buffer);
    view.setUint16(0, code, true);
    view.setUint16(2, value.length, true);
    part.set(value, 4);
    parts.push(part);
  }
  // opt_endofopt
  parts.push(new Uint8Array(4));
  return Buffer.concat(parts);
}

function block(type: number, parts: readonly Uint8Array[]): Uint8Array {
  const length = parts.reduce((sum, part) => sum + padded(part.length), 12);
  const bytes = new Uint8Array(length);
  const view = new DataView(bytes.buffer);
  view.setUint32(0, type, true);
  view.setUint32(4, length, true);
  let at = 8;
  for (const part of parts) {
    bytes.set(part, at);
    at += padded(part.length);
  }
  view.setUint32(length - 4, length, true);
  return bytes;
}

function padded(length: number): number {
  return (length + 3) & ~3;
}
