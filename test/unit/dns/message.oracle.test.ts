/** Whole messages against dns-packet, and noise. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import dnsPacket, { type Answer, type Packet } from 'dns-packet';
import fc from 'fast-check';
import { type DnsRecord, decodeMessage } from '../../../src/core/dns/message.ts';
import { typeText } from '../../../src/core/dns/types.ts';
import { dnsResponse, encodeDns } from '../../support/packetBuilder.ts';

// dns-packet loses bytes outside UTF-8, dots inside labels, the QU bit and damage; what it is given here has none of them.
const label = fc.string({ unit: fc.constantFrom(...'abcXYZ019-_'), minLength: 1, maxLength: 12 });
const nameArbitrary = fc.array(label, { minLength: 1, maxLength: 5 }).map((labels) => labels.join('.'));
const ipv4 = fc.tuple(fc.nat(255), fc.nat(255), fc.nat(255), fc.nat(255)).map((bytes) => bytes.join('.'));
const ipv6 = fc
  .array(fc.integer({ min: 1, max: 0xffff }), { minLength: 8, maxLength: 8 })
  .map((groups) => groups.map((group) => group.toString(16)).join(':'));
const u16Arbitrary = fc.nat(0xffff);
const u32Arbitrary = fc.nat(0xffff_ffff);
const word = fc.string({ unit: fc.constantFrom(...'abc xyz=;'), maxLength: 40 });

interface Expected {
  readonly answer: Answer;
  readonly text: string;
}

const recordArbitrary: fc.Arbitrary<Expected> = fc.tuple(nameArbitrary, fc.nat(0x7fff_ffff)).chain(([name, ttl]) =>
  fc.oneof(
    ipv4.map((data): Expected => ({ answer: { type: 'A', name, ttl, data }, text: data })),
    ipv6.map((data): Expected => ({ answer: { type: 'AAAA', name, ttl, data }, text: data })),
    ...(['CNAME', 'NS', 'PTR', 'DNAME'] as const).map((type) =>
      nameArbitrary.map((data): Expected => ({ answer: { type, name, ttl, data }, text: `${data}.` })),
    ),
    fc.tuple(u16Arbitrary, nameArbitrary).map(([preference, exchange]): Expected => ({
      answer: { type: 'MX', name, ttl, data: { preference, exchange } },
      text: `${preference} ${exchange}.`,
    })),
    fc
      .tuple(u16Arbitrary, u16Arbitrary, u16Arbitrary, nameArbitrary)
      .map(([priority, weight, port, target]): Expected => ({
        answer: { type: 'SRV', name, ttl, data: { priority, weight, port, target } },
        text: `${priority} ${weight} ${port} ${target}.`,
      })),
    fc.array(word, { minLength: 1, maxLength: 3 }).map((words): Expected => ({
      answer: { type: 'TXT', name, ttl, data: words },
      text: words.map((one) => `"${one}"`).join(' '),
    })),
    fc
      .tuple(nameArbitrary, nameArbitrary, u32Arbitrary, u32Arbitrary)
      .map(([mname, rname, serial, minimum]): Expected => ({
        answer: { type: 'SOA', name, ttl, data: { mname, rname, serial, refresh: 1, retry: 2, expire: 3, minimum } },
        text: `${mname}. ${rname}. ${serial} 1 2 3 ${minimum}`,
      })),
  ),
);

test('agrees with dns-packet on well-formed messages', () => {
  const recordsArbitrary = fc.array(recordArbitrary, { maxLength: 5 });
  const arbitrary = fc.tuple(
    u16Arbitrary,
    nameArbitrary,
    recordsArbitrary,
    recordsArbitrary,
    recordsArbitrary,
    fc.nat(0x7ff),
    fc.nat(10),
  );
  fc.assert(
    fc.property(arbitrary, ([id, name, answers, authorities, additionals, flags, rcode]) => {
      const section = (records: readonly Expected[]): Answer[] => records.map((record) => record.answer);
      const packet: Packet = {
        type: 'response',
        id,
        flags: (flags << 4) | rcode,
        questions: [{ type: 'A', name, class: 'IN' }],
        answers: section(answers),
        authorities: section(authorities),
        additionals: section(additionals),
      };
      const bytes = encodeDns(packet);
      const { message, problems } = decodeMessage(bytes);
      const oracle = dnsPacket.decode(Buffer.from(bytes));
      assert.deepEqual(problems, []);
      assert.deepEqual([message.id, message.rcode, message.truncated], [id, rcode, oracle.flag_tc]);
      assert.equal(message.questions[0]?.name, `${oracle.questions?.[0]?.name}.`);
      const check = (
        ours: readonly DnsRecord[],
        expected: readonly Expected[],
        theirs: readonly Answer[] = [],
      ): void => {
        assert.deepEqual(
          ours.map((record) => [record.name, typeText(record.type), record.ttl, record.rdata.text]),
          expected.map((one, k) => [
            `${theirs[k]?.name}.`,
            theirs[k]?.type,
            'ttl' in one.answer ? one.answer.ttl : 0,
            one.text,
          ]),
        );
      };
      check(message.answers, answers, oracle.answers);
      check(message.authorities, authorities, oracle.authorities);
      check(message.additionals, additionals, oracle.additionals);
      assert.equal(
        [...message.questions, ...message.answers, ...message.authorities, ...message.additionals].at(-1)?.end,
        bytes.length,
      );
    }),
    { numRuns: 300 },
  );
});

test('arbitrary and mutated bytes: no throw, offsets inside, text printable', () => {
  const change = fc.array(fc.tuple(fc.nat(), fc.integer({ min: 0, max: 255 })), { maxLength: 10 });
  const mutated = fc
    .tuple(fc.array(recordArbitrary, { maxLength: 4 }), change, fc.nat(99))
    .map(([records, changes, cutAt]) => {
      const bytes = dnsResponse({ name: 'a.example', ednsSize: 1232, answers: records.map((record) => record.answer) });
      for (const [at, value] of changes) bytes[at % bytes.length] = value;
      return cutAt < 50 ? bytes.subarray(0, bytes.length - cutAt) : bytes;
    });
  // Counts, pointers and lengths come up often, so that the damage reaches every decoder.
  const nasty = fc
    .array(fc.constantFrom(0, 0, 1, 5, 6, 12, 15, 16, 28, 33, 41, 63, 64, 65, 0xc0, 0xc0, 255), { maxLength: 200 })
    .map((bytes) => Uint8Array.from(bytes));
  fc.assert(
    fc.property(fc.oneof(mutated, nasty, fc.uint8Array({ maxLength: 300 })), (bytes) => {
      const { message, problems } = decodeMessage(bytes);
      for (const record of [...message.answers, ...message.authorities, ...message.additionals]) {
        assert.ok(record.start < record.rdataStart && record.rdataStart <= record.end && record.end <= bytes.length);
        assert.match(record.name, /^[\x21-\x7e]+$/);
        if (record.rdata.kind !== 'opt') assert.match(record.rdata.text, /^[\x20-\x7e]*$/);
      }
      for (const { offset } of problems) assert.ok(offset >= 0 && offset <= bytes.length);
    }),
    { numRuns: 3000 },
  );
});
