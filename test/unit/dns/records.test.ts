/** Record types by their presentation form. */
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import dnsPacket, { type Answer } from 'dns-packet';
import fc from 'fast-check';
import { readRdata, type Rdata } from '../../../src/core/dns/rdata.ts';
import { decodeMessage } from '../../../src/core/dns/message.ts';
import { DnsType, parseType } from '../../../src/core/dns/types.ts';
import { dnsResponse } from '../../support/packetBuilder.ts';
import { RECORD_SAMPLES } from '../../support/recordSamples.ts';

const fromHex = (hex: string): Uint8Array => Uint8Array.from(Buffer.from(hex, 'hex'));
function rdata(type: string, bytes: Uint8Array): Rdata | undefined {
  return readRdata(parseType(type)!, bytes, 0, 0, bytes.length);
}

describe('presentation forms', () => {
  for (const [type, hex, text] of RECORD_SAMPLES) {
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
    for (const [type, hex] of RECORD_SAMPLES) {
      const bytes = fromHex(hex);
      for (let length = 0; length < bytes.length; length++) {
        const cut = rdata(type, bytes.slice(0, length));
        if (!open.has(type)) assert.equal(cut, undefined, `${type} cut to ${String(length)}`);
      }
    }
  });
});

test('fields stand in the record data one behind the other and fill it', () => {
  for (const [type, hex, text] of RECORD_SAMPLES) {
    const bytes = fromHex(`ffffff${hex}`);
    const read = readRdata(parseType(type)!, bytes, 1, 3, bytes.length);
    if (read?.kind !== 'fields') continue;
    // A place's version and the lengths in a host identity are shown nowhere (RFC 1876 §2, RFC 8005 §5);
    // a relay's type and its flag share a byte (RFC 8777 §4.2.2).
    const covered = new Set<number>(type === 'LOC' ? [2] : type === 'HIP' ? [2, 4, 5] : []);
    let shared = type === 'AMTRELAY' ? 1 : 0;
    for (const { start, end } of read.fields) {
      for (let at = start; at < end; at++) {
        if (covered.has(at)) shared--;
        covered.add(at);
      }
    }
    assert.equal(shared, 0, `${type} ${text}`);
    const all = Array.from({ length: bytes.length - 3 }, (_, k) => k + 2);
    assert.deepEqual(
      [...covered].sort((a, b) => a - b),
      all,
      `${type} ${text}`,
    );
  }
});

test('what numbers mean: keys, certificates, hashes (RFC 4034 §2.1.1, RFC 5011 §3, RFC 7218 §2, RFC 5155 §3.1.2.1)', () => {
  const words = (type: string, hex: string): readonly (string | undefined)[] => {
    const read = rdata(type, fromHex(hex));
    assert.ok(read?.kind === 'fields');
    return read.fields.map((field) => field.words);
  };
  const flags = (value: string): string | undefined => words('DNSKEY', `${value}030d01`)[0];
  assert.deepEqual(['0100', '0101', '0180', '0181', '0080', '0001', '0000'].map(flags), [
    'zone-signing key',
    'key-signing key',
    'zone-signing key, revoked',
    'key-signing key, revoked',
    'revoked',
    undefined,
    undefined,
  ]);
  assert.deepEqual(words('TLSA', '00000001'), ['PKIX-TA', 'whole certificate', 'exact', undefined]);
  assert.deepEqual(words('TLSA', '03010201'), ['DANE-EE', 'public key', 'SHA-512', undefined]);
  assert.deepEqual(words('TLSA', '04020301'), [undefined, undefined, undefined, undefined]);
  assert.deepEqual(words('NSEC3PARAM', '010100000101'), ['SHA-1', 'opt-out', undefined, undefined]);
  assert.deepEqual(words('NSEC3PARAM', '020200000101'), [undefined, undefined, undefined, undefined]);
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
