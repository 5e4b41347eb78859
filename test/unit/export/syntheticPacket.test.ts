import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { syntheticPacket, type SyntheticPacket } from '../../../src/core/export/syntheticPacket.ts';
import { decodeFrame, Frame } from '../../../src/core/packet/frame.ts';
import { LinkType } from '../../../src/core/packet/packetSink.ts';
import { concat } from '../../support/packetBuilder.ts';

const IP = 20;
const address = fc.oneof(fc.constant(4), fc.constant(16)).chain((length) => {
  const bytes = fc.uint8Array({ minLength: length, maxLength: length });
  return fc.tuple(bytes, bytes);
});
const port = fc.nat(65_535);
const packet: fc.Arbitrary<SyntheticPacket> = fc
  .record({
    ends: address,
    sourcePort: port,
    targetPort: port,
    protocol: fc.constantFrom('udp' as const, 'tcp' as const),
    sequence: fc.nat(0xffff_ffff),
    flags: fc.nat(63),
    direction: fc.constantFrom(0 as const, 1 as const, 2 as const),
    payload: fc.uint8Array({ maxLength: 300 }),
  })
  .map(({ ends: [source, target], ...rest }) => ({ source, target, ...rest }));

/** The Internet checksum over bytes that hold it comes to all ones (RFC 1071 §1). */
function isSound(...parts: readonly Uint8Array[]): boolean {
  let sum = 0;
  for (const part of parts) for (let at = 0; at < part.length; at += 2) sum += (part[at]! << 8) | (part[at + 1] ?? 0);
  while (sum > 0xffff) sum = (sum & 0xffff) + (sum >>> 16);
  return sum === 0xffff;
}

test('reads back as what it was made of, with sound checksums', () => {
  fc.assert(
    fc.property(packet, (spec) => {
      const bytes = syntheticPacket(spec);
      const frame = new Frame();
      assert.ok(decodeFrame(bytes, 0, bytes.length, LinkType.linuxSll2, frame));
      const isUdp = spec.protocol === 'udp';
      assert.deepEqual(
        [frame.srcPort, frame.dstPort, frame.direction, frame.protocol, frame.clipped, frame.fragment],
        [spec.sourcePort, spec.targetPort, spec.direction, isUdp ? 17 : 6, false, 0],
      );
      if (!isUdp) assert.deepEqual([frame.tcpSeq, frame.tcpFlags], [spec.sequence, spec.flags]);
      const at = (start: number, length: number): Uint8Array => bytes.slice(start, start + length);
      assert.deepEqual(at(frame.srcStart, frame.addressLength), spec.source);
      assert.deepEqual(at(frame.dstStart, frame.addressLength), spec.target);
      assert.deepEqual(bytes.slice(frame.payloadStart, frame.payloadEnd), spec.payload);
      const isV4 = spec.source.length === 4;
      if (isV4) assert.ok(isSound(at(IP, 20)));
      const transport = bytes.slice(IP + (isV4 ? 20 : 40));
      const pseudo = Uint8Array.of(0, frame.protocol, transport.length >> 8, transport.length & 255);
      assert.ok(isSound(spec.source, spec.target, pseudo, transport));
      assert.ok(bytes[IP + (isV4 ? 8 : 7)]! > 1, 'it may travel');
    }),
    { numRuns: 300 },
  );
});

test('what is longer than a length field can say reads back whole', () => {
  for (const length of [4, 16]) {
    for (const protocol of ['udp', 'tcp'] as const) {
      for (const size of [65_400, 65_535, 70_000]) {
        const payload = new Uint8Array(size).fill(7);
        const ends = { source: new Uint8Array(length).fill(1), target: new Uint8Array(length).fill(2) };
        const spec = {
          ...ends,
          sourcePort: 53,
          targetPort: 9,
          protocol,
          sequence: 0,
          flags: 16,
          direction: 0,
          payload,
        };
        const bytes = syntheticPacket({ ...spec, direction: 0 });
        const frame = new Frame();
        assert.ok(decodeFrame(bytes, 0, bytes.length, LinkType.linuxSll2, frame));
        assert.deepEqual([frame.payloadEnd - frame.payloadStart, frame.clipped], [size, false]);
      }
    }
  }
});

test('a UDP checksum of zero is sent as ones: zero says that there is none (RFC 768)', () => {
  const ends = {
    source: Uint8Array.of(10, 0, 0, 1),
    target: Uint8Array.of(10, 0, 0, 2),
    sourcePort: 0,
    targetPort: 53,
  };
  const made = (payload: Uint8Array): Uint8Array =>
    syntheticPacket({ ...ends, protocol: 'udp', sequence: 0, flags: 0, direction: 0, payload });
  const rest = made(Uint8Array.of(0, 0)).slice(IP + 26, IP + 28);
  // Two bytes that bring the sum to zero.
  assert.deepEqual(made(rest).slice(IP + 26, IP + 28), Uint8Array.of(0xff, 0xff));
  assert.ok(isSound(concat(ends.source, ends.target), Uint8Array.of(0, 17, 0, 10), made(rest).slice(IP + 20)));
});
