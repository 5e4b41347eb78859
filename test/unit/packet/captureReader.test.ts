import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import { CaptureReader } from '../../../src/core/packet/captureReader.ts';
import { LinkType } from '../../../src/core/packet/packetSink.ts';
import { CaptureBuilder, type CaptureOptions, concat, dnsQuery, text } from '../../support/packetBuilder.ts';
import { collectPackets, cut, mutate } from './collectPackets.ts';

const TIME = 1_700_000_000_123_456_789n;
const client = { src: '10.0.0.1', dst: '10.0.0.2', sport: 40_000, dport: 53 };

function sample(options: CaptureOptions, count = 3): CaptureBuilder {
  const builder = new CaptureBuilder(options);
  for (let k = 0; k < count; k++) {
    const payload = dnsQuery({ id: k, name: `name-${k}${'x'.repeat(k)}.example.com` });
    builder.udp({ ...client, timeNs: TIME + BigInt(k) * 1_000_000_001n, payload });
  }
  return builder;
}

const captureOptions: fc.Arbitrary<CaptureOptions> = fc.record({
  format: fc.constantFrom('pcap' as const, 'pcapng' as const),
  nanos: fc.boolean(),
  bigEndian: fc.boolean(),
  linkType: fc.constantFrom(...Object.values(LinkType)),
});

describe('pcap', () => {
  for (const bigEndian of [false, true]) {
    for (const nanos of [false, true]) {
      test(`${bigEndian ? 'big' : 'little'}-endian, ${nanos ? 'nano' : 'micro'}seconds`, () => {
        const { packets, interfaces, state, problem } = collectPackets(sample({ bigEndian, nanos }).bytes());
        assert.equal(problem, undefined);
        assert.deepEqual(interfaces, [{ index: 0, linkType: LinkType.ethernet }]);
        assert.equal(state.format, 'pcap');
        assert.equal(state.packets, 3);
        assert.deepEqual(state.linkTypes, [LinkType.ethernet]);
        assert.equal(state.truncated, false);
        assert.deepEqual(
          packets.map(({ seconds, nanos: fraction }) => [seconds, fraction]),
          [0, 1, 2].map((k) => [1_700_000_000 + k, nanos ? 123_456_789 + k : 123_456_000]),
        );
        assert.equal(packets[0]!.streamOffset, 24 + 16);
      });
    }
  }

  test('the modified variety: eight bytes more before each packet, in both byte orders', () => {
    for (const bigEndian of [false, true]) {
      const plain = sample({ bigEndian });
      const [head, ...packets] = [plain.bytes().subarray(0, 24), ...collectPackets(plain.bytes()).packets];
      const u32 = (value: number): Uint8Array => {
        const bytes = new Uint8Array(4);
        new DataView(bytes.buffer).setUint32(0, value, !bigEndian);
        return bytes;
      };
      const records = packets.map(({ hex, seconds, nanos, originalLength }) =>
        concat(
          ...[seconds, nanos / 1000, hex.length / 2, originalLength, 2, 0].map(u32),
          Uint8Array.from(Buffer.from(hex, 'hex')),
        ),
      );
      const modified = collectPackets(concat(u32(0xa1b2cd34), head.subarray(4), ...records));
      assert.equal(modified.problem, undefined);
      assert.deepEqual(
        modified.packets.map(({ streamOffset, ...packet }) => ({ ...packet, streamOffset: streamOffset > 0 })),
        packets.map((packet) => ({ ...packet, streamOffset: true })),
      );
    }
  });

  test('the snap length cuts the packet, the original length stays', () => {
    const { packets } = collectPackets(sample({ snapLength: 60 }, 1).bytes());
    assert.equal(packets[0]!.hex.length, 120);
    assert.ok(packets[0]!.originalLength === 60 || packets[0]!.originalLength > 60);
    const whole = collectPackets(sample({}, 1).bytes()).packets[0]!;
    assert.equal(packets[0]!.hex, whole.hex.slice(0, 120));
    assert.equal(packets[0]!.originalLength, whole.originalLength);
  });

  test('a fraction above one second moves into the seconds', () => {
    const bytes = sample({}, 1).bytes();
    new DataView(bytes.buffer).setUint32(24 + 4, 2_500_000, true);
    assert.deepEqual(
      [collectPackets(bytes).packets[0]!.seconds, collectPackets(bytes).packets[0]!.nanos],
      [1_700_000_002, 500_000_000],
    );
  });

  test('the link type does not take in the FCS bits above it', () => {
    const bytes = sample({}, 1).bytes();
    bytes[23] = 0x24;
    assert.deepEqual(collectPackets(bytes).state.linkTypes, [LinkType.ethernet]);
  });

  test('a cut inside a record delivers all before it and says so', () => {
    const bytes = sample({}).bytes();
    const { packets, state, problem } = collectPackets(bytes.subarray(0, bytes.length - 1));
    assert.equal(packets.length, 2);
    assert.equal(state.truncated, true);
    assert.equal(problem, undefined);
  });

  test('one byte of a record is a cut too', () => {
    const bytes = concat(sample({}).bytes(), Uint8Array.of(0));
    assert.deepEqual([collectPackets(bytes).packets.length, collectPackets(bytes).state.truncated], [3, true]);
  });

  test('a record longer than 256 KiB is damage: what came before is delivered', () => {
    const damaged = concat(
      sample({}, 2).bytes(),
      new Uint8Array(8).fill(1),
      Uint8Array.of(1, 0, 4, 0, 1, 0, 4, 0),
      new Uint8Array(99),
    );
    const { packets, state, problem } = collectPackets(damaged);
    assert.equal(packets.length, 2);
    assert.equal(problem?.code, 'damaged-capture');
    assert.match(problem?.detail ?? '', /262145/);
    assert.equal(state.truncated, true);
    assert.equal(state.bytes, damaged.length);
  });

  test('a snap length smaller than the packets kept is a habit of some writers, not damage', () => {
    const bytes = sample({}, 2).bytes();
    new DataView(bytes.buffer).setUint32(16, 20, true);
    assert.equal(collectPackets(bytes).packets.length, 2);
  });
});

describe('a pcap record at its limits', () => {
  const header = (bigEndian: boolean, snapLength: number): Uint8Array =>
    new CaptureBuilder({ bigEndian, snapLength }).bytes();
  const record = (bigEndian: boolean, captured: number, original = captured, micros = 0): Uint8Array => {
    const head = new Uint8Array(16);
    const view = new DataView(head.buffer);
    [1, micros, captured, original].forEach((value, k) => {
      view.setUint32(4 * k, value, !bigEndian);
    });
    return concat(head, new Uint8Array(captured));
  };

  test('a packet has its snap length at most, or 64 KiB, or 256 KiB without a limit', () => {
    for (const bigEndian of [false, true]) {
      for (const [snapLength, most] of [
        [96, 65_535],
        [100_000, 100_000],
        [0, 262_144],
        [1_000_000, 262_144],
      ] as const) {
        const head = header(bigEndian, snapLength);
        assert.equal(collectPackets(head, record(bigEndian, most)).problem, undefined);
        assert.equal(collectPackets(head, record(bigEndian, most + 1)).problem?.code, 'damaged-capture');
      }
    }
  });

  test('it was at least as long on the wire as what was captured; a fraction of a second is less than one', () => {
    const head = header(false, 0);
    const seen = [
      record(false, 8, 3),
      record(false, 8, 9),
      record(false, 1, 1, 1_000_000),
      record(false, 1, 1, 999_999),
    ];
    assert.deepEqual(
      collectPackets(head, ...seen).packets.map(({ originalLength, seconds, nanos }) => [
        originalLength,
        seconds,
        nanos,
      ]),
      [
        [8, 1, 0],
        [9, 1, 0],
        [1, 2, 0],
        [1, 1, 999_999_000],
      ],
    );
  });
});

describe('files that are no capture', () => {
  const cases: readonly (readonly [string, Uint8Array, string, RegExp])[] = [
    ['empty', new Uint8Array(0), 'empty-capture', /running/],
    ['text', text('apiVersion: v1\n'), 'not-a-capture', /tcpdump/],
    ['three bytes', Uint8Array.of(0xd4, 0xc3, 0xb2), 'not-a-capture', /editcap/],
    ['gzip', Uint8Array.of(0x1f, 0x8b, 8, 0, 0), 'compressed-capture', /gunzip/],
    ['zstd', Uint8Array.of(0x28, 0xb5, 0x2f, 0xfd, 0), 'compressed-capture', /zstd -d/],
    ['lz4', Uint8Array.of(0x04, 0x22, 0x4d, 0x18, 0), 'compressed-capture', /lz4 -d/],
    ['bzip2', Uint8Array.of(0x42, 0x5a, 0x68, 0x39, 0), 'compressed-capture', /bunzip2/],
    ['xz', Uint8Array.of(0xfd, 0x37, 0x7a, 0x58, 0x5a, 0), 'compressed-capture', /unxz/],
    [
      'pcapng type without byte-order mark',
      concat(Uint8Array.of(10, 13, 13, 10), new Uint8Array(24)),
      'damaged-capture',
      /capture/,
    ],
  ];
  for (const [name, bytes, code, recover] of cases) {
    test(name, () => {
      for (const chunks of [[bytes], [...bytes].map((byte) => Uint8Array.of(byte))]) {
        const { packets, problem, state } = collectPackets(...chunks);
        assert.equal(problem?.code, code);
        assert.match(problem?.recover ?? '', recover);
        assert.equal(packets.length, 0);
        const format = code === 'damaged-capture' ? 'pcapng' : 'unknown';
        const truncated = code === 'damaged-capture';
        assert.deepEqual(state, { format, packets: 0, bytes: bytes.length, linkTypes: [], truncated, comments: [] });
      }
    });
  }

  test('a header alone is an empty but whole capture; half a header is a cut one', () => {
    const header = new CaptureBuilder().bytes();
    assert.deepEqual([collectPackets(header).problem, collectPackets(header).state.truncated], [undefined, false]);
    assert.equal(collectPackets(header.subarray(0, 20)).state.truncated, true);
  });

  test('nothing is read after the end', () => {
    const reader = new CaptureReader({ onPacket: () => assert.fail(), onInterface: () => undefined });
    const bytes = sample({}).bytes();
    reader.push(bytes.subarray(0, 24));
    reader.end();
    reader.push(bytes.subarray(24));
    assert.equal(reader.end().packets, 0);
  });
});

describe('pcapng', () => {
  test('interface name, description, comments; section comments', () => {
    const options = {
      format: 'pcapng' as const,
      sectionComments: ['taken by dnscope', 'second'],
      interfaceOptions: [
        [2, text('eth0')],
        [3, text('pod shop/order ✓')],
        [1, text('vantage')],
      ] as const,
    };
    const { interfaces, state } = collectPackets(sample(options).bytes());
    assert.deepEqual(interfaces, [
      {
        index: 0,
        linkType: 1,
        name: 'eth0',
        description: 'pod shop/order ✓',
        comments: ['vantage'],
        sectionComments: state.comments,
      },
    ]);
    assert.deepEqual(state.comments, ['taken by dnscope', 'second']);
    assert.equal(state.packets, 3);
  });

  test('if_tsresol as a power of ten and of two, if_tsoffset added (draft §4.2)', () => {
    const times = (
      resolution: number,
      ticks: bigint,
      offset: bigint,
      bigEndian: boolean,
    ): readonly [number, number] => {
      const helper = new CaptureBuilder({ bigEndian });
      const interfaceOptions = [
        [9, Uint8Array.of(resolution)],
        [14, helper.u64(BigInt.asUintN(64, offset))],
      ] as const;
      // Without `nanos` the builder writes timeNs / 1000 ticks, whatever the resolution says.
      const builder = new CaptureBuilder({ format: 'pcapng', bigEndian, interfaceOptions });
      const packet = collectPackets(builder.frame(ticks * 1000n, Uint8Array.of(1, 2, 3)).bytes()).packets[0]!;
      return [packet.seconds, packet.nanos];
    };
    for (const bigEndian of [false, true]) {
      assert.deepEqual(times(9, 1_700_000_000_123_456_789n, 0n, bigEndian), [1_700_000_000, 123_456_789]);
      assert.deepEqual(times(3, 1_700_000_000_123n, -7n, bigEndian), [1_699_999_993, 123_000_000]);
      assert.deepEqual(times(0x80 | 10, 1_700_000_000n * 1024n + 512n, 3n, bigEndian), [1_700_000_003, 500_000_000]);
      assert.deepEqual(times(12, 1_700_000_000_123_456_789n, 0n, bigEndian), [1_700_000, 123_456]);
    }
  });

  test('several sections: byte order and interfaces start anew, interface numbers run on', () => {
    const first = sample({ format: 'pcapng', linkType: LinkType.linuxSll2 }, 2).bytes();
    const second = sample({ format: 'pcapng', bigEndian: true, nanos: true }, 1).bytes();
    const { packets, interfaces, state } = collectPackets(first, second);
    assert.deepEqual(
      interfaces.map(({ index, linkType }) => [index, linkType]),
      [
        [0, LinkType.linuxSll2],
        [1, LinkType.ethernet],
      ],
    );
    assert.deepEqual(
      packets.map(({ interfaceIndex }) => interfaceIndex),
      [0, 0, 1],
    );
    assert.deepEqual(state.linkTypes, [LinkType.linuxSll2, LinkType.ethernet]);
    assert.equal(packets[2]!.nanos, 123_456_789);
  });

  test('interface statistics: what the interface and the system dropped', () => {
    const builder = new CaptureBuilder({ format: 'pcapng' }).statistics(0, 5n, 0x1_0000_0000n).statistics(7, 1n, 1n);
    assert.deepEqual(collectPackets(builder.bytes()).drops, [[0, 5 + 2 ** 32]]);
  });

  test('drops told at the packets and in the statistics: the larger count holds', () => {
    const builder = new CaptureBuilder({ format: 'pcapng' });
    const packet = (drops: bigint): Uint8Array =>
      concat(new Uint8Array(20), builder.options([[4, builder.u64(drops)]]));
    builder.block(6, packet(3n)).block(6, packet(4n)).statistics(0, 5n, 0n).statistics(0, 9n, 0n);
    assert.deepEqual(
      collectPackets(builder.bytes()).drops.map(([, dropped]) => dropped),
      [3, 7, 7, 9],
    );
    const old = new CaptureBuilder({ format: 'pcapng' })
      .block(2, Uint8Array.of(0, 0, 5, 0, ...new Uint8Array(16)))
      .block(2, Uint8Array.of(0, 0, 0xff, 0xff, ...new Uint8Array(16)));
    assert.deepEqual(collectPackets(old.bytes()).drops, [[0, 5]]);
  });

  test('comments of packets, in either byte order; damaged options cost the options only', () => {
    for (const bigEndian of [false, true]) {
      const builder = new CaptureBuilder({ format: 'pcapng', bigEndian });
      const options = builder.options([
        [1, text('the slow one')],
        [2, Uint8Array.of(0, 0, 0, 1)],
        [1, text('asked twice')],
      ]);
      builder.block(6, concat(new Uint8Array(20), options));
      builder.block(6, concat(new Uint8Array(20), Uint8Array.of(0, 1, 0xff, 0xff)));
      builder.frame(TIME, Uint8Array.of(1));
      const { packets, comments, problem } = collectPackets(builder.bytes());
      assert.deepEqual(comments, [
        [1, 'the slow one'],
        [1, 'asked twice'],
      ]);
      assert.deepEqual([packets.length, problem], [3, undefined]);
    }
  });

  test('name resolution: the first name of each address', () => {
    const records = [
      [1, Uint8Array.of(10, 96, 0, 10, ...text('kube-dns\0second\0'))],
      [2, Uint8Array.of(0x20, 1, 0xd, 0xb8, ...new Uint8Array(11), 1, ...text('dns.example\0'))],
      [1, Uint8Array.of(10, 0, 0, 1)],
      [1, Uint8Array.of(10, 0, 0, 2, 0)],
      [9, text('unknown record')],
      [1, Uint8Array.of(10, 0, 0, 3, ...text('without an end'))],
    ] as const;
    for (const bigEndian of [false, true]) {
      const builder = new CaptureBuilder({ format: 'pcapng', bigEndian });
      builder.block(4, builder.options(records)).block(4, new Uint8Array(400_000));
      const { names, problem } = collectPackets(builder.bytes());
      assert.equal(problem, undefined);
      assert.deepEqual(names, [
        ['10.96.0.10', 'kube-dns'],
        ['2001:db8::1', 'dns.example'],
        ['10.0.0.3', 'without an end'],
      ]);
    }
  });

  test('a simple packet has no time of its own: it takes that of the packet before it', () => {
    const simple = Uint8Array.of(1, 0, 0, 0, 7, 0, 0, 0);
    const builder = new CaptureBuilder({ format: 'pcapng' }).frame(TIME, Uint8Array.of(1)).block(3, simple);
    const [first, second] = collectPackets(builder.bytes()).packets;
    assert.deepEqual([second!.seconds, second!.nanos], [first!.seconds, first!.nanos]);
  });

  test('simple and old packet blocks', () => {
    const le = (value: number): number[] => [value & 255, (value >> 8) & 255, (value >> 16) & 255, value >>> 24];
    const builder = new CaptureBuilder({ format: 'pcapng', snapLength: 6 })
      .block(3, Uint8Array.of(...le(9), 1, 2, 3, 4, 5, 6))
      .block(2, Uint8Array.of(0, 0, 0xff, 0xff, ...le(0), ...le(1_500_000), ...le(3), ...le(40), 7, 8, 9));
    assert.deepEqual(
      collectPackets(builder.bytes()).packets.map(({ hex, originalLength, seconds, nanos }) => [
        hex,
        originalLength,
        seconds,
        nanos,
      ]),
      [
        ['010203040506', 9, 0, 0],
        ['070809', 40, 1, 500_000_000],
      ],
    );
  });

  test('unknown blocks are skipped without being kept, however long', () => {
    const bytes = new CaptureBuilder({ format: 'pcapng' })
      .block(0x0bad, new Uint8Array(3_000_000))
      .udp({ ...client, timeNs: TIME, payload: dnsQuery({ name: 'a.example' }) })
      .bytes();
    const chunks = Array.from({ length: Math.ceil(bytes.length / 65_536) }, (_, k) =>
      bytes.subarray(k * 65_536, (k + 1) * 65_536),
    );
    assert.equal(collectPackets(...chunks).packets.length, 1);
    assert.equal(collectPackets(bytes.subarray(0, 1_000_000)).state.truncated, true);
  });

  test('damage: unknown interface, lengths that differ, a length that is none', () => {
    const good = sample({ format: 'pcapng' }, 1).bytes();
    const unknownInterface = new CaptureBuilder({ format: 'pcapng' }).frame(TIME, Uint8Array.of(1), 1, 9).bytes();
    const lengthsDiffer = good.slice();
    lengthsDiffer[good.length - 1] = 1;
    const noLength = concat(good, Uint8Array.of(6, 0, 0, 0, 7, 0, 0, 0), new Uint8Array(20));
    assert.match(collectPackets(unknownInterface).problem?.detail ?? '', /interface 9/);
    assert.match(collectPackets(lengthsDiffer).problem?.detail ?? '', /differ/);
    assert.match(collectPackets(noLength).problem?.detail ?? '', /7 bytes/);
    assert.equal(collectPackets(noLength).packets.length, 1);
  });

  test('an option that runs over its block ends the options, not the capture', () => {
    const options = concat(text('\x02\x00\x04\x00eth0'), text('\x03\x00\x09\x00pod!'));
    const head = Uint8Array.of(101, 0, 0, 0, 0, 0, 0, 0);
    const { interfaces, problem } = collectPackets(
      new CaptureBuilder({ format: 'pcapng' }).block(1, concat(head, options)).bytes(),
    );
    assert.equal(problem, undefined);
    assert.deepEqual(interfaces[1], { index: 1, linkType: 101, name: 'eth0' });
  });

  test('the number of interfaces is bounded', () => {
    const builder = new CaptureBuilder({ format: 'pcapng' });
    for (let k = 0; k < 5000; k++) builder.interface(1);
    const { interfaces, problem } = collectPackets(builder.bytes());
    assert.equal(interfaces.length, 4096);
    assert.equal(problem?.code, 'damaged-capture');
  });
});

describe('any capture', () => {
  test('any chunking gives the same packets', () => {
    fc.assert(
      fc.property(captureOptions, fc.array(fc.nat(), { maxLength: 40 }), (options, positions) => {
        const builder = sample(options);
        if (options.format === 'pcapng') builder.block(0x0bad, new Uint8Array(37)).statistics(0, 1n, 2n);
        const bytes = builder.udp({ ...client, timeNs: TIME, payload: new Uint8Array(200) }).bytes();
        const { state, ...rest } = collectPackets(bytes);
        assert.equal(state.packets, 4);
        assert.deepEqual(collectPackets(...cut(bytes, positions)), { state, ...rest });
      }),
    );
  });

  test('byte by byte', () => {
    for (const format of ['pcap', 'pcapng'] as const) {
      const bytes = sample({ format }).bytes();
      assert.deepEqual(collectPackets(...[...bytes].map((byte) => Uint8Array.of(byte))), collectPackets(bytes));
    }
  });

  test('any prefix gives a prefix of the packets', () => {
    fc.assert(
      fc.property(captureOptions, fc.nat(), (options, length) => {
        const bytes = sample(options).bytes();
        const whole = collectPackets(bytes).packets;
        const { packets } = collectPackets(bytes.subarray(0, length % bytes.length));
        assert.deepEqual(packets, whole.slice(0, packets.length));
      }),
    );
  });

  test('mutated bytes: no throw, and packets stay inside the stream', () => {
    const mutations = fc.array(fc.record({ at: fc.nat(), value: fc.integer({ min: 0, max: 255 }) }), { maxLength: 12 });
    fc.assert(
      fc.property(captureOptions, mutations, fc.array(fc.nat(), { maxLength: 10 }), (options, changes, positions) => {
        const bytes = mutate(sample(options).bytes(), changes);
        const whole = collectPackets(bytes);
        for (const { streamOffset, hex, nanos } of whole.packets) {
          assert.equal(Buffer.from(bytes.subarray(streamOffset, streamOffset + hex.length / 2)).toString('hex'), hex);
          assert.ok(nanos >= 0 && nanos < 1e9);
        }
        assert.deepEqual(collectPackets(...cut(bytes, positions)), whole);
      }),
      { numRuns: 1000 },
    );
  });

  test('arbitrary bytes after either magic: no throw', () => {
    const magics = [Uint8Array.of(0xd4, 0xc3, 0xb2, 0xa1), Uint8Array.of(0x0a, 0x0d, 0x0d, 0x0a), new Uint8Array(0)];
    fc.assert(
      fc.property(fc.constantFrom(...magics), fc.uint8Array({ maxLength: 400 }), (magic, rest) => {
        const { state, problem } = collectPackets(concat(magic, rest));
        assert.ok(state.packets === 0 || problem === undefined || problem.code === 'damaged-capture');
      }),
      { numRuns: 1000 },
    );
  });
});
