/** Record types by their presentation form: each text was read into bytes by another implementation (dnspython), and comes back here. */
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import dnsPacket, { type Answer } from 'dns-packet';
import fc from 'fast-check';
import { readRdata, type Rdata } from '../../../src/core/dns/rdata.ts';
import { decodeMessage } from '../../../src/core/dns/message.ts';
import { DnsType, parseType } from '../../../src/core/dns/types.ts';
import { dnsResponse } from '../../support/packetBuilder.ts';

const fromHex = (hex: string): Uint8Array => Uint8Array.from(Buffer.from(hex, 'hex'));
function rdata(type: string, bytes: Uint8Array): Rdata | undefined {
  return readRdata(parseType(type)!, bytes, 0, 0, bytes.length);
}

const RECORDS: readonly (readonly [type: string, hex: string, text: string])[] = [
  ['RP', '046d626f78076578616d706c650005776f726473076578616d706c6500', 'mbox.example. words.example.'],
  ['AFSDB', '00010463656c6c076578616d706c6500', '1 cell.example.'],
  ['X25', '09333131303030303031', '"311000001"'],
  ['ISDN', '0b343930303030303030303103303034', '"49000000001" "004"'],
  ['RT', '00020572656c6179076578616d706c6500', '2 relay.example.'],
  ['NSAP', '4700058000', '0x4700058000'],
  ['KEY', '0100030803010001', '256 3 8 AwEAAQ=='],
  ['PX', '0032026162076578616d706c6500026364076578616d706c6500', '50 ab.example. cd.example.'],
  ['GPOS', '052d33322e35063131362e37350431302e30', '"-32.5" "116.75" "10.0"'],
  ['LOC', '0033161389172dd070be14f600988cee', '42 21 54.000 N 71 6 18.250 W -24.50m 30.00m 10000.00m 10.00m'],
  [
    'NAPTR',
    '006400320175074532552b73697019215e2e2a24217369703a614073686f702e6578616d706c652100',
    '100 50 "u" "E2U+sip" "!^.*$!sip:a@shop.example!" .',
  ],
  ['KX', '000a026b78076578616d706c6500', '10 kx.example.'],
  ['CERT', '000512670801020304', '5 4711 8 AQIDBA=='],
  ['APL', '00011803c0000200011984c00002800002200420010db8', '1:192.0.2.0/24 !1:192.0.2.128/25 2:2001:db8::/32'],
  [
    'DS',
    'ec450d0200112233445566778899aabbccddeeff00112233445566778899aabbccddeeff',
    '60485 13 2 00112233445566778899aabbccddeeff00112233445566778899aabbccddeeff',
  ],
  [
    'SSHFP',
    '040200112233445566778899aabbccddeeff00112233445566778899aabbccddeeff',
    '4 2 00112233445566778899aabbccddeeff00112233445566778899aabbccddeeff',
  ],
  ['IPSECKEY', '0a0102c0000226010203', '10 1 2 192.0.2.38 AQID'],
  ['IPSECKEY', '0a020220010db8000000000000000000000026010203', '10 2 2 2001:db8::26 AQID'],
  ['IPSECKEY', '0a03020767617465776179076578616d706c6500010203', '10 3 2 gateway.example. AQID'],
  ['IPSECKEY', '0a0002010203', '10 0 2 . AQID'],
  [
    'RRSIG',
    '00010d0300000e1069a38180697e9780ec450473686f70076578616d706c65000102030405',
    'A 13 3 3600 20260301000000 20260201000000 60485 shop.example. AQIDBAU=',
  ],
  [
    'NSEC',
    '01620473686f70076578616d706c65000006400100000003010140041b000000000000000000000000000000000000000000000000000020',
    'b.shop.example. A MX RRSIG NSEC CAA TYPE1234',
  ],
  ['DNSKEY', '0101030d010203040506', '257 3 13 AQIDBAUG'],
  ['DHCID', '00020161', 'AAIBYQ=='],
  [
    'NSEC3',
    '0101000c04aabbccdd1400443214c74254b635cf84653a56d7c675be77df0006400000000002',
    '1 1 12 aabbccdd 0123456789abcdefghijklmnopqrstuv A RRSIG',
  ],
  ['NSEC3', '01000000001400443214c74254b635cf84653a56d7c675be77df', '1 0 0 - 0123456789abcdefghijklmnopqrstuv'],
  ['NSEC3PARAM', '0100000c04aabbccdd', '1 0 12 aabbccdd'],
  ['NSEC3PARAM', '0100000000', '1 0 0 -'],
  [
    'TLSA',
    '03010100112233445566778899aabbccddeeff00112233445566778899aabbccddeeff',
    '3 1 1 00112233445566778899aabbccddeeff00112233445566778899aabbccddeeff',
  ],
  ['SMIMEA', '030000001122', '3 0 0 001122'],
  ['HIP', '04020004200100100301000103727673076578616d706c6500', '2 20010010 AwEAAQ== rvs.example.'],
  ['NINFO', '06737461747573', '"status"'],
  ['CDS', '0000000000', '0 0 0 00'],
  ['CDNSKEY', '0000030000', '0 3 0 AA=='],
  ['OPENPGPKEY', '0102030405', 'AQIDBAU='],
  ['CSYNC', '000000420003000460000008', '66 3 A NS AAAA'],
  ['ZONEMD', '000007ea01f100112233445566778899aabbccddeeff', '2026 1 241 00112233445566778899aabbccddeeff'],
  ['SPF', '0b763d73706631202d616c6c', '"v=spf1 -all"'],
  ['NID', '000a00144fffff20ee64', '10 0014:4fff:ff20:ee64'],
  ['L32', '000ac0000200', '10 192.0.2.0'],
  ['L64', '000a20010db811401000', '10 2001:0db8:1140:1000'],
  ['LP', '000a036c3634076578616d706c6500', '10 l64.example.'],
  ['EUI48', '00005e00532a', '00-00-5e-00-53-2a'],
  ['EUI64', '00005eef1000002a', '00-00-5e-ef-10-00-00-2a'],
  ['URI', '000a000168747470733a2f2f73686f702e6578616d706c652f61', '10 1 "https://shop.example/a"'],
  ['AVC', '086170703a73686f70', '"app:shop"'],
  ['AMTRELAY', '0a01cb00710f', '10 0 1 203.0.113.15'],
  ['AMTRELAY', '0a830572656c6179076578616d706c6500', '10 1 3 relay.example.'],
  ['RESINFO', '08716e616d656d696e0c6578746572723d31352d3137', '"qnamemin" "exterr=15-17"'],
  ['WALLET', '0358595a03616263', '"XYZ" "abc"'],
  ['SVCB', '0001000001000603612c620163', '1 . alpn=a\\\\,b,c'],
  ['HTTPS', '000100000700102f646e732d71756572797b3f646e737d', '1 . dohpath="/dns-query{?dns}"'],
  ['WKS', 'c0000201060000004000000000000080', '192.0.2.1 6 25 80'],
  [
    'DLV',
    'ec450d0200112233445566778899aabbccddeeff00112233445566778899aabbccddeeff',
    '60485 13 2 00112233445566778899aabbccddeeff00112233445566778899aabbccddeeff',
  ],
  ['MINFO', '056f776e657200066572726f727300', 'owner. errors.'],
  ['DSYNC', '003b0100350364737900', 'CDS 1 53 dsy.'],
  [
    'TSIG',
    '0b686d61632d7368613235360000006920a8c0012c00040102030404d20011 0000'.replace(' ', ''),
    'hmac-sha256. 1763748032 300 AQIDBA== 1234 BADKEY',
  ],
  ['TSIG', '0161000000692 0a8c0012c0000000000100000'.replace(' ', ''), 'a. 1763748032 300 0 BADSIG'],
  ['TKEY', '01610069a38180697e978000030000000201020000', 'a. 20260301000000 20260201000000 3 NOERROR AQI='],
  ['HTTPS', '00010000050004fe0d0001', '1 . ech=/g0AAQ=='],
  ['HTTPS', '0001000009000400 1d0017'.replace(' ', ''), '1 . tls-supported-groups=29,23'],
];

describe('presentation forms', () => {
  for (const [type, hex, text] of RECORDS) {
    test(`${type} ${text.slice(0, 60)}`, () => {
      assert.equal(rdata(type, fromHex(hex))?.text, text);
    });
  }

  test('each cut short is no such record, but for those whose last field is whatever is left', () => {
    const open = new Set([
      'NSAP',
      'KEY',
      'CERT',
      'APL',
      'DS',
      'SSHFP',
      'IPSECKEY',
      'RRSIG',
      'DNSKEY',
      'DHCID',
      'TLSA',
      'SMIMEA',
    ]);
    for (const type of [
      'CDS',
      'CDNSKEY',
      'OPENPGPKEY',
      'ZONEMD',
      'URI',
      'DLV',
      'WKS',
      'ISDN',
      'HIP',
      'NSEC3',
      'SVCB',
      'HTTPS',
    ])
      open.add(type);
    for (const type of ['RESINFO', 'WALLET', 'CSYNC', 'NSEC', 'AMTRELAY']) open.add(type);
    for (const [type, hex] of RECORDS) {
      const bytes = fromHex(hex);
      for (let length = 0; length < bytes.length; length++) {
        const cut = rdata(type, bytes.slice(0, length));
        if (!open.has(type)) assert.equal(cut, undefined, `${type} cut to ${String(length)}`);
      }
    }
  });
});

test('a field says what its number means, and where it stands in the message', () => {
  const answers: Answer[] = [
    { type: 'DS', name: 'shop.example', data: { keyTag: 7, algorithm: 13, digestType: 2, digest: Buffer.alloc(32) } },
  ];
  const bytes = dnsResponse({ name: 'shop.example', type: 'DS', answers });
  const record = decodeMessage(bytes).message.answers[0]!;
  assert.ok(record.rdata.kind === 'fields');
  assert.deepEqual(
    record.rdata.fields.map(({ label, words, start, end }) => [
      label,
      words,
      start - record.rdataStart,
      end - record.rdataStart,
    ]),
    [
      ['Key tag', undefined, 0, 2],
      ['Algorithm', 'ECDSAP256SHA256', 2, 3],
      ['Digest type', 'SHA-256', 3, 4],
      ['Digest', undefined, 4, 36],
    ],
  );
});

test('what is not sound stays generic', () => {
  const wrong: readonly (readonly [string, string])[] = [
    ['NSEC', '0000010000'], // an empty window
    ['NSEC', '000000'],
    ['NSEC', '00010140000140'], // windows that do not ascend
    ['LOC', '0133161389172dd070be14f600988cee'], // version 1
    ['LOC', '00a3161389172dd070be14f600988cee'], // a size of ten tens
    ['LOC', '00331613ffffffff70be14f600988cee'], // beyond the pole
    ['AMTRELAY', '0a0500'], // an unknown gateway type
    ['ISDN', '016101620163'],
    ['HIP', '0402ffff20010010'],
  ];
  for (const [type, hex] of wrong) assert.equal(rdata(type, fromHex(hex)), undefined, `${type} ${hex}`);
});

const word = fc.string({ unit: fc.constantFrom(...'abcXYZ019-_'), minLength: 1, maxLength: 12 });
const name = fc.array(word, { minLength: 1, maxLength: 4 }).map((labels) => labels.join('.'));
const u8 = fc.nat(255);
const u16 = fc.nat(0xffff);
const u32 = fc.nat(0xffff_ffff);
const buffer = fc.uint8Array({ minLength: 1, maxLength: 60 }).map((bytes) => Buffer.from(bytes));
const known = fc.uniqueArray(fc.constantFrom('A', 'NS', 'SOA', 'MX', 'TXT', 'AAAA', 'RRSIG', 'CAA'), { minLength: 1 });
const inOrder = (types: readonly string[]): string =>
  types.toSorted((a, b) => DnsType[a as 'A'] - DnsType[b as 'A']).join(' ');
const date = (seconds: number): string =>
  new Date(seconds * 1000)
    .toISOString()
    .replace(/[^0-9]/g, '')
    .slice(0, 14);

/** Records that dns-packet builds, with the text that its own values make. */
const built: fc.Arbitrary<readonly [answer: Answer, text: string]> = fc.oneof(
  fc.tuple(u16, u16, word, word, word, name).map(([order, preference, flags, services, regexp, replacement]) => {
    const data = { order, preference, flags, services, regexp, replacement };
    const text = `${String(order)} ${String(preference)} "${flags}" "${services}" "${regexp}" ${replacement}.`;
    return [{ type: 'NAPTR', name: 'a.example', data }, text] as const;
  }),
  fc.tuple(u16, u8, u8, buffer).map(([keyTag, algorithm, digestType, digest]) => {
    const text = `${String(keyTag)} ${String(algorithm)} ${String(digestType)} ${digest.toString('hex')}`;
    return [{ type: 'DS', name: 'a.example', data: { keyTag, algorithm, digestType, digest } }, text] as const;
  }),
  fc.tuple(u16, u8, buffer).map(([flags, algorithm, key]) => {
    const text = `${String(flags)} 3 ${String(algorithm)} ${key.toString('base64')}`;
    return [{ type: 'DNSKEY', name: 'a.example', data: { flags, algorithm, key } }, text] as const;
  }),
  fc
    .tuple(u8, u8, u32, u32, u32, u16, name, buffer)
    .map(([algorithm, labels, ttl, end, start, tag, signer, signature]) => {
      const data = {
        typeCovered: 'MX',
        algorithm,
        labels,
        originalTTL: ttl,
        expiration: end,
        inception: start,
        keyTag: tag,
        signersName: signer,
        signature,
      } as const;
      const text = `MX ${String(algorithm)} ${String(labels)} ${String(ttl)} ${date(end)} ${date(start)} ${String(tag)} ${signer}. ${signature.toString('base64')}`;
      return [{ type: 'RRSIG', name: 'a.example', data }, text] as const;
    }),
  fc.tuple(name, known).map(([nextDomain, rrtypes]) => {
    return [
      { type: 'NSEC', name: 'a.example', data: { nextDomain, rrtypes } },
      `${nextDomain}. ${inOrder(rrtypes)}`,
    ] as const;
  }),
  fc.tuple(u16, buffer, known).map(([iterations, salt, rrtypes]) => {
    const data = { algorithm: 1, flags: 0, iterations, salt, nextDomain: Buffer.alloc(20), rrtypes };
    const text = `1 0 ${String(iterations)} ${salt.toString('hex')} ${'0'.repeat(32)} ${inOrder(rrtypes)}`;
    return [{ type: 'NSEC3', name: 'a.example', data }, text] as const;
  }),
  fc.tuple(u8, u8, u8, buffer).map(([usage, selector, matchingType, certificate]) => {
    const text = `${String(usage)} ${String(selector)} ${String(matchingType)} ${certificate.toString('hex')}`;
    return [{ type: 'TLSA', name: 'a.example', data: { usage, selector, matchingType, certificate } }, text] as const;
  }),
  fc.tuple(u8, buffer).map(([algorithm, fingerprint]) => {
    const bytes = Buffer.concat([fingerprint, Buffer.alloc(32)]).subarray(0, 32);
    const data = { algorithm, hash: 2, fingerprint: bytes.toString('hex') };
    return [{ type: 'SSHFP', name: 'a.example', data }, `${String(algorithm)} 2 ${data.fingerprint}`] as const;
  }),
  fc.tuple(name, name).map(([mbox, txt]) => {
    return [{ type: 'RP', name: 'a.example', data: { mbox, txt } }, `${mbox}. ${txt}.`] as const;
  }),
);

test('agrees with dns-packet on the types it can build', () => {
  fc.assert(
    fc.property(fc.array(built, { minLength: 1, maxLength: 5 }), (records) => {
      const bytes = dnsResponse({ name: 'a.example', answers: records.map(([answer]) => answer) });
      const { message, problems } = decodeMessage(bytes);
      assert.deepEqual(problems, []);
      assert.equal(dnsPacket.decode(Buffer.from(bytes)).answers?.length, records.length);
      assert.deepEqual(
        message.answers.map((record) => record.rdata.text),
        records.map(([, text]) => text),
      );
    }),
    { numRuns: 300 },
  );
});
