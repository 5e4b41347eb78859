import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import { addressText } from '../../../src/core/packet/address.ts';
import { Frame, decodeFrame } from '../../../src/core/packet/frame.ts';
import { LinkType } from '../../../src/core/packet/packetSink.ts';
import {
  type LinkOptions,
  addressBytes,
  concat,
  icmpPacket,
  ipPacket,
  linkFrame,
  tcpPacket,
  text,
  udpPacket,
} from '../../support/packetBuilder.ts';
import { mutate } from './collectPackets.ts';

const v4 = { src: '10.0.0.1', dst: '10.96.0.10', sport: 40_000, dport: 53 };
const v6 = { ...v4, src: 'fd00::1', dst: 'fd00:0:0:a::53' };
const payload = text('payload');

interface Seen {
  readonly way: string;
  readonly protocol: number;
  readonly payload: string;
  readonly frame: Frame;
}

function decode(bytes: Uint8Array, linkType: number): Seen | undefined {
  const frame = new Frame();
  // The frame lies in the middle of a larger buffer, as it does in a chunk of a capture.
  const buffer = concat(new Uint8Array(5).fill(0x45), bytes, new Uint8Array(70).fill(0x45));
  if (!decodeFrame(buffer, 5, 5 + bytes.length, linkType, frame)) return undefined;
  const address = (start: number): string => addressText(buffer, start, frame.addressLength);
  const way = `${address(frame.srcStart)}:${frame.srcPort} > ${address(frame.dstStart)}:${frame.dstPort}`;
  return {
    way,
    protocol: frame.protocol,
    payload: Buffer.from(buffer.subarray(frame.payloadStart, frame.payloadEnd)).toString(),
    frame,
  };
}

const V4_WAY = '10.0.0.1:40000 > 10.96.0.10:53';
const V6_WAY = 'fd00::1:40000 > fd00:0:0:a::53:53';

describe('link layers', () => {
  for (const [name, linkType] of Object.entries(LinkType)) {
    test(name, () => {
      if (linkType !== LinkType.ipv6)
        assert.equal(decode(linkFrame(linkType, udpPacket({ ...v4, payload })), linkType)?.way, V4_WAY);
      if (linkType === LinkType.ipv4) return;
      const seen = decode(linkFrame(linkType, udpPacket({ ...v6, payload })), linkType);
      assert.deepEqual([seen?.way, seen?.payload, seen?.frame.ipVersion], [V6_WAY, 'payload', 6]);
    });
  }

  const vlans: readonly (readonly [string, LinkOptions['vlans']])[] = [
    ['802.1Q', [[0x8100, 7]]],
    [
      '802.1ad',
      [
        [0x88a8, 7],
        [0x8100, 8],
      ],
    ],
    [
      '0x9100',
      [
        [0x9100, 7],
        [0x8100, 8],
      ],
    ],
    [
      'four tags',
      [
        [0x88a8, 1],
        [0x88a8, 2],
        [0x8100, 3],
        [0x8100, 4],
      ],
    ],
  ];
  for (const [name, tags] of vlans) {
    test(`VLAN ${name}`, () => {
      const bytes = linkFrame(
        LinkType.ethernet,
        udpPacket({ ...v4, payload }),
        tags === undefined ? {} : { vlans: tags },
      );
      assert.equal(decode(bytes, LinkType.ethernet)?.way, V4_WAY);
    });
  }

  test('cooked captures tell the direction, cooked v2 the interface', () => {
    for (const linkType of [LinkType.linuxSll, LinkType.linuxSll2]) {
      for (const [packetType, direction] of [
        [0, 1],
        [1, 1],
        [2, 1],
        [3, 0],
        [4, 2],
      ] as const) {
        const bytes = linkFrame(linkType, udpPacket({ ...v4, payload }), { ifIndex: 9 });
        bytes[linkType === LinkType.linuxSll2 ? 10 : 1] = packetType;
        const frame = decode(bytes, linkType)?.frame;
        assert.deepEqual([frame?.direction, frame?.ifIndex], [direction, linkType === LinkType.linuxSll2 ? 9 : 0]);
      }
    }
  });

  test('BSD loopback in both byte orders, and each address family that means IPv6', () => {
    for (const family of [10, 24, 28, 30]) {
      for (const head of [Uint8Array.of(family, 0, 0, 0), Uint8Array.of(0, 0, 0, family)]) {
        assert.equal(decode(concat(head, udpPacket({ ...v6, payload })), LinkType.null)?.way, V6_WAY);
      }
    }
  });

  test('a reused frame keeps nothing of the one before', () => {
    const frame = new Frame();
    const first = linkFrame(LinkType.linuxSll2, tcpPacket({ ...v6, seq: 7, flags: 18, payload }), { direction: 'out' });
    assert.ok(decodeFrame(first, 0, first.length, LinkType.linuxSll2, frame));
    const second = udpPacket({ ...v4, payload });
    assert.ok(decodeFrame(second, 0, second.length, LinkType.raw, frame));
    assert.deepEqual(
      { ...frame },
      {
        ...frame,
        ipVersion: 4,
        addressLength: 4,
        direction: 0,
        ifIndex: 0,
        tcpFlags: 0,
        tcpSeq: 0,
        fragment: 0,
        clipped: false,
      },
    );
  });

  test('what is no IP is refused: ARP, an unknown link type, too short', () => {
    const arp = concat(new Uint8Array(12), Uint8Array.of(8, 6), new Uint8Array(28));
    assert.equal(decode(arp, LinkType.ethernet), undefined);
    assert.equal(decode(udpPacket({ ...v4, payload }), 147), undefined);
    for (const linkType of Object.values(LinkType)) assert.equal(decode(new Uint8Array(0), linkType), undefined);
  });
});

describe('IPv4', () => {
  test('options before the transport header', () => {
    const seen = decode(udpPacket({ ...v4, payload, options: new Uint8Array(40).fill(1) }), LinkType.raw);
    assert.deepEqual([seen?.way, seen?.payload], [V4_WAY, 'payload']);
  });

  test('total length cuts Ethernet padding', () => {
    const padded = concat(
      linkFrame(LinkType.ethernet, tcpPacket({ ...v4, seq: 1, payload: text('x') })),
      new Uint8Array(9),
    );
    assert.equal(decode(padded, LinkType.ethernet)?.payload, 'x');
  });

  test('total length 0 (segmentation offload): the frame is the limit', () => {
    const seen = decode(tcpPacket({ ...v4, seq: 1, payload, claimedLength: 0 }), LinkType.raw);
    assert.deepEqual([seen?.payload, seen?.frame.clipped], ['payload', false]);
  });

  test('the snap length cuts the payload', () => {
    for (const bytes of [
      udpPacket({ ...v4, payload }),
      tcpPacket({ ...v4, seq: 1, payload }),
      udpPacket({ ...v6, payload }),
    ]) {
      const seen = decode(bytes.subarray(0, bytes.length - 3), LinkType.raw);
      assert.deepEqual([seen?.payload, seen?.frame.clipped], ['payl', true]);
    }
  });

  test('fragments: the first has ports, later ones have data only', () => {
    const datagram = udpPacket({ ...v4, payload: new Uint8Array(64) }).subarray(20);
    const first = decode(
      ipPacket({ ...v4, ipId: 77, fragment: { offset: 0, more: true } }, 17, datagram.subarray(0, 24)),
      LinkType.raw,
    );
    const later = decode(
      ipPacket({ ...v4, ipId: 77, fragment: { offset: 24, more: false } }, 17, datagram.subarray(24)),
      LinkType.raw,
    );
    assert.deepEqual(
      [first?.way, first?.frame.fragment, first?.payload.length, first?.frame.clipped],
      [V4_WAY, 1, 16, false],
    );
    assert.deepEqual([later?.frame.fragment, later?.frame.srcPort, later?.payload.length], [2, 0, 48]);
    assert.deepEqual([first?.frame.ipId, later?.frame.ipId], [77, 77]);
  });

  test('ICMP gives its whole message', () => {
    const message = Uint8Array.of(3, 3, 0, 0, 0, 0, 0, 0, 1, 2, 3);
    const seen = decode(icmpPacket({ ...v4, payload: message }), LinkType.raw);
    assert.deepEqual(
      [seen?.protocol, seen?.frame.srcPort, seen!.frame.payloadEnd - seen!.frame.payloadStart],
      [1, 0, 11],
    );
    assert.equal(decode(icmpPacket({ ...v6, payload: message }), LinkType.raw)?.protocol, 58);
  });

  test('damaged headers are refused', () => {
    const good = udpPacket({ ...v4, payload });
    const shortHeader = mutate(good, [{ at: 0, value: 0x44 }]);
    const shortTotal = mutate(good, [
      { at: 2, value: 0 },
      { at: 3, value: 19 },
    ]);
    const shortUdp = mutate(good, [{ at: 25, value: 7 }]);
    const wrongVersion = mutate(good, [{ at: 0, value: 0x55 }]);
    for (const bytes of [shortHeader, shortTotal, shortUdp, wrongVersion])
      assert.equal(decode(bytes, LinkType.ipv4), undefined);
    assert.equal(
      decode(mutate(tcpPacket({ ...v4, seq: 1, payload }), [{ at: 32, value: 0x40 }]), LinkType.raw),
      undefined,
    );
  });
});

describe('IPv6', () => {
  const generic = (units: number): Uint8Array => concat(Uint8Array.of(0, units), new Uint8Array(6 + units * 8));
  const fragment = (offset: number, more: boolean): Uint8Array =>
    Uint8Array.of(0, 0, offset >> 8, (offset & 0xf8) | (more ? 1 : 0), 0xfe, 0, 0, 1);

  test('RFC 8200 §4: hop-by-hop, destination options, routing, authentication', () => {
    const extensions = [
      [0, generic(0)],
      [60, generic(2)],
      [43, generic(1)],
      [51, concat(Uint8Array.of(0, 4), new Uint8Array(22))],
      [60, generic(0)],
    ] as const;
    const seen = decode(udpPacket({ ...v6, payload, extensions }), LinkType.raw);
    assert.deepEqual([seen?.way, seen?.payload, seen?.frame.fragment], [V6_WAY, 'payload', 0]);
  });

  test('fragments, and the atomic fragment of RFC 6946', () => {
    const first = decode(udpPacket({ ...v6, payload, extensions: [[44, fragment(0, true)]] }), LinkType.raw);
    const later = decode(udpPacket({ ...v6, payload, extensions: [[44, fragment(64, false)]] }), LinkType.raw);
    const atomic = decode(udpPacket({ ...v6, payload, extensions: [[44, fragment(0, false)]] }), LinkType.raw);
    assert.deepEqual([first?.frame.fragment, first?.frame.srcPort, first?.frame.ipId], [1, 40_000, 0xfe00_0001]);
    assert.deepEqual([later?.frame.fragment, later?.frame.srcPort], [2, 0]);
    assert.deepEqual([atomic?.frame.fragment, atomic?.payload], [0, 'payload']);
  });

  test('payload length 0: the frame is the limit; no next header: refused', () => {
    assert.equal(decode(tcpPacket({ ...v6, seq: 1, payload, claimedLength: 0 }), LinkType.raw)?.payload, 'payload');
    assert.equal(decode(ipPacket(v6, 59, payload), LinkType.raw), undefined);
  });

  test('an extension header that runs over the packet is refused', () => {
    assert.equal(
      decode(
        udpPacket({ ...v6, payload: text(''), extensions: [[60, Uint8Array.of(0, 200, 0, 0, 0, 0, 0, 0)]] }),
        LinkType.raw,
      ),
      undefined,
    );
  });
});

test('UDP without payload is a packet, too', () => {
  const seen = decode(udpPacket({ ...v4, payload: text('') }), LinkType.raw);
  assert.deepEqual([seen?.way, seen?.payload], [V4_WAY, '']);
});

test('a frame cut inside its headers is refused, whatever lies behind it in the buffer', () => {
  for (const linkType of Object.values(LinkType)) {
    const whole = linkFrame(linkType, udpPacket({ ...v4, payload: text('') }));
    for (let length = 0; length < whole.length; length++) {
      assert.equal(decodeFrame(whole, 0, length, linkType, new Frame()), false);
      const shifted = concat(new Uint8Array(30), whole);
      assert.equal(decodeFrame(shifted, 30, 30 + length, linkType, new Frame()), false);
    }
  }
});

test('TCP: sequence number, flags, options', () => {
  const seen = decode(
    tcpPacket({ ...v4, seq: 0xfffffff0, flags: 0x19, tcpOptions: new Uint8Array(12).fill(1), payload }),
    LinkType.raw,
  );
  assert.deepEqual([seen?.frame.tcpSeq, seen?.frame.tcpFlags, seen?.payload], [0xfffffff0, 0x19, 'payload']);
});

test('mutated and arbitrary frames: no throw, the payload stays inside the frame', () => {
  const packets = [
    udpPacket({ ...v4, payload }),
    udpPacket({ ...v6, payload }),
    tcpPacket({ ...v4, seq: 1, payload }),
    icmpPacket({ ...v6, payload }),
  ];
  const mutations = fc.array(fc.record({ at: fc.nat(), value: fc.integer({ min: 0, max: 255 }) }), { maxLength: 8 });
  const linkType = fc.constantFrom(...Object.values(LinkType));
  const mutated = fc
    .tuple(linkType, fc.constantFrom(...packets), mutations, fc.nat())
    .map(([link, packet, changes, cutAt]) => {
      const bytes = mutate(linkFrame(link, packet, { vlans: [[0x8100, 1]] }), changes);
      return [link, bytes.subarray(0, bytes.length - (cutAt % 20))] as const;
    });
  fc.assert(
    fc.property(fc.oneof(mutated, fc.tuple(linkType, fc.uint8Array({ maxLength: 120 }))), ([link, bytes]) => {
      const frame = new Frame();
      const buffer = concat(bytes, new Uint8Array(40).fill(0x45));
      if (!decodeFrame(buffer, 0, bytes.length, link, frame)) return;
      assert.ok(frame.srcStart >= 0 && frame.dstStart + frame.addressLength <= bytes.length);
      assert.ok(frame.payloadStart <= frame.payloadEnd && frame.payloadEnd <= bytes.length);
      assert.equal(addressBytes(addressText(buffer, frame.srcStart, 4)).length, 4);
    }),
    { numRuns: 3000 },
  );
});
