import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { readEdns } from '../../../src/core/dns/edns.ts';
import { decodeMessage } from '../../../src/core/dns/message.ts';
import { parseNameText } from '../../../src/core/dns/name.ts';
import { concat, text } from '../../support/packetBuilder.ts';

const u16 = (...values: readonly number[]): Uint8Array =>
  Uint8Array.from(values.flatMap((value) => [value >> 8, value & 255]));
const header = (questions: number, answers: number, additionals = 0): Uint8Array =>
  u16(1, 0x8180, questions, answers, 0, additionals);
const QUESTION = concat(parseNameText('www.example.com').value!, u16(1, 1));

const codes = (bytes: Uint8Array): string[] => decodeMessage(bytes).problems.map(({ code }) => code);

describe('EDNS (RFC 6891)', () => {
  const name = parseNameText('a.b').value!;
  const opt = (dnsClass: number, ttl: readonly [number, number], options: Uint8Array): Uint8Array =>
    concat(header(1, 0, 1), QUESTION, Uint8Array.of(0), u16(41, dnsClass, ...ttl, options.length), options);

  test('size, extended rcode, version, DO', () => {
    const { message, problems } = decodeMessage(opt(1232, [0x0100, 0x8000], new Uint8Array(0)));
    assert.deepEqual(problems, []);
    assert.equal(message.rcode, 16);
    assert.deepEqual(message.edns, {
      udpSize: 1232,
      version: 0,
      extendedRcode: 1,
      dnssecOk: true,
      z: 0,
      options: [],
      whole: true,
    });
    assert.equal(message.additionals[0]?.rdata.text, 'EDNS version 0, 1232 bytes, DO');
  });

  const options: readonly (readonly [string, Uint8Array, string])[] = [
    ['extended error (RFC 8914)', concat(u16(15, 8, 22), text('at 53!')), 'EDE 22 (No reachable authority): at 53!'],
    ['cookie (RFC 7873)', concat(u16(10, 8), new Uint8Array(8).fill(0xab)), 'COOKIE client abababababababab'],
    [
      'cookie of client and server',
      concat(u16(10, 16), new Uint8Array(8).fill(0xab), new Uint8Array(8).fill(0xcd)),
      'COOKIE client abababababababab server cdcdcdcdcdcdcdcd',
    ],
    ['client subnet (RFC 7871)', concat(u16(8, 7, 1), Uint8Array.of(24, 0, 192, 0, 2)), 'ECS 192.0.2.0/24 scope 0'],
    ['padding (RFC 7830)', concat(u16(12, 5), new Uint8Array(5)), 'PADDING 5 bytes'],
    ['TCP keep-alive (RFC 7828)', u16(11, 2, 300), 'KEEPALIVE 30000 ms'],
    ['rate limited', u16(15, 2, 31), 'EDE 31 (Rate limited)'],
    ['an extended error without a name', u16(15, 2, 4711), 'EDE 4711 (Error 4711)'],
    ['NSID (RFC 5001)', concat(u16(3, 4), text('ns-1')), 'NSID 6e732d31 ("ns-1")'],
    ['NSID that is no text', u16(3, 2, 0xff00), 'NSID ff00'],
    ['TCP keep-alive in a query', u16(11, 0), 'KEEPALIVE asked for'],
    ['a cookie of no length there is', u16(10, 2, 0xabcd), 'COOKIE abcd'],
    ['chain (RFC 7901)', concat(u16(13, 5), name), 'CHAIN a.b.'],
    ['report channel (RFC 9567)', concat(u16(18, 5), name), 'REPORT-CHANNEL a.b.'],
    [
      'algorithms understood (RFC 6975)',
      concat(u16(5, 3), Uint8Array.of(8, 13, 99)),
      'DAU RSASHA256, ECDSAP256SHA256, 99',
    ],
    ['key tags (RFC 8145)', u16(14, 4, 20_326, 38_696), 'KEY-TAG 20326, 38696'],
    ['expire (RFC 7314)', u16(9, 4, 0, 3600), 'EXPIRE 3600 s'],
    [
      'zone version (RFC 9660)',
      concat(u16(19, 6), Uint8Array.of(2, 0), u16(0, 7)),
      'ZONEVERSION SOA serial 7, 2 labels',
    ],
    ['update lease (RFC 9664)', u16(2, 4, 0, 7200), 'UPDATE-LEASE 7200 s'],
    ['unknown', u16(65_001, 2, 0xbeef), 'OPT65001 beef'],
    ['an unsound client subnet stays hex', concat(u16(8, 4, 9, 0)), 'ECS 00090000'],
  ];
  for (const [title, bytes, expected] of options) {
    test(title, () => {
      const { message, problems } = decodeMessage(opt(512, [0, 0], bytes));
      assert.deepEqual(problems, []);
      const option = message.edns!.options[0]!;
      assert.equal(`${option.name} ${option.text}`, expected);
      assert.deepEqual([option.start, option.end], [44, 44 + bytes.length]);
    });
  }

  test('an extended error gives its number', () => {
    assert.equal(decodeMessage(opt(512, [0, 0], u16(15, 2, 3))).message.edns?.options[0]?.extendedError, 3);
  });

  test('options over the end; two OPT records', () => {
    assert.deepEqual(codes(opt(512, [0, 0], u16(10, 9, 1))), ['bad-edns-option']);
    const twice = concat(opt(512, [0, 0], new Uint8Array(0)), Uint8Array.of(0), u16(41, 1, 0, 0, 0));
    twice[11] = 2;
    assert.deepEqual(codes(twice), ['repeated-edns']);
    assert.equal(decodeMessage(twice).message.edns?.udpSize, 512);
  });
});

describe('options by their length', () => {
  const said = (code: number, ...value: readonly number[]): string => {
    const bytes = concat(new Uint8Array(3), u16(code, value.length), Uint8Array.from(value));
    const { options, whole } = readEdns(0, 0, bytes, 1, 3, bytes.length);
    assert.deepEqual([options.length, whole, options[0]!.start, options[0]!.end], [1, true, 2, bytes.length - 1]);
    return options[0]!.text;
  };
  const bytes = (length: number, value = 0): readonly number[] => new Array<number>(length).fill(value);

  test('leases and expiry: four bytes, or eight; expiry also none', () => {
    assert.deepEqual([said(2, 0, 0, 0, 9), said(2, 0, 0, 0, 9, 0, 0, 0, 8)], ['9 s', '9 s']);
    assert.deepEqual([said(2, ...bytes(3)), said(2, ...bytes(5))], ['000000', '0000000000']);
    assert.deepEqual(
      [said(9), said(9, 0, 0, 1, 0), said(9, 1), said(9, ...bytes(5))],
      ['asked for', '256 s', '01', '0000000000'],
    );
  });

  test('a cookie has 8 bytes of the client, then none or 8 to 32 of the server', () => {
    for (const length of [7, 9, 15, 41]) assert.equal(said(10, ...bytes(length)), '00'.repeat(length));
    assert.equal(said(10, ...bytes(8)), `client ${'00'.repeat(8)}`);
    for (const length of [16, 40])
      assert.equal(said(10, ...bytes(length)), `client ${'00'.repeat(8)} server ${'00'.repeat(length - 8)}`);
  });

  test('keep-alive, zone version and key tags: anything but the prescribed lengths is shown as bytes', () => {
    assert.deepEqual([said(11, 0, 1), said(11, 1), said(11, 0, 0, 1)], ['100 ms', '01', '000001']);
    assert.deepEqual([said(19), said(19, 2, 0, 0, 0, 0, 7)], ['asked for', 'SOA serial 7, 2 labels']);
    assert.deepEqual([said(19, 2, 1, 0, 0, 0, 7), said(19, 2, 0, 0, 0, 7)], ['020100000007', '0200000007']);
    assert.deepEqual([said(14, 0, 1, 0, 2), said(14, 0, 1, 0)], ['1, 2', '000100']);
  });

  test('algorithms understood, known and not', () => {
    assert.deepEqual(
      [said(5, 13, 77), said(6, 2, 77), said(7, 1, 77)],
      ['ECDSAP256SHA256, 77', 'SHA-256, 77', 'SHA-1, 77'],
    );
  });

  test('NSID is quoted only when all of it can be shown', () => {
    assert.equal(said(3, 0x20, 0x7e), '207e (" ~")');
    for (const byte of [0x1f, 0x7f]) assert.equal(said(3, 0x61, byte), `61${byte.toString(16)}`);
    assert.equal(said(3), '');
  });

  test('an extended error needs its number; what accompanies it is text', () => {
    assert.equal(said(15, 9), '09');
    assert.equal(readEdns(0, 0, Uint8Array.of(0, 15, 0, 1, 9), 0, 0, 5).options[0]!.extendedError, undefined);
    assert.equal(said(15, 0, 18), '18 (Prohibited)');
    for (const code of [22, 23, 24, 25]) assert.equal(said(code, 0x65, 0x6e), 'en');
  });

  test('a client subnet has as many bytes as its family at most', () => {
    assert.equal(said(8, 0, 1, 0, 0), '0.0.0.0/0 scope 0');
    assert.equal(said(8, 0, 1, 32, 24, 192, 0, 2, 1), '192.0.2.1/32 scope 24');
    assert.equal(said(8, 0, 1, 32, 24, 192, 0, 2, 1, 1), '00012018c000020101');
    assert.equal(said(8, 0, 2, 32, 0, 0x20, 1, 0xd, 0xb8), '2001:db8::/32 scope 0');
    assert.equal(said(8, 0, 2, 128, 0, ...bytes(16)), '::/128 scope 0');
    assert.equal(said(8, 0, 1, 0), '000100');
  });

  test('a name that does not fill its option, and one with a pointer, are bytes', () => {
    assert.deepEqual([said(13, 1, 0x61, 0), said(13, 1, 0x61, 0, 0), said(13, 1, 0x61)], ['a.', '01610000', '0161']);
    assert.equal(said(18, 1, 0x61, 0xc0, 0), '0161c000');
  });

  test('every flag but DO is Z', () => {
    const { z, dnssecOk, version, extendedRcode } = readEdns(0, 0x0203_7fff, new Uint8Array(0), 0, 0, 0);
    assert.deepEqual([z, dnssecOk, version, extendedRcode], [0x7fff, false, 3, 2]);
    assert.equal(readEdns(0, 0xffff_ffff, new Uint8Array(0), 0, 0, 0).extendedRcode, 255);
  });

  test('an option of no length, and a header cut short', () => {
    const two = Uint8Array.of(0, 12, 0, 0, 0, 3, 0, 0);
    assert.deepEqual(
      readEdns(0, 0, two, 0, 0, 8).options.map(({ name, text: words, end }) => [name, words, end]),
      [
        ['PADDING', '0 bytes', 4],
        ['NSID', '', 8],
      ],
    );
    const cut = readEdns(0, 0, two, 0, 0, 7);
    assert.deepEqual([cut.options.length, cut.whole], [1, false]);
  });
});
