/** The capture of a machine whose clock is `byNs` ahead: a pcap with nanoseconds in little-endian, as the builder writes it, with later times. */
export function shiftedCapture(bytes: Uint8Array, byNs: bigint): Uint8Array {
  const copy = bytes.slice();
  const view = new DataView(copy.buffer);
  for (let at = 24; at < copy.length; at += 16 + view.getUint32(at + 8, true)) {
    const time = BigInt(view.getUint32(at, true)) * 1_000_000_000n + BigInt(view.getUint32(at + 4, true)) + byNs;
    view.setUint32(at, Number(time / 1_000_000_000n), true);
    view.setUint32(at + 4, Number(time % 1_000_000_000n), true);
  }
  return copy;
}
