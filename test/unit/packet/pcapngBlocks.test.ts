/** Blocks and options at their limits: what is too short or too long is told at its place, or passed over. */
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { CaptureReader } from '../../../src/core/packet/captureReader.ts';
import { CaptureBuilder, concat, text } from '../../support/packetBuilder.ts';
import { collectPackets } from './collectPackets.ts';

const le = (...values: readonly number[]): Uint8Array =>
  Uint8Array.from(values.flatMap((value) => [value & 255, (value >> 8) & 255, (value >> 16) & 255, value >>> 24]));
const capture = (): CaptureBuilder => new CaptureBuilder({ format: 'pcapng' });
const HEAD = capture().bytes().length;
/** An enhanced packet of `captured` bytes. */
const packet = (captured: number, original = captured): Uint8Array =>
  concat(le(0, 0, 0, captured, original), new Uint8Array(captured));

describe('blocks that are too short', () => {
  const cases: readonly (readonly [string, number, number, RegExp])[] = [
    ['an enhanced packet', 6, 20, /packet block is too short/u],
    ['an old packet', 2, 20, /packet block is too short/u],
    ['a simple packet', 3, 4, /packet block is too short/u],
    ['an interface', 1, 8, /interface block is too short/u],
  ];
  for (const [name, type, shortest, detail] of cases) {
    test(name, () => {
      const cut = collectPackets(
        capture()
          .block(type, new Uint8Array(shortest - 4))
          .bytes(),
      );
      assert.match(cut.problem?.detail ?? '', detail);
      assert.match(cut.problem?.detail ?? '', new RegExp(`at byte ${String(HEAD)}:`, 'u'));
      assert.equal(cut.state.truncated, true);
      assert.equal(collectPackets(capture().block(type, new Uint8Array(shortest)).bytes()).problem, undefined);
    });
  }

  test('a section header', () => {
    const short = capture().block(0x0a0d0d0a, concat(le(0x1a2b3c4d), new Uint8Array(8)));
    assert.match(collectPackets(short.bytes()).problem?.detail ?? '', /section header is too short/u);
  });

  test('statistics say nothing then', () => {
    const { problem, drops } = collectPackets(capture().block(5, new Uint8Array(8)).bytes());
    assert.deepEqual([problem, drops], [undefined, []]);
  });

  test('a length below that of an empty block, and one that is no multiple of four', () => {
    for (const length of [0, 8, 11, 14, 33]) {
      const { problem } = collectPackets(capture().raw(le(6, length)).raw(new Uint8Array(64)).bytes());
      assert.match(problem?.detail ?? '', new RegExp(`a block claims ${String(length)} bytes`, 'u'));
    }
    const empty = capture().block(0x0bad, new Uint8Array(0)).block(6, packet(3));
    assert.equal(collectPackets(empty.bytes()).packets.length, 1);
  });
});

describe('blocks that are too long', () => {
  const MOST = 262_144;

  test('a packet of 256 KiB is one, and one byte more is damage', () => {
    for (const [type, bodyOf] of [
      [6, packet],
      [2, packet],
      [3, (captured: number): Uint8Array => concat(le(captured), new Uint8Array(captured))],
    ] as const) {
      const largest = collectPackets(
        new CaptureBuilder({ format: 'pcapng', snapLength: 0 }).block(type, bodyOf(MOST)).bytes(),
      );
      assert.deepEqual([largest.problem, largest.packets[0]?.hex.length], [undefined, 2 * MOST]);
      const larger = new CaptureBuilder({ format: 'pcapng', snapLength: 0 }).block(type, bodyOf(MOST + 1)).bytes();
      assert.match(collectPackets(larger).problem?.detail ?? '', /claims 262145 captured bytes/u);
    }
  });

  test('a block with all that it may hold, and with four bytes more', () => {
    const room = MOST + 65_536 - 12;
    for (const [extra, isDamaged] of [
      [0, false],
      [4, true],
    ] as const) {
      const body = concat(le(0, 0, 0, 4, 4), new Uint8Array(room - 20 + extra));
      assert.equal(collectPackets(capture().block(6, body).bytes()).problem !== undefined, isDamaged);
      // Names are no packets: too many of them are passed over.
      const names = concat(
        capture().options([[1, Uint8Array.of(10, 0, 0, 1, ...text('a\0'))]]),
        new Uint8Array(room - 16 + extra),
      );
      const read = collectPackets(capture().block(4, names).bytes());
      assert.deepEqual([read.problem, read.names.length], [undefined, isDamaged ? 0 : 1]);
    }
  });

  test('a packet that claims more than its block has', () => {
    const body = concat(le(0, 0, 0, 9, 9), new Uint8Array(8));
    assert.match(collectPackets(capture().block(6, body).bytes()).problem?.detail ?? '', /claims 9 captured bytes/u);
  });
});

describe('packets', () => {
  test('were at least as long on the wire as what was captured', () => {
    assert.deepEqual(
      [packet(8, 3), packet(8, 8), packet(8, 9)].map(
        (body) => collectPackets(capture().block(6, body).bytes()).packets[0]?.originalLength,
      ),
      [8, 8, 9],
    );
  });

  test('of a simple block are the first interface’s, and cut at its snap length; none is before an interface', () => {
    const simple = concat(le(6), text('abcdef'));
    const [one] = collectPackets(
      new CaptureBuilder({ format: 'pcapng', snapLength: 4 }).block(3, simple).bytes(),
    ).packets;
    assert.deepEqual([one?.hex, one?.originalLength, one?.interfaceIndex], ['61626364', 6, 0]);
    const whole = new CaptureBuilder({ format: 'pcapng', snapLength: 0 }).block(3, simple).bytes();
    const read = collectPackets(whole);
    assert.deepEqual([read.packets[0]?.hex, read.state.packets], ['616263646566', 1]);
    assert.equal(Buffer.from(whole).toString('hex', read.packets[0]!.streamOffset).slice(0, 12), '616263646566');
    const section = capture().section().block(3, simple);
    assert.match(collectPackets(section.bytes()).problem?.detail ?? '', /before any interface/u);
  });

  test('an old packet of an interface that is not there tells no drops', () => {
    const { drops, problem } = collectPackets(
      capture()
        .block(2, concat(Uint8Array.of(9, 0, 5, 0), new Uint8Array(16)))
        .bytes(),
    );
    assert.deepEqual(drops, []);
    assert.match(problem?.detail ?? '', /interface 9/u);
  });
});

describe('options', () => {
  const builder = capture();
  const withOptions = (bytes: Uint8Array): Uint8Array => concat(le(0, 0, 0, 0, 0), bytes);

  test('a count of drops has eight bytes; shorter ones, zeros and other options say nothing', () => {
    for (const options of [
      builder.options([[4, Uint8Array.of(5, 0, 0, 0)]]),
      builder.options([[4, builder.u64(0n)]]),
      builder.options([[2, builder.u64(5n)]]),
    ])
      assert.deepEqual(collectPackets(capture().block(6, withOptions(options)).bytes()).drops, []);
    const short = concat(
      le(0, 0, 0),
      builder.options([
        [5, Uint8Array.of(5, 0, 0, 0)],
        [6, builder.u64(3n)],
      ]),
    );
    assert.deepEqual(collectPackets(capture().block(5, short).bytes()).drops, []);
    const one = concat(le(0, 0, 0), builder.options([[7, builder.u64(3n)]]));
    assert.deepEqual(collectPackets(capture().block(5, one).bytes()).drops, [[0, 3]]);
  });

  test('the last option may fill its block, without an end', () => {
    const fills = text('\x01\x00\x04\x00note');
    assert.deepEqual(collectPackets(capture().block(6, withOptions(fills)).bytes()).comments, [[1, 'note']]);
    const bare = concat(text('\x01\x00\x04\x00note'), text('\x01\x00\x00\x00'));
    assert.deepEqual(collectPackets(capture().block(6, withOptions(bare)).bytes()).comments, [
      [1, 'note'],
      [1, ''],
    ]);
  });

  test('behind the end of the options nothing is read', () => {
    const after = concat(le(0), text('\x01\x00\x04\x00note'));
    assert.deepEqual(collectPackets(capture().block(6, withOptions(after)).bytes()).comments, []);
  });

  test('a time resolution without a byte and an offset without its eight are passed over', () => {
    const interfaceOptions = [
      [9, new Uint8Array(0)],
      [14, Uint8Array.of(5, 0, 0, 0)],
      [3, new Uint8Array(4).fill(0x41)],
    ] as const;
    const { packets } = collectPackets(
      new CaptureBuilder({ format: 'pcapng', interfaceOptions }).frame(1_500_000_000n, text('x')).bytes(),
    );
    assert.deepEqual([packets[0]?.seconds, packets[0]?.nanos], [1, 500_000_000]);
  });

  test('an interface without options has none, and a link type is listed once', () => {
    const { interfaces, state } = collectPackets(capture().interface(1).interface(113).interface(1).bytes());
    assert.deepEqual(interfaces, [
      { index: 0, linkType: 1 },
      { index: 1, linkType: 1 },
      { index: 2, linkType: 113 },
      { index: 3, linkType: 1 },
    ]);
    assert.deepEqual([state.linkTypes, state.comments], [[1, 113], []]);
  });

  test('comments of sections are bounded', () => {
    const comments = Array.from({ length: 300 }, (_, k) => `note ${String(k)}`);
    const { state } = collectPackets(new CaptureBuilder({ format: 'pcapng', sectionComments: comments }).bytes());
    assert.deepEqual(state.comments, comments.slice(0, 256));
  });

  test('names: without a letter, without an end, very long, of a record cut to its address', () => {
    const record = (type: number, ...bytes: readonly number[]): readonly [number, Uint8Array] => [
      type,
      Uint8Array.from(bytes),
    ];
    const long = [...text('n'.repeat(300)), 0];
    const block = builder.options([
      record(1, 10, 0, 0, 1, 0),
      record(1, 10, 0, 0, 2),
      record(1, 10, 0, 0, 3, 0x61),
      record(1, 10, 0, 0, 4, ...long),
      record(3, 10, 0, 0, 5, 0x61, 0),
    ]);
    assert.deepEqual(collectPackets(capture().block(4, block).bytes()).names, [
      ['10.0.0.3', 'a'],
      ['10.0.0.4', 'n'.repeat(255)],
    ]);
  });

  test('who does not ask for drops, comments and names gets the packets', () => {
    let packets = 0;
    const reader = new CaptureReader({ onPacket: () => packets++, onInterface: () => undefined });
    const options = builder.options([
      [1, text('note')],
      [4, builder.u64(3n)],
    ]);
    const names = builder.options([[1, Uint8Array.of(10, 0, 0, 1, 0x61, 0)]]);
    reader.push(
      capture().block(4, names).block(6, withOptions(options)).block(6, packet(1)).statistics(0, 1n, 1n).bytes(),
    );
    assert.deepEqual([packets, reader.end().packets, reader.problem], [2, 2, undefined]);
  });
});
