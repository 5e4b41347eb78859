import assert from 'node:assert/strict';
import { test } from 'node:test';
import { addressText } from '../../../src/core/packet/address.ts';
import { decodeFrame, Frame } from '../../../src/core/packet/frame.ts';
import { type QuotedError, readIcmpError } from '../../../src/core/packet/icmpError.ts';
import { LinkType } from '../../../src/core/packet/packetSink.ts';
import { fragmentsOf, icmpError } from '../../support/encapsulation.ts';
import { concat, ipPacket, tcpPacket, text, udpPacket } from '../../support/packetBuilder.ts';

const v4 = { src: '10.0.0.1', dst: '10.96.0.10', sport: 40_000, dport: 53 };
const v6 = { ...v4, src: 'fd00::1', dst: 'fd00::a' };
const back4 = { src: '192.168.1.10', dst: v4.src };
const back6 = { src: 'fd00::99', dst: v6.src };
const payload = text('question');

/** The error, with what it quotes as text; the packet lies in the middle of a larger buffer. */
function read(packet: Uint8Array): (QuotedError & { readonly way: string; readonly quote: string }) | undefined {
  const bytes = concat(new Uint8Array(3).fill(0x45), packet, new Uint8Array(60).fill(0x45));
  const frame = new Frame();
  if (!decodeFrame(bytes, 3, 3 + packet.length, LinkType.raw, frame)) return undefined;
  const error = readIcmpError(bytes, frame);
  if (error === undefined) return undefined;
  const address = (at: number): string => addressText(bytes, at, error.addressLength);
  const way = `${address(error.srcStart)}:${String(error.srcPort)} > ${address(error.dstStart)}:${String(error.dstPort)}`;
  return { ...error, way, quote: Buffer.from(bytes.subarray(error.payloadStart, error.payloadEnd)).toString() };
}

/** RFC 792, RFC 1812 §5.2.7.1. */
const CODES_V4 =
  'net host protocol port fragmentation-needed other net host host admin admin net host admin admin admin other'.split(
    ' ',
  );
/** RFC 4443 §3.1. */
const CODES_V6 = 'net admin net host port admin net other'.split(' ');
const KIND: Readonly<Record<string, string>> = { admin: 'admin-prohibited', other: 'other' };
const kindOf = (word: string): string => KIND[word] ?? (word.includes('-') ? word : `${word}-unreachable`);

test('every code of "destination unreachable" has its meaning', () => {
  for (const [code, word] of CODES_V4.entries()) {
    const error = read(icmpError({ ...back4, type: 3, code, about: udpPacket({ ...v4, payload }) }));
    assert.deepEqual([error?.kind, error?.type, error?.code], [kindOf(word), 3, code]);
  }
  for (const [code, word] of CODES_V6.entries()) {
    const error = read(icmpError({ ...back6, type: 1, code, about: udpPacket({ ...v6, payload }) }));
    assert.deepEqual([error?.kind, error?.type, error?.code], [kindOf(word), 1, code]);
  }
});

test('the other errors; what is none gives nothing', () => {
  const kinds = (
    back: typeof back4,
    about: Uint8Array,
    types: readonly (readonly [number, number])[],
  ): readonly unknown[] => types.map(([type, code]) => read(icmpError({ ...back, type, code, about }))?.kind);
  const about4 = udpPacket({ ...v4, payload });
  assert.deepEqual(
    kinds(back4, about4, [
      [4, 0],
      [11, 0],
      [11, 1],
      [12, 0],
      [0, 0],
      [8, 0],
      [5, 0],
    ]),
    ['other', 'time-exceeded', 'reassembly-timeout', 'parameter-problem', undefined, undefined, undefined],
  );
  const about6 = udpPacket({ ...v6, payload });
  assert.deepEqual(
    kinds(back6, about6, [
      [2, 0],
      [3, 0],
      [3, 1],
      [4, 0],
      [128, 0],
      [11, 0],
    ]),
    ['fragmentation-needed', 'time-exceeded', 'reassembly-timeout', 'parameter-problem', undefined, undefined],
  );
});

test('who sent what is quoted, and the payload of UDP as far as it is there', () => {
  for (const [back, ends, type, way] of [
    [back4, v4, 3, '10.0.0.1:40000 > 10.96.0.10:53'],
    [back6, v6, 1, 'fd00::1:40000 > fd00::a:53'],
  ] as const) {
    const udp = read(icmpError({ ...back, type, code: 3, about: udpPacket({ ...ends, payload }) }));
    assert.deepEqual([udp?.way, udp?.protocol, udp?.quote], [way, 17, 'question']);
    const cut = udpPacket({ ...ends, payload }).slice(0, -4);
    assert.equal(read(icmpError({ ...back, type, code: 3, about: cut }))?.quote, 'ques');
    const tcp = read(icmpError({ ...back, type, code: 3, about: tcpPacket({ ...ends, seq: 1, payload }) }));
    assert.deepEqual([tcp?.way, tcp?.protocol, tcp?.quote], [way, 6, '']);
  }
});

test('the size that gets through is 16 bits of IPv4 and 32 of IPv6, and said of nothing else', () => {
  const mtu = (back: typeof back4, type: number, code: number, about: Uint8Array, value: number): number | undefined =>
    read(icmpError({ ...back, type, code, about, mtu: value }))?.mtu;
  const [about4, about6] = [udpPacket({ ...v4, payload }), udpPacket({ ...v6, payload })];
  assert.deepEqual(
    [mtu(back4, 3, 4, about4, 1400), mtu(back4, 3, 4, about4, 0x1_0578), mtu(back4, 3, 3, about4, 1400)],
    [1400, 1400, 0],
  );
  assert.deepEqual([mtu(back6, 2, 0, about6, 0x1_0578), mtu(back6, 1, 4, about6, 1400)], [0x1_0578, 0]);
});

test('options and extension headers stand before the ports; a later fragment has none', () => {
  const options = udpPacket({ ...v4, payload, options: new Uint8Array(8) });
  assert.equal(read(icmpError({ ...back4, type: 3, code: 3, about: options }))?.way, '10.0.0.1:40000 > 10.96.0.10:53');
  const header = (units: number): Uint8Array => concat(Uint8Array.of(0, units), new Uint8Array(6 + 8 * units));
  for (const extensions of [
    [[0, header(0)]],
    [[43, header(1)]],
    [[60, header(2)]],
    [
      [0, header(0)],
      [44, header(0)],
    ],
  ] as const) {
    const about = udpPacket({ ...v6, payload, extensions });
    const error = read(icmpError({ ...back6, type: 1, code: 4, about }));
    assert.deepEqual([error?.way, error?.quote], ['fd00::1:40000 > fd00::a:53', 'question']);
  }
  for (const [back, ends, type] of [
    [back4, v4, 3],
    [back6, v6, 1],
  ] as const) {
    const [first, later] = fragmentsOf(udpPacket({ ...ends, payload: new Uint8Array(100) }), 56);
    assert.ok(read(icmpError({ ...back, type, code: 3, about: first! })) !== undefined);
    assert.equal(read(icmpError({ ...back, type, code: 3, about: later! })), undefined);
  }
});

test('a quote that is cut before the end of its ports, of another version or protocol, says nothing', () => {
  for (const [back, ends, type, length] of [
    [back4, v4, 3, 28],
    [back6, v6, 1, 48],
  ] as const) {
    const about = udpPacket({ ...ends, payload });
    for (let quote = 0; quote < about.length; quote++)
      assert.equal(
        read(icmpError({ ...back, type, code: 3, about, quote })) !== undefined,
        quote >= length,
        String(quote),
      );
    assert.equal(read(icmpError({ ...back, type, code: 3, about: ipPacket(ends, 132, payload) })), undefined);
  }
  assert.equal(read(icmpError({ ...back4, type: 3, code: 3, about: udpPacket({ ...v6, payload }) })), undefined);
  assert.equal(
    read(icmpError({ ...back6, type: 1, code: 3, about: udpPacket({ ...v4, payload: new Uint8Array(40) }) })),
    undefined,
  );
  const shortHeader = udpPacket({ ...v4, payload });
  shortHeader[0] = 0x44;
  assert.equal(read(icmpError({ ...back4, type: 3, code: 3, about: shortHeader })), undefined);
});
