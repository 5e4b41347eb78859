import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { decodeFrame, Frame } from '../../../src/core/packet/frame.ts';
import {
  FragmentReassembler,
  type FragmentLimits,
  type FragmentPlace,
  type IncompletePacket,
} from '../../../src/core/packet/fragments.ts';
import { LinkType } from '../../../src/core/packet/packetSink.ts';
import { fragmentsOf } from '../../support/encapsulation.ts';
import { concat, udpPacket } from '../../support/packetBuilder.ts';

const v4 = { src: '10.96.0.10', dst: '10.0.0.1', sport: 53, dport: 40_000 };
const v6 = { ...v4, src: 'fd00::a', dst: 'fd00::1' };
const payload = Uint8Array.from({ length: 3000 }, (_, k) => k & 255);

function reassembler(limits: Partial<FragmentLimits> = {}): {
  readonly add: (packet: Uint8Array, time?: number) => Uint8Array | undefined;
  readonly table: FragmentReassembler<FragmentPlace>;
  readonly lost: IncompletePacket<FragmentPlace>[];
} {
  const lost: IncompletePacket<FragmentPlace>[] = [];
  const table = new FragmentReassembler<FragmentPlace>((packet) => lost.push(packet), limits);
  const frame = new Frame();
  const add = (packet: Uint8Array, time = 0): Uint8Array | undefined => {
    // In the middle of a larger buffer, as in a chunk of a capture.
    const buffer = concat(new Uint8Array(3), packet, new Uint8Array(9));
    assert.ok(decodeFrame(buffer, 3, 3 + packet.length, LinkType.raw, frame));
    assert.notEqual(frame.fragment, 0);
    return table.add(buffer, frame, { vantage: 0, time });
  };
  return { add, table, lost };
}

/** What the packet's UDP payload is, read as any frame is. */
function payloadOf(packet: Uint8Array): Uint8Array {
  const frame = new Frame();
  assert.ok(decodeFrame(packet, 0, packet.length, LinkType.raw, frame));
  assert.deepEqual([frame.srcPort, frame.dstPort, frame.fragment, frame.clipped], [53, 40_000, 0, false]);
  return packet.slice(frame.payloadStart, frame.payloadEnd);
}

for (const [version, ends] of [
  ['IPv4', v4],
  ['IPv6', v6],
] as const) {
  test(`${version}: any order, each fragment more than once, another packet between`, () => {
    const other = fragmentsOf(udpPacket({ ...ends, payload: new Uint8Array(2000) }), 1480, 8);
    fc.assert(
      fc.property(fc.shuffledSubarray([0, 1, 2, 0, 1, 2], { minLength: 6, maxLength: 6 }), (order) => {
        const { add, table } = reassembler();
        const parts = fragmentsOf(udpPacket({ ...ends, payload }), 1480);
        assert.equal(parts.length, 3);
        add(other[0]!);
        const whole = order.map((k) => add(parts[k]!)).filter((packet) => packet !== undefined);
        assert.equal(whole.length, 1, 'once');
        assert.deepEqual(payloadOf(whole[0]!), payload);
        assert.equal(table.counts.contradictions, 0);
        assert.ok(add(other[1]!));
        assert.equal(table.heldBytes, 0);
      }),
      { numRuns: 100 },
    );
  });

  test(`${version}: different data for one place refuses the packet as a whole`, () => {
    const parts = fragmentsOf(udpPacket({ ...ends, payload }), 1480);
    const forged = parts[1]!.slice();
    forged[forged.length - 1]! ^= 1;
    const shifted = fragmentsOf(udpPacket({ ...ends, payload }), 1000)[1]!;
    for (const bad of [forged, shifted]) {
      const { add, table, lost } = reassembler();
      assert.deepEqual(
        [parts[0], parts[1], bad, parts[2]].map((part) => add(part!)),
        Array(4).fill(undefined),
      );
      assert.equal(table.counts.contradictions, 1);
      assert.equal(table.heldBytes, 0);
      table.expire(Infinity);
      assert.deepEqual(lost, [], 'a refused packet is not one that was lost');
    }
  });
}

test('options of the IP header do not matter', () => {
  const parts = fragmentsOf(udpPacket({ ...v4, payload, options: new Uint8Array(8) }), 1480);
  const { add } = reassembler();
  assert.deepEqual(payloadOf(parts.map((part) => add(part)).at(-1)!), payload);
});

test('the last fragment says where a packet ends: one beyond it, or another end, contradicts it', () => {
  const packet = udpPacket({ ...v4, payload });
  const long = fragmentsOf(packet, 1480);
  const short = fragmentsOf(packet.subarray(0, 20 + 2000), 1480);
  for (const order of [
    [short[1], long[2]],
    [long[2], short[1]],
    [long[1], short[1]],
  ]) {
    const { add, table } = reassembler();
    order.forEach((part) => add(part!));
    assert.equal(table.counts.contradictions, 1);
  }
});

test('fragments that overlap are refused, also when a hole elsewhere makes up for the bytes', () => {
  const packet = udpPacket({ ...v4, payload });
  const parts = fragmentsOf(packet, 512);
  // Bytes 256 to 768 stand in for those of the part that is missing.
  const overlapping = fragmentsOf(packet, 256)[1]!.slice();
  const longer = concat(overlapping.subarray(0, 20), packet.subarray(20 + 256, 20 + 768));
  longer.set([(longer.length >> 8) & 255, longer.length & 255], 2);
  for (const order of [
    [0, 'overlapping', 1],
    [1, 'overlapping', 0],
  ] as const) {
    const { add, table } = reassembler();
    const given = [...order.map((k) => (k === 'overlapping' ? longer : parts[k]!)), ...parts.slice(3)];
    assert.deepEqual(
      given.map((part) => add(part)).filter((whole) => whole !== undefined),
      [],
    );
    assert.equal(table.counts.contradictions, 1);
  }
});

test('a length that is no multiple of 8 before the end, and data beyond 65,535', () => {
  const odd = fragmentsOf(udpPacket({ ...v4, payload }), 1480)[0]!.slice(0, -3);
  odd[3]! -= 3;
  const far = fragmentsOf(udpPacket({ ...v4, payload }), 1480)[2]!.slice();
  far[6] = 0x1f;
  far[7] = 0xff;
  for (const bad of [odd, far]) {
    const { add, table } = reassembler();
    assert.equal(add(bad), undefined);
    assert.equal(table.counts.contradictions, 1);
  }
});

test('what never becomes whole is told, with its beginning', () => {
  const { add, table, lost } = reassembler({ patience: 100 });
  const parts = fragmentsOf(udpPacket({ ...v4, payload }), 1480);
  add(parts[0]!, 5);
  add(parts[2]!, 6);
  table.expire(105);
  assert.equal(lost.length, 0);
  table.expire(106);
  assert.deepEqual([lost.length, lost[0]?.place.time, table.counts.incomplete, table.heldBytes], [1, 5, 1, 0]);
  const frame = new Frame();
  assert.ok(decodeFrame(lost[0]!.beginning!, 0, lost[0]!.beginning!.length, LinkType.raw, frame));
  assert.deepEqual([frame.srcPort, frame.payloadEnd - frame.payloadStart], [53, 1472]);
  add(parts[1]!, 200);
  table.expire(Infinity);
  assert.deepEqual([lost[0]?.othersAreCaptured, lost[1]?.othersAreCaptured], [true, true]);
  assert.equal(lost[1]?.beginning, undefined, 'without its first fragment nobody knows what it was');
});

test('identification comes round again', () => {
  const { add } = reassembler();
  const parts = fragmentsOf(udpPacket({ ...v4, payload }), 1480);
  const count = (time: number): number => parts.filter((part) => add(part, time) !== undefined).length;
  assert.deepEqual([count(0), count(1e6), count(2e9)], [1, 0, 1]);
});

test('memory is bounded in packets, in pieces and in bytes', () => {
  const { add, table, lost } = reassembler({ maxPackets: 10, maxBytes: 20_000, maxPiecesPerPacket: 4 });
  const packet = udpPacket({ ...v4, payload });
  for (let id = 0; id < 1000; id++) {
    add(fragmentsOf(packet, 1480, id)[0]!);
    assert.ok(table.heldBytes <= 20_000);
  }
  assert.equal(lost.length, 990);
  const tiny = fragmentsOf(packet, 8, 5000);
  for (const part of tiny) add(part);
  assert.equal(table.counts.contradictions, 1, 'more pieces than any network makes');
});

test('extension headers before the fragment header stay outside of what is put together', () => {
  const parts = fragmentsOf(udpPacket({ ...v6, payload }), 1480).map((part) => {
    // Hop-by-hop options of 16 bytes and an authentication header of 12 in front of the fragment header.
    const more = concat(Uint8Array.of(51, 1), new Uint8Array(14), Uint8Array.of(44, 1), new Uint8Array(10));
    const whole = concat(part.subarray(0, 40), more, part.subarray(40));
    whole[6] = 0;
    const length = ((part[4]! << 8) | part[5]!) + more.length;
    whole.set([length >> 8, length & 255], 4);
    return whole;
  });
  const { add, table } = reassembler();
  assert.deepEqual(payloadOf(parts.map((part) => add(part)).at(-1)!), payload);
  assert.deepEqual(table.counts, { fragments: 3, reassembled: 1, contradictions: 0, incomplete: 0 });
});

test('one identification may be in use for two protocols, and between other hosts', () => {
  const parts = fragmentsOf(udpPacket({ ...v4, payload }), 1480);
  const { add, table } = reassembler();
  const others = fragmentsOf(udpPacket({ ...v4, src: '10.96.0.11', payload: new Uint8Array(3000) }), 1480);
  const icmp = fragmentsOf(udpPacket({ ...v4, payload: new Uint8Array(3000) }), 1480).map((part) => {
    part[9] = 1;
    return part;
  });
  parts.slice(0, 2).forEach((part, k) => {
    assert.equal(add(part), undefined);
    add(others[k]!);
    add(icmp[k]!);
  });
  assert.deepEqual(payloadOf(add(parts[2]!)!), payload);
  assert.equal(table.counts.contradictions, 0);
});

test('the oldest packet is due when its patience ends, and is given up by whatever comes then', () => {
  const { add, table, lost } = reassembler({ patience: 100 });
  assert.equal(table.due, Infinity);
  const first = fragmentsOf(udpPacket({ ...v4, payload }), 1480, 1)[0]!;
  const other = fragmentsOf(udpPacket({ ...v4, payload }), 1480, 2)[0]!;
  add(first, 5);
  add(other, 50);
  assert.equal(table.due, 105);
  add(fragmentsOf(udpPacket({ ...v4, payload }), 1480, 3)[0]!, 106);
  assert.deepEqual([lost.length, lost[0]?.place.time, lost[0]?.othersAreCaptured, table.due], [1, 5, false, 150]);
});

test('a packet as long as there is, and one byte longer; a fragment without data', () => {
  const last = (length: number): Uint8Array[] => {
    const parts = fragmentsOf(udpPacket({ ...v4, payload: new Uint8Array(100) }), 56);
    const tail = concat(parts[0]!.subarray(0, 20), new Uint8Array(length));
    tail.set([(tail.length >> 8) & 255, tail.length & 255], 2);
    tail.set([0x1f, 0xf0], 6); // offset 65,408
    return [parts[0]!, tail];
  };
  for (const [length, contradictions] of [
    [127, 0],
    [128, 1],
    [0, 1],
  ] as const) {
    const { add, table } = reassembler();
    last(length).forEach((part) => add(part));
    assert.equal(table.counts.contradictions, contradictions, String(length));
  }
});

test('a fragment that ends where the packet does, but says that more follow, contradicts its end', () => {
  const [first, middle] = fragmentsOf(udpPacket({ ...v4, payload }), 1480);
  const end = middle!.slice();
  end[6]! &= ~0x20;
  for (const order of [
    [end, middle],
    [first, end, middle],
  ]) {
    const { add, table } = reassembler();
    order.forEach((part) => add(part!));
    assert.ok(table.counts.contradictions + table.counts.reassembled === 1);
  }
});
