/** Link layers that are rare, and tunnels: the packet inside is found, and nothing but a packet. */
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { addressText } from '../../../src/core/packet/address.ts';
import { decodeFrame, Frame } from '../../../src/core/packet/frame.ts';
import { LinkType } from '../../../src/core/packet/packetSink.ts';
import { enterTunnel } from '../../../src/core/packet/tunnel.ts';
import { fragmentsOf, geneve, gre, ipInIp, vxlan } from '../../support/encapsulation.ts';
import { concat, icmpPacket, ipPacket, linkFrame, tcpPacket, text, udpPacket } from '../../support/packetBuilder.ts';

const ends = { sport: 40_000, dport: 53, payload: text('payload') };
const packet4 = udpPacket({ ...ends, src: '10.0.0.1', dst: '10.96.0.10' });
const packet6 = udpPacket({ ...ends, src: 'fd00::1', dst: 'fd00::a' });
const WAYS = ['10.0.0.1:40000 > 10.96.0.10:53 payload', 'fd00::1:40000 > fd00::a:53 payload'];

function way(bytes: Uint8Array, frame: Frame): string {
  const address = (start: number): string => addressText(bytes, start, frame.addressLength);
  const data = Buffer.from(bytes.subarray(frame.payloadStart, frame.payloadEnd)).toString();
  return `${address(frame.srcStart)}:${String(frame.srcPort)} > ${address(frame.dstStart)}:${String(frame.dstPort)} ${data}`;
}

describe('link layers', () => {
  const mac = new Uint8Array(12);
  const layers: readonly (readonly [string, number, (ip: Uint8Array) => Uint8Array])[] = [
    ['PPP', 9, (ip) => concat(Uint8Array.of(0xff, 3, 0, ip === packet4 ? 0x21 : 0x57), ip)],
    [
      'PPP with its header compressed (RFC 1661 §6.5, §6.6)',
      9,
      (ip) => concat(Uint8Array.of(ip === packet4 ? 0x21 : 0x57), ip),
    ],
    ['PPP in HDLC framing', 50, (ip) => concat(Uint8Array.of(0xff, 3, 0, ip === packet4 ? 0x21 : 0x57), ip)],
    ['PPP with a direction', 204, (ip) => concat(Uint8Array.of(1, 0xff, 3, 0, ip === packet4 ? 0x21 : 0x57), ip)],
    [
      'PPPoE without Ethernet',
      51,
      (ip) => concat(Uint8Array.of(0x11, 0, 0, 1, 0, 0, 0, ip === packet4 ? 0x21 : 0x57), ip),
    ],
    [
      'PPPoE session (RFC 2516)',
      LinkType.ethernet,
      (ip) => concat(mac, Uint8Array.of(0x88, 0x64, 0x11, 0, 0, 1, 0, 0, 0, ip === packet4 ? 0x21 : 0x57), ip),
    ],
    ['Cisco HDLC', 104, (ip) => concat(Uint8Array.of(0x0f, 0, ...(ip === packet4 ? [8, 0] : [0x86, 0xdd])), ip)],
    [
      'two MPLS labels (RFC 3032)',
      LinkType.ethernet,
      (ip) => concat(mac, Uint8Array.of(0x88, 0x47, 0, 0, 0x10, 64, 0, 0, 0x11, 64), ip),
    ],
    [
      '802.3 with SNAP (RFC 1042)',
      LinkType.ethernet,
      (ip) =>
        concat(
          mac,
          Uint8Array.of(0, ip.length + 8, 0xaa, 0xaa, 3, 0, 0, 0, ...(ip === packet4 ? [8, 0] : [0x86, 0xdd])),
          ip,
        ),
    ],
    [
      'VLAN around PPPoE',
      LinkType.ethernet,
      (ip) =>
        concat(mac, Uint8Array.of(0x81, 0, 0, 7, 0x88, 0x64, 0x11, 0, 0, 1, 0, 0, 0, ip === packet4 ? 0x21 : 0x57), ip),
    ],
  ];
  for (const [name, linkType, wrap] of layers) {
    test(name, () => {
      [packet4, packet6].forEach((ip, k) => {
        const bytes = wrap(ip);
        const frame = new Frame();
        assert.ok(decodeFrame(bytes, 0, bytes.length, linkType, frame));
        assert.equal(way(bytes, frame), WAYS[k]);
        // Every cut is refused or gives a shorter payload, and is no throw.
        for (let end = 0; end < bytes.length; end++) {
          const cut = bytes.slice(0, end);
          if (decodeFrame(cut, 0, end, linkType, frame)) assert.ok(frame.payloadEnd <= end);
        }
      });
    });
  }

  test('what is no IP is refused', () => {
    const frame = new Frame();
    const wrong: readonly (readonly [number, readonly number[]])[] = [
      [9, [0xff, 3, 0xc0, 0x21, 1, 1, 0, 4]], // LCP
      [51, [0x11, 9, 0, 0, 0, 4, 1, 1, 0, 0]], // PPPoE discovery
      [LinkType.ethernet, [...mac, 0, 8, 0x42, 0x42, 3, 0, 0, 0, 0, 0]], // spanning tree
      [LinkType.ethernet, [...mac, 0x08, 0x06, 0, 1, 8, 0, 6, 4, 0, 1]], // ARP
      [LinkType.ethernet, [...mac, 0x88, 0x47, 0, 0, 0x10, 64]], // a label without its bottom
      [999, [...packet4]],
    ];
    for (const [linkType, bytes] of wrong)
      assert.ok(
        !decodeFrame(Uint8Array.from(bytes), 0, bytes.length, linkType, frame),
        `${String(linkType)} ${String(bytes)}`,
      );
  });
});

describe('link layers whose header is not quite one', () => {
  const mac = new Uint8Array(12);
  /** A sound frame, and the places in it where every bit counts. */
  const frames: readonly (readonly [string, number, Uint8Array, readonly number[]])[] = [
    ['PPP', 9, concat(Uint8Array.of(0xff, 3, 0, 0x21), packet4), [0, 1, 2, 3]],
    ['PPPoE', 51, concat(Uint8Array.of(0x11, 0, 0, 1, 0, 0, 0, 0x21), packet4), [0, 1, 6, 7]],
    ['Cisco HDLC', 104, concat(Uint8Array.of(0x0f, 0, 8, 0), packet4), [2, 3]],
    [
      '802.3 with SNAP',
      LinkType.ethernet,
      concat(mac, Uint8Array.of(0, packet4.length + 8, 0xaa, 0xaa, 3, 0, 0, 0, 8, 0), packet4),
      [14, 15, 16, 17, 18, 19, 20, 21],
    ],
  ];
  for (const [name, linkType, bytes, places] of frames) {
    test(name, () => {
      const frame = new Frame();
      const isRead = (given: Uint8Array): boolean => decodeFrame(given, 0, given.length, linkType, frame);
      assert.ok(isRead(bytes));
      for (const place of places) {
        for (let bit = 1; bit < 256; bit *= 2) {
          const wrong = bytes.slice();
          wrong[place]! ^= bit;
          assert.ok(!isRead(wrong), `byte ${String(place)}, bit ${String(bit)}`);
        }
      }
    });
  }

  test('PPP on a Cisco link, whose address is 0x0f', () => {
    const bytes = concat(Uint8Array.of(0x0f, 3, 0, 0x57), packet6);
    assert.ok(decodeFrame(bytes, 0, bytes.length, 50, new Frame()));
  });
});

describe('tunnels', () => {
  const inner = (ip: Uint8Array): Uint8Array => linkFrame(LinkType.ethernet, ip);
  const tunnels: readonly (readonly [string, (ip: Uint8Array) => Uint8Array])[] = [
    ['VXLAN, port 8472', (ip) => vxlan(inner(ip))],
    ['VXLAN, port 4789', (ip) => vxlan(inner(ip), 4789)],
    ['VXLAN over IPv6', (ip) => vxlan(inner(ip), 4789, { src: 'fd01::1', dst: 'fd01::2' })],
    ['Geneve with options and Ethernet', (ip) => geneve(inner(ip))],
    ['Geneve without Ethernet', (ip) => geneve(ip, ip === packet4 ? 0x0800 : 0x86dd)],
    ['GRE with a key', (ip) => gre(ip, ip === packet4 ? 0x0800 : 0x86dd)],
    ['GRE with Ethernet', (ip) => gre(inner(ip), 0x6558)],
    ['IP in IP', (ip) => ipInIp(ip)],
  ];
  for (const [name, wrap] of tunnels) {
    test(name, () => {
      [packet4, packet6].forEach((ip, k) => {
        const outer = wrap(ip);
        const bytes = linkFrame(LinkType.linuxSll2, outer, { ifIndex: 9, direction: 'out' });
        const frame = new Frame();
        assert.ok(decodeFrame(bytes, 0, bytes.length, LinkType.linuxSll2, frame));
        assert.ok(enterTunnel(bytes, frame));
        assert.equal(way(bytes, frame), WAYS[k]);
        // The outer packet left this host; who sent the inner one is another question.
        assert.deepEqual([frame.direction, frame.ifIndex], [0, 9]);
        assert.ok(!enterTunnel(bytes, frame), 'the inner packet is none');
      });
    });
  }

  test('fragments inside are seen as fragments', () => {
    const [first] = fragmentsOf(
      udpPacket({ ...ends, src: '10.0.0.1', dst: '10.0.0.2', payload: new Uint8Array(2000) }),
      1000,
    );
    const bytes = vxlan(inner(first!));
    const frame = new Frame();
    assert.ok(decodeFrame(bytes, 0, bytes.length, LinkType.raw, frame) && enterTunnel(bytes, frame));
    assert.equal(frame.fragment, 1);
  });

  const enters = (bytes: Uint8Array): boolean => {
    const frame = new Frame();
    return decodeFrame(bytes, 0, bytes.length, LinkType.raw, frame) && enterTunnel(bytes, frame);
  };
  const nodes = { src: '192.168.1.10', dst: '192.168.1.11' };

  test('VXLAN-GPE names the protocol inside: IPv4, IPv6, Ethernet; others are not read', () => {
    const gpe = (next: number, carried: Uint8Array): Uint8Array =>
      udpPacket({
        ...nodes,
        sport: 1,
        dport: 4790,
        payload: concat(Uint8Array.of(0x0c, 0, 0, next, 0, 0, 1, 0), carried),
      });
    assert.ok(enters(gpe(1, packet4)) && enters(gpe(2, packet6)) && enters(gpe(3, inner(packet4))));
    // NSH and MPLS; and a number that fits what is carried no better.
    for (const next of [0, 4, 5]) assert.ok(![packet4, inner(packet4)].some((carried) => enters(gpe(next, carried))));
    const plain = vxlan(inner(packet4));
    plain[28 + 3] = 1;
    assert.ok(enters(plain), 'without the P flag the field is reserved');
  });

  test('GRE with any of checksum, key and sequence number (RFC 2890)', () => {
    for (const flags of [0, 0x80, 0x20, 0x10, 0xa0, 0x90, 0x30, 0xb0]) {
      const words = [0x80, 0x20, 0x10].filter((flag) => (flags & flag) !== 0).length;
      const head = concat(Uint8Array.of(flags, 0, 8, 0), new Uint8Array(4 * words).fill(0xee));
      const frame = new Frame();
      const bytes = ipPacket(nodes, 47, concat(head, packet4));
      assert.ok(decodeFrame(bytes, 0, bytes.length, LinkType.raw, frame) && enterTunnel(bytes, frame));
      assert.equal(way(bytes, frame), WAYS[0]);
    }
    assert.ok(!enters(ipPacket(nodes, 47, concat(Uint8Array.of(0, 0, 0x88, 0x0b), packet4))), 'PPP in GRE is not read');
  });

  test('mirrored traffic: ERSPAN I has no header of its own, ERSPAN II has eight bytes', () => {
    const first = concat(Uint8Array.of(0, 0, 0x88, 0xbe), inner(packet4));
    const second = concat(Uint8Array.of(0x10, 0, 0x88, 0xbe, 0, 0, 0, 1), new Uint8Array(8).fill(0x11), inner(packet4));
    for (const carried of [first, second]) assert.ok(enters(ipPacket(nodes, 47, carried)));
  });

  test('the same bytes to another port, or over TCP, are no tunnel', () => {
    assert.ok(enters(vxlan(inner(packet4), 4789)) && !enters(vxlan(inner(packet4), 4791)));
    const payload = concat(Uint8Array.of(8, 0, 0, 0, 0, 0, 1, 0), inner(packet4));
    assert.ok(!enters(tcpPacket({ ...nodes, sport: 1, dport: 4789, seq: 1, payload })));
    assert.ok(!enters(icmpPacket({ ...nodes, payload: packet4 })));
  });

  test('what lies behind a cut is not read: a chunk of a capture goes on with the next packet', () => {
    const frame = new Frame();
    const seen = (bytes: Uint8Array, end: number): string =>
      decodeFrame(bytes, 0, end, LinkType.raw, frame) && enterTunnel(bytes, frame)
        ? JSON.stringify([way(bytes, frame), frame.clipped])
        : '';
    for (const [name, wrap] of tunnels) {
      const bytes = wrap(packet6);
      for (let end = 0; end < bytes.length; end++)
        assert.equal(seen(bytes, end), seen(bytes.slice(0, end), end), `${name}, ${String(end)} bytes`);
    }
  });

  test('a VXLAN header without its flag, another version, a cut: refused', () => {
    const noFlag = vxlan(inner(packet4));
    noFlag[28] = 0;
    const version = geneve(inner(packet4));
    version[28] = 0xc2;
    const routed = gre(packet4, 0x0800);
    routed[21] = 1;
    for (const bytes of [noFlag, version, routed]) assert.ok(!enters(bytes));
    for (const wrap of tunnels.map(([, build]) => build(packet4)))
      for (let end = 0; end < wrap.length; end++) enters(wrap.slice(0, end));
  });
});
