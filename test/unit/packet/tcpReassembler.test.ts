import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import { addressText } from '../../../src/core/packet/address.ts';
import { Frame, TcpFlag, decodeFrame } from '../../../src/core/packet/frame.ts';
import { LinkType } from '../../../src/core/packet/packetSink.ts';
import {
  TcpReassembler,
  type TcpMessageSink,
  type TcpReassemblyLimits,
} from '../../../src/core/packet/tcpReassembler.ts';
import type { SegmentPlace } from '../../../src/core/packet/tcpStream.ts';
import { concat, dnsQuery, dnsResponse, tcpFramed, tcpPacket } from '../../support/packetBuilder.ts';

const { syn, fin, rst, ack } = TcpFlag;
const NOTHING = new Uint8Array(0);
const FIRST_SEQ = 0xffff_fff0; // so that every stream wraps around

interface Segment {
  /** Offset in the stream of its first byte. */
  readonly at: number;
  readonly bytes?: Uint8Array;
  readonly flags?: number;
  readonly time?: number;
  readonly sport?: number;
  readonly vantage?: number;
}

interface Delivered {
  readonly hex: string;
  readonly afterGap: boolean;
  readonly time: number;
  readonly from: string;
}

class Rig {
  readonly delivered: Delivered[] = [];
  readonly reassembler: TcpReassembler<SegmentPlace>;
  readonly #frame = new Frame();

  constructor(limits: Partial<TcpReassemblyLimits> = {}) {
    const onTcpMessage: TcpMessageSink<SegmentPlace>['onTcpMessage'] = (message, start, end, origin, { time }) => {
      const hex = Buffer.from(message.subarray(start, end)).toString('hex');
      const address = (bytes: Uint8Array): string => addressText(bytes, 0, origin.addressLength);
      const from = `${origin.vantage} ${address(origin.src)}:${origin.srcPort} > ${address(origin.dst)}:${origin.dstPort}`;
      this.delivered.push({ hex, afterGap: origin.afterGap, time, from });
    };
    this.reassembler = new TcpReassembler({ onTcpMessage }, limits);
  }

  send(...segments: readonly Segment[]): this {
    for (const { at, bytes = NOTHING, flags = ack, time = 0, sport = 40_000, vantage = 0 } of segments) {
      const seq = (FIRST_SEQ + at) >>> 0;
      const packet = tcpPacket({ src: '10.0.0.1', dst: '10.0.0.2', sport, dport: 53, seq, flags, payload: bytes });
      assert.ok(decodeFrame(packet, 0, packet.length, LinkType.raw, this.#frame));
      this.reassembler.segment(vantage, packet, this.#frame, { time });
      packet.fill(0xee); // the reassembler owns nothing it was shown
    }
    return this;
  }

  get hexes(): readonly string[] {
    return this.delivered.map(({ hex }) => hex);
  }
}

const hexOf = (message: Uint8Array): string => Buffer.from(message).toString('hex');
const queries = (count: number): Uint8Array[] =>
  Array.from({ length: count }, (_, k) => dnsQuery({ id: k, name: `name-${k}.example.com` }));
const SYN: Segment = { at: -1, flags: syn };

describe('in order', () => {
  const [first, second, third] = queries(3) as [Uint8Array, Uint8Array, Uint8Array];

  test('several messages in a segment (RFC 1035 §4.2.2), with where they came from', () => {
    const rig = new Rig().send(SYN, { at: 0, bytes: tcpFramed(first, second, third), time: 5, vantage: 0 });
    assert.deepEqual(rig.hexes, [first, second, third].map(hexOf));
    assert.deepEqual(rig.delivered[2], {
      hex: hexOf(third),
      afterGap: false,
      time: 5,
      from: '0 10.0.0.1:40000 > 10.0.0.2:53',
    });
  });

  test('one message over many segments, the length alone in the first', () => {
    const bytes = tcpFramed(first);
    const rig = new Rig().send(SYN, { at: 0, bytes: bytes.subarray(0, 2) });
    for (let at = 2; at < bytes.length; at++) rig.send({ at, bytes: bytes.subarray(at, at + 1), time: at });
    assert.deepEqual(rig.hexes, [hexOf(first)]);
    assert.equal(rig.delivered[0]!.time, bytes.length - 1);
  });

  test('a whole message is delivered where it lies, without a copy', () => {
    let shared: boolean | undefined;
    const frame = new Frame();
    const bytes = tcpFramed(first);
    const packet = tcpPacket({ src: '10.0.0.1', dst: '10.0.0.2', sport: 1, dport: 53, seq: 1, payload: bytes });
    assert.ok(decodeFrame(packet, 0, packet.length, LinkType.raw, frame));
    new TcpReassembler({ onTcpMessage: (message): boolean => (shared = message === packet) }).segment(
      0,
      packet,
      frame,
      { time: 0 },
    );
    assert.equal(shared, true);
  });

  test('vantages and ports are streams of their own', () => {
    const bytes = tcpFramed(first);
    const half = bytes.subarray(0, 20);
    const rig = new Rig().send({ at: 0, bytes: half }, { at: 0, bytes, vantage: 1 }, { at: 0, bytes, sport: 1 });
    assert.equal(rig.delivered.length, 2);
    assert.equal(rig.reassembler.streamCount, 3);
  });

  test('addresses make streams too, and a bare acknowledgement makes none', () => {
    const frame = new Frame();
    const seen: string[] = [];
    const reassembler = new TcpReassembler({
      onTcpMessage: (_message, _start, _end, origin): unknown =>
        seen.push(addressText(origin.src, 0, origin.addressLength)),
    });
    const bytes = tcpFramed(first);
    const send = (src: string, dst: string, payload: Uint8Array, seq: number): void => {
      const packet = tcpPacket({ src, dst, sport: 1, dport: 53, seq, payload });
      assert.ok(decodeFrame(packet, 0, packet.length, LinkType.raw, frame));
      reassembler.segment(0, packet, frame, { time: 0 });
    };
    const ways = [
      ['10.0.0.1', '10.0.0.9'],
      ['11.0.0.1', '10.0.0.9'],
      ['10.0.0.1', '11.0.0.9'],
      ['fd00::1', 'fd00::9'],
    ] as const;
    for (const [src, dst] of ways) send(src, dst, bytes.subarray(0, 20), 1);
    for (const [src, dst] of ways) send(src, dst, bytes.subarray(20), 21);
    send('10.0.0.7', '10.0.0.9', NOTHING, 1);
    assert.deepEqual(seen, ['10.0.0.1', '11.0.0.1', '10.0.0.1', 'fd00::1']);
    assert.equal(reassembler.streamCount, 4);
  });

  test('data with the SYN (fast open), and a FIN with the last data', () => {
    const rig = new Rig().send({ at: -1, flags: syn, bytes: tcpFramed(first) });
    rig.send({ at: first.length + 2, bytes: tcpFramed(second), flags: ack | fin });
    assert.deepEqual(rig.hexes, [first, second].map(hexOf));
    assert.equal(rig.reassembler.heldBytes, 0);
  });

  test('the same ports again: a new SYN starts anew, also without an end of the old connection', () => {
    const rig = new Rig().send(SYN, { at: 0, bytes: tcpFramed(first).subarray(0, 9) });
    rig.send({ at: 999_999, flags: syn }, { at: 1_000_000, bytes: tcpFramed(second) });
    assert.deepEqual(rig.hexes, [hexOf(second)]);
    assert.equal(rig.delivered[0]!.afterGap, false);
  });

  test('after a SYN any length begins a message, also one without a question (the rest of a zone transfer)', () => {
    const message = Uint8Array.of(0, 7, 0x84, 0, 0, 0, 0, 0, 0, 0, 0, 0);
    assert.deepEqual(new Rig().send(SYN, { at: 0, bytes: tcpFramed(message) }).hexes, [hexOf(message)]);
  });

  test('a repeated SYN, and repeats after FIN and RST, deliver nothing twice', () => {
    const bytes = tcpFramed(first);
    for (const last of [fin, rst]) {
      const rig = new Rig().send(SYN, { at: 0, bytes }, SYN, { at: 0, bytes }, { at: bytes.length, flags: last | ack });
      rig.send({ at: 0, bytes }, SYN, { at: 0, bytes }, { at: bytes.length, flags: last | ack });
      assert.deepEqual(rig.hexes, [hexOf(first)]);
    }
  });

  test('a keep-alive (one old byte) changes nothing', () => {
    const bytes = tcpFramed(first, second);
    const rig = new Rig().send(SYN, { at: 0, bytes: bytes.subarray(0, 30) }, { at: 29, bytes: Uint8Array.of(0) });
    assert.deepEqual(rig.send({ at: 30, bytes: bytes.subarray(30) }).hexes, [first, second].map(hexOf));
  });
});

describe('holes', () => {
  const messages = queries(40);
  const bytes = tcpFramed(...messages);
  const size = messages[0]!.length + 2;

  test('a lost segment: given up at the end of the capture, the first message after it says so', () => {
    const rig = new Rig().send(
      SYN,
      { at: 0, bytes: bytes.subarray(0, size + 7) },
      { at: 2 * size + 9, bytes: bytes.subarray(2 * size + 9) },
    );
    assert.equal(rig.delivered.length, 1);
    rig.reassembler.end();
    assert.deepEqual(rig.hexes, [messages[0]!, ...messages.slice(3)].map(hexOf));
    assert.deepEqual(rig.delivered.map(({ afterGap }) => afterGap).slice(0, 3), [false, true, false]);
    assert.deepEqual(rig.reassembler.counts, {
      messages: messages.length - 2,
      gaps: 1,
      unframedBytes: 7 + size - 9,
      evictedStreams: 0,
      evictedBytes: 0,
    });
    assert.deepEqual([rig.reassembler.streamCount, rig.reassembler.heldBytes], [0, 0]);
  });

  test('patience ends by time', () => {
    const rig = new Rig({ holePatience: 1000 }).send(SYN, {
      at: size,
      bytes: bytes.subarray(size, 2 * size),
      time: 10,
    });
    assert.equal(rig.delivered.length, 0);
    rig.send({ at: 2 * size, bytes: bytes.subarray(2 * size, 3 * size), time: 1011 });
    assert.deepEqual(rig.hexes, messages.slice(1, 3).map(hexOf));
    assert.deepEqual(
      rig.delivered.map(({ afterGap }) => afterGap),
      [true, false],
    );
  });

  test('patience counts from when the hole showed, however quiet the stream was before', () => {
    const part = (k: number): Segment => ({ at: k * size, bytes: bytes.subarray(k * size, (k + 1) * size) });
    const rig = new Rig({ holePatience: 1000 }).send(SYN, part(0));
    rig.send({ ...part(2), time: 50_000 }, { ...part(3), time: 50_900 }, { ...part(1), time: 51_000 });
    assert.deepEqual(rig.hexes, messages.slice(0, 4).map(hexOf));
    rig.send({ ...part(5), time: 90_000 }, { ...part(6), time: 90_900 }, { ...part(7), time: 91_001 });
    assert.deepEqual(rig.hexes.slice(4), messages.slice(5, 8).map(hexOf));
  });

  test('patience ends by size', () => {
    const rig = new Rig({ maxBytesPerStream: 1000 }).send(SYN);
    for (let k = 1; k < 30; k++) rig.send({ at: k * size, bytes: bytes.subarray(k * size, (k + 1) * size) });
    assert.ok(rig.reassembler.heldBytes <= 1000 + size + 64);
    assert.ok(rig.delivered.length > 20);
    assert.equal(rig.reassembler.counts.gaps, 1);
  });

  test('a stream that went quiet is given up on demand, and only then', () => {
    const rig = new Rig({ holePatience: 1000 }).send(SYN, {
      at: size,
      bytes: bytes.subarray(size, 2 * size),
      time: 10,
    });
    rig.send({ at: 0, bytes: bytes.subarray(0, 9), sport: 7, time: 500 });
    rig.reassembler.expire(1010);
    assert.deepEqual(rig.hexes, []);
    rig.reassembler.expire(5000);
    assert.deepEqual(rig.hexes, [hexOf(messages[1]!)]);
    assert.ok(rig.reassembler.heldBytes < 2 * size, 'the message begun elsewhere is all that is held');
    rig.send({ at: 9, bytes: bytes.subarray(9, size), sport: 7, time: 5001 });
    assert.deepEqual(rig.hexes, [messages[1]!, messages[0]!].map(hexOf));
  });

  test('a stream that went quiet is given up while others go on, and its messages came when they were captured', () => {
    const rig = new Rig({ holePatience: 1000 }).send(SYN);
    for (const k of [2, 3, 5]) rig.send({ at: k * size, bytes: bytes.subarray(k * size, (k + 1) * size), time: k });
    rig.send({ at: 0, sport: 7, bytes: tcpFramed(messages[0]!), time: 900 });
    assert.equal(rig.delivered.length, 1);
    rig.send({ at: size, sport: 7, bytes: tcpFramed(messages[0]!), time: 2000 });
    assert.deepEqual(
      rig.delivered.map(({ time }) => time),
      [900, 2, 3, 5, 2000],
    );
  });

  test('an early segment that repeats is kept once', () => {
    const rig = new Rig().send(SYN, { at: size, bytes: bytes.subarray(size, 2 * size) });
    const held = rig.reassembler.heldBytes;
    for (let k = 0; k < 9; k++) rig.send({ at: size + k, bytes: bytes.subarray(size + k, 2 * size) });
    assert.equal(rig.reassembler.heldBytes, held);
  });

  test('eviction delivers what is whole behind a hole', () => {
    const rig = new Rig({ maxStreams: 1 }).send(SYN, { at: size, bytes: bytes.subarray(size, 2 * size) });
    rig.send({ at: -1, flags: syn, sport: 7 });
    assert.deepEqual(rig.hexes, [hexOf(messages[1]!)]);
    assert.equal(rig.reassembler.counts.evictedStreams, 0);
  });

  test('RST ends the waiting, and so does another SYN', () => {
    for (const last of [
      { at: 2 * size, flags: rst },
      { at: 999_999, flags: syn },
    ]) {
      const rig = new Rig().send(SYN, { at: size, bytes: bytes.subarray(size, 2 * size) }, last);
      assert.deepEqual(rig.hexes, [hexOf(messages[1]!)]);
    }
  });
});

describe('another connection on the same ports, whose beginning was not captured', () => {
  const [first, second, third] = queries(3) as [Uint8Array, Uint8Array, Uint8Array];
  const far = 1 << 25;

  test('a sequence number far off, either way, goes on there; what was begun is given up', () => {
    for (const at of [far, -far]) {
      const rig = new Rig().send(SYN, { at: 0, bytes: concat(tcpFramed(first), Uint8Array.of(0, 99, 1)) });
      rig.send({ at, bytes: tcpFramed(second) });
      assert.deepEqual(rig.hexes, [first, second].map(hexOf));
      assert.deepEqual([rig.delivered[1]!.afterGap, rig.reassembler.counts.unframedBytes], [true, 3]);
      rig.send({ at: at + second.length + 2, bytes: tcpFramed(third) });
      assert.deepEqual([rig.delivered[2]?.hex, rig.delivered[2]?.afterGap], [hexOf(third), false]);
      assert.equal(rig.send({ at: at - 1, flags: syn }, { at, bytes: tcpFramed(first) }).delivered.length, 4);
    }
  });

  test('it goes on where its messages begin, and like any other', () => {
    const bytes = tcpFramed(second, third);
    const rig = new Rig().send(SYN, { at: 0, bytes: tcpFramed(first) });
    rig.send({ at: far + 9, bytes: bytes.subarray(9, 70) }, { at: far + 70, bytes: bytes.subarray(70) });
    assert.deepEqual(rig.hexes, [first, third].map(hexOf));
  });

  test('what waited behind a hole is delivered before', () => {
    const rig = new Rig().send(SYN, { at: 100, bytes: tcpFramed(first) }, { at: far, bytes: tcpFramed(second) });
    assert.deepEqual(rig.hexes, [first, second].map(hexOf));
    assert.equal(rig.reassembler.counts.gaps, 1);
  });

  test('after an end, data beyond it is new, and before it old', () => {
    const bytes = tcpFramed(first);
    for (const last of [fin, rst]) {
      const rig = new Rig().send(SYN, { at: 0, bytes }, { at: bytes.length, flags: last | ack });
      rig.send({ at: 0, bytes }, { at: 5000, bytes: tcpFramed(second) }, { at: 5000, bytes: tcpFramed(second) });
      assert.deepEqual(rig.hexes, [first, second].map(hexOf));
      assert.equal(rig.reassembler.counts.unframedBytes, 0);
    }
  });

  test('an end that is all that was seen of a connection ends it', () => {
    const rig = new Rig().send({ at: 0, flags: fin | ack });
    assert.deepEqual(rig.send({ at: -40, bytes: new Uint8Array(40) }).delivered, []);
    assert.equal(rig.reassembler.heldBytes, 0);
  });

  test('an end that comes before the data in front of it waits for them, whether the beginning was captured or not', () => {
    const bytes = tcpFramed(first);
    for (const before of [[SYN], []]) {
      const rig = new Rig().send(...before, { at: bytes.length, flags: fin | ack }, { at: 0, bytes });
      assert.deepEqual(rig.hexes, [hexOf(first)]);
      rig.send({ at: 0, bytes }, { at: bytes.length + 1, bytes: tcpFramed(second) });
      assert.deepEqual(rig.hexes, [first, second].map(hexOf), 'it was an end: what follows is new');
    }
  });
});

describe('picked up in mid-stream', () => {
  const messages = queries(3);
  const bytes = tcpFramed(...messages);

  test('at a message start: nothing is lost', () => {
    assert.deepEqual(new Rig().send({ at: 0, bytes }).hexes, messages.map(hexOf));
    assert.equal(new Rig().send({ at: 0, bytes }).delivered[0]!.afterGap, false);
  });

  test('inside a message: from the next one on, marked', () => {
    for (const start of [1, 2, 3, 13, 20]) {
      const rig = new Rig().send({ at: start, bytes: bytes.subarray(start) });
      assert.deepEqual(rig.hexes, messages.slice(1).map(hexOf));
      assert.equal(rig.delivered[0]!.afterGap, true);
    }
  });

  test('byte by byte', () => {
    const rig = new Rig();
    for (let at = 5; at < bytes.length; at++) rig.send({ at, bytes: bytes.subarray(at, at + 1) });
    assert.deepEqual(rig.hexes, messages.slice(1).map(hexOf));
  });

  test('a start that two segments share, with more messages behind it', () => {
    const more = tcpFramed(...queries(6));
    const whole = concat(Uint8Array.of(9, 9, 9), more);
    for (let cut = 4; cut < 30; cut++) {
      const rig = new Rig().send({ at: 0, bytes: whole.subarray(0, cut) }, { at: cut, bytes: whole.subarray(cut) });
      assert.deepEqual(rig.hexes, queries(6).map(hexOf), String(cut));
    }
  });

  test('what is not DNS (TLS on port 853) frames nothing and holds little', () => {
    const rig = new Rig();
    const noise = Uint8Array.from({ length: 1400 }, (_, k) => (Math.imul(k, 2_654_435_761) >>> 13) & 255);
    for (let k = 0; k < 50; k++) rig.send({ at: k * 1400, bytes: noise });
    assert.equal(rig.delivered.length, 0);
    assert.ok(rig.reassembler.heldBytes < 4096);
    assert.ok(rig.reassembler.counts.unframedBytes > 69_000);
  });

  test('a length no message can have ends the framing until the next start', () => {
    const rig = new Rig().send(SYN, {
      at: 0,
      bytes: concat(tcpFramed(messages[0]!), Uint8Array.of(0, 3, 9, 9, 9), tcpFramed(messages[1]!)),
    });
    assert.deepEqual(rig.hexes, messages.slice(0, 2).map(hexOf));
    assert.equal(rig.delivered[1]!.afterGap, true);
  });

  test('nor does one in two segments, or behind a start that was searched for', () => {
    const bad = Uint8Array.of(0, 3, 9, 9, 9);
    const bytes = concat(tcpFramed(messages[0]!), bad, tcpFramed(messages[1]!));
    const at = messages[0]!.length + 3;
    const split = new Rig().send(SYN, { at: 0, bytes: bytes.subarray(0, at) }, { at, bytes: bytes.subarray(at) });
    assert.deepEqual(split.hexes, messages.slice(0, 2).map(hexOf));
    const searched = new Rig().send({ at: 0, bytes: bytes.subarray(0, 9) }, { at: 9, bytes: bytes.subarray(9) });
    assert.deepEqual(searched.hexes, messages.slice(0, 2).map(hexOf));
  });
});

describe('limits', () => {
  const bytes = tcpFramed(queries(1)[0]!);

  test('streams: the least recently used one goes', () => {
    const rig = new Rig({ maxStreams: 2 });
    for (const sport of [1, 2]) rig.send({ at: -1, flags: syn, sport }, { at: 0, bytes: bytes.subarray(0, 10), sport });
    rig.send({ at: 10, bytes: bytes.subarray(10, 11), sport: 1 }, { at: -1, flags: syn, sport: 3 });
    rig.send({ at: 11, bytes: bytes.subarray(11), sport: 1 });
    assert.equal(rig.delivered.length, 1);
    assert.deepEqual([rig.reassembler.streamCount, rig.reassembler.counts.evictedStreams], [2, 1]);
    assert.ok(rig.reassembler.counts.evictedBytes >= 10);
  });

  test('a claimed length reserves nothing', () => {
    const rig = new Rig();
    for (let sport = 1; sport <= 1000; sport++)
      rig.send({ at: -1, flags: syn, sport }, { at: 0, bytes: Uint8Array.of(0xff, 0xff, 1), sport });
    assert.ok(rig.reassembler.heldBytes <= 64_000);
  });

  test('bytes in all', () => {
    const rig = new Rig({ maxBytes: 10_000 });
    for (let sport = 1; sport <= 200; sport++) {
      rig.send(
        { at: -1, flags: syn, sport },
        { at: 0, bytes: concat(Uint8Array.of(0xff, 0xff), new Uint8Array(1000)), sport },
      );
      assert.ok(rig.reassembler.heldBytes <= 10_000);
    }
    assert.ok(rig.reassembler.counts.evictedStreams > 100);
  });
});

const messageArbitrary = fc.tuple(fc.nat(0xffff), fc.nat(20), fc.nat(30)).map(([id, name, answers]) =>
  dnsResponse({
    id,
    name: `${'n'.repeat(name + 1)}.example`,
    answers: Array.from({ length: answers }, () => ({ type: 'A', name: 'a.example', ttl: 1, data: '192.0.2.1' })),
  }),
);

test('any segmentation, order and repetition of a stream gives its messages', () => {
  const arbitrary = fc.record({
    messages: fc.array(messageArbitrary, { minLength: 1, maxLength: 8 }),
    cuts: fc.array(fc.nat(), { maxLength: 30 }),
    repeats: fc.array(fc.tuple(fc.nat(), fc.nat(400)), { maxLength: 15 }),
    order: fc.array(fc.nat(), { minLength: 60, maxLength: 60 }),
    ending: fc.constantFrom(0, fin),
  });
  fc.assert(
    fc.property(arbitrary, ({ messages, cuts, repeats, order, ending }) => {
      const bytes = tcpFramed(...messages);
      const bounds = [0, ...cuts.map((cut) => cut % bytes.length).sort((a, b) => a - b), bytes.length];
      const segments: Segment[] = bounds
        .slice(1)
        .map((end, k) => ({ at: bounds[k]!, bytes: bytes.subarray(bounds[k], end) }));
      for (const [position, length] of repeats) {
        const at = position % bytes.length;
        segments.push({ at, bytes: bytes.subarray(at, at + 1 + length) });
      }
      if (ending !== 0) segments.push({ at: bytes.length, flags: ack | ending });
      const shuffled = segments.map((segment, k) => ({ segment, key: order[k]! })).sort((a, b) => a.key - b.key);
      const rig = new Rig().send(SYN, ...shuffled.map(({ segment }) => segment));
      assert.deepEqual(rig.hexes, messages.map(hexOf));
      assert.ok(rig.delivered.every(({ afterGap }) => !afterGap));
      assert.equal(rig.reassembler.counts.gaps, 0);
    }),
    { numRuns: 500 },
  );
});

test('losing segments loses messages but invents none', () => {
  const arbitrary = fc.record({
    messages: fc.array(messageArbitrary, { minLength: 1, maxLength: 10 }),
    step: fc.integer({ min: 1, max: 300 }),
    lost: fc.array(fc.nat(3), { minLength: 1, maxLength: 50 }),
    withSyn: fc.boolean(),
  });
  fc.assert(
    fc.property(arbitrary, ({ messages, step, lost, withSyn }) => {
      const bytes = tcpFramed(...messages);
      const rig = new Rig().send(...(withSyn ? [SYN] : []));
      for (let at = 0; at < bytes.length; at += step) {
        if (lost[(at / step) % lost.length] !== 0) rig.send({ at, bytes: bytes.subarray(at, at + step) });
      }
      rig.reassembler.end();
      const sent = messages.map(hexOf);
      let next = 0;
      for (const hex of rig.hexes) {
        next = sent.indexOf(hex, next) + 1;
        assert.ok(next > 0, 'a message that was not sent, or out of order');
      }
    }),
    { numRuns: 500 },
  );
});

test('arbitrary segments: no throw, limits kept', () => {
  const segment: fc.Arbitrary<Segment> = fc.record({
    at: fc.oneof(fc.integer({ min: -5, max: 2000 }), fc.integer()),
    bytes: fc.uint8Array({ maxLength: 300 }),
    flags: fc.integer({ min: 0, max: 31 }),
    time: fc.nat(10_000),
    sport: fc.integer({ min: 1, max: 6 }),
  });
  fc.assert(
    fc.property(fc.array(segment, { maxLength: 60 }), (segments) => {
      const limits = { maxStreams: 4, maxBytes: 3000, maxBytesPerStream: 1000, holePatience: 5000 };
      const rig = new Rig(limits);
      for (const one of segments) {
        rig.send(one);
        assert.ok(rig.reassembler.heldBytes >= 0 && rig.reassembler.heldBytes <= limits.maxBytes);
        assert.ok(rig.reassembler.streamCount <= limits.maxStreams);
        if (one.at % 7 === 0) rig.reassembler.expire(one.time ?? 0);
      }
      for (let sport = 1; sport <= 6; sport++) rig.send({ at: 0, flags: rst, sport, time: 10_000 });
      assert.equal(rig.reassembler.heldBytes, 0, 'closed streams hold nothing, so the account must be even');
    }),
    { numRuns: 1000 },
  );
});
