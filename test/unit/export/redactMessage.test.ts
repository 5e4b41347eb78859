import assert from 'node:assert/strict';
import { createHmac } from 'node:crypto';
import { test } from 'node:test';
import type { Answer } from 'dns-packet';
import { decodeMessage } from '../../../src/core/dns/message.ts';
import { Pseudonyms } from '../../../src/core/export/pseudonyms.ts';
import { redactMessage } from '../../../src/core/export/redactMessage.ts';
import { addressBytes, dnsResponse } from '../../support/packetBuilder.ts';

const pseudonyms = new Pseudonyms((text) => createHmac('sha512', 'k').update(text).digest());
const hidden = (name: string): string => pseudonyms.name(name);
const moved = (address: string): string => pseudonyms.address(address);
const name = 'cart.shop.svc.cluster.local';

/** A record of each type, and what its redacted data say. */
const RECORDS: readonly (readonly [Pick<Answer, 'type'> & { readonly data: unknown }, string])[] = [
  [{ type: 'A', data: '10.244.1.1' }, moved('10.244.1.1')],
  [{ type: 'AAAA', data: 'fd00::1' }, moved('fd00::1')],
  [{ type: 'CNAME', data: 'db.corp.example' }, hidden('db.corp.example.')],
  [{ type: 'NS', data: 'ns.corp.example' }, hidden('ns.corp.example.')],
  [{ type: 'PTR', data: 'h.corp.example' }, hidden('h.corp.example.')],
  [{ type: 'DNAME', data: 'd.corp.example' }, hidden('d.corp.example.')],
  [{ type: 'MX', data: { preference: 10, exchange: 'mail.corp.example' } }, `10 ${hidden('mail.corp.example.')}`],
  [
    { type: 'SRV', data: { priority: 1, weight: 2, port: 389, target: 'ldap.corp.example' } },
    `1 2 389 ${hidden('ldap.corp.example.')}`,
  ],
  [
    {
      type: 'SOA',
      data: { mname: 'ns.corp.example', rname: 'root.x', serial: 7, refresh: 8, retry: 9, expire: 10, minimum: 11 },
    },
    `${hidden('ns.corp.example.')} ${hidden('root.x.')} 7 8 9 10 11`,
  ],
  [
    { type: 'RP', data: { mbox: 'admin.corp.example', txt: 'x.corp.example' } },
    `${hidden('admin.corp.example.')} ${hidden('x.corp.example.')}`,
  ],
  [{ type: 'TXT', data: ['secret', 'more'] }, '"xxxxxx" "xxxx"'],
  [{ type: 'HINFO', data: { cpu: 'x86', os: 'linux' } }, '"xxx" "xxxxx"'],
  [{ type: 'CAA', data: { flags: 0, tag: 'issue', value: 'ca.corp.example' } }, `0 issue "${'x'.repeat(15)}"`],
];

for (const [record, expected] of RECORDS) {
  test(`${record.type}: its names and addresses have pseudonyms, its texts are crossed out, its numbers stay`, () => {
    const answers = [{ ...record, name, ttl: 5 }] as unknown as readonly Answer[];
    const original = dnsResponse({ id: 5, name, rcode: 'NXDOMAIN', answers });
    const redacted = redactMessage(original, pseudonyms);
    assert.equal(redacted.length, original.length);
    const [before, after] = [original, redacted].map((bytes) => decodeMessage(bytes));
    assert.deepEqual([before!.problems, after!.problems], [[], []]);
    const { id, flags, rcode, counts, questions } = after!.message;
    assert.deepEqual(
      { id, flags, rcode, counts },
      {
        id: 5,
        flags: before!.message.flags,
        rcode: 3,
        counts: before!.message.counts,
      },
    );
    assert.equal(questions[0]!.name, hidden(`${name}.`));
    const [answer] = after!.message.answers;
    const { rdata: _before, name: _name, ...rest } = before!.message.answers[0]!;
    assert.deepEqual(answer, { ...rest, name: hidden(`${name}.`), rdata: answer!.rdata });
    assert.equal(answer.rdata.text, expected);
  });
}

test('records of all types in one message, in each section, are all redacted', () => {
  const all = RECORDS.map(([record]) => ({ ...record, name, ttl: 5 })) as unknown as readonly Answer[];
  const message = dnsResponse({ id: 5, name, answers: all, authorities: all, additionals: all });
  const { answers, authorities, additionals } = decodeMessage(redactMessage(message, pseudonyms)).message;
  const expected = RECORDS.map(([, text]) => text);
  for (const section of [answers, authorities, additionals])
    assert.deepEqual(
      section.map(({ rdata }) => rdata.text),
      expected,
    );
});

test('EDNS keeps its size, flags and the number of an error; who asked and why stay hidden', () => {
  const options = [
    { code: 'CLIENT_SUBNET', family: 1, sourcePrefixLength: 24, ip: '10.244.1.0' },
    { code: 15, data: Buffer.from([0, 22, ...Buffer.from('secret')]) },
    { code: 15, data: Buffer.from([0, 3]) },
    { code: 10, data: Buffer.from('cookie!!') },
  ];
  const opt = {
    type: 'OPT',
    name: '.',
    udpPayloadSize: 1232,
    extendedRcode: 0,
    ednsVersion: 0,
    flags: 0x8000,
    options,
  };
  const message = dnsResponse({ id: 5, name, additionals: [opt as unknown as Answer] });
  const { edns } = decodeMessage(redactMessage(message, pseudonyms)).message;
  assert.deepEqual([edns?.udpSize, edns?.version, edns?.dnssecOk, edns?.whole], [1232, 0, true, true]);
  assert.deepEqual(
    edns?.options.slice(0, 3).map(({ text }) => text),
    ['0.0.0.0/24 scope 0', '22 (No reachable authority): xxxxxx', '3 (Stale answer)'],
  );
  assert.deepEqual([edns?.options[3]?.code, redactMessage(message, pseudonyms).subarray(-8)], [10, new Uint8Array(8)]);
});

test('a type that nobody knows here keeps its length alone', () => {
  const data = Buffer.from('secret');
  const message = dnsResponse({
    id: 5,
    name,
    answers: [{ type: 'UNKNOWN_65400', name, ttl: 5, data } as unknown as Answer],
  });
  const redacted = redactMessage(message, pseudonyms);
  assert.deepEqual(redacted.subarray(-8), Uint8Array.of(0, 6, 0, 0, 0, 0, 0, 0));
});

test('of a cut message what is whole is redacted, and of the rest nothing is left', () => {
  const all = RECORDS.map(([record]) => ({ ...record, name, ttl: 5 })) as unknown as readonly Answer[];
  const message = dnsResponse({ id: 5, name, answers: all });
  const secrets = /cart|shop|corp|secret|mail|ldap|admin|root|linux|x86/u;
  for (let length = 0; length < message.length; length++) {
    const redacted = redactMessage(message.subarray(0, length), pseudonyms);
    assert.equal(redacted.length, length);
    assert.doesNotMatch(Buffer.from(redacted).toString('latin1'), secrets, String(length));
  }
});

test('the addresses that a service offers are moved like any others, each hint in its own length', () => {
  const hints = (key: number, value: readonly number[]): Uint8Array => {
    const service = [0, 1, 0, 0, key, 0, value.length, ...value];
    const head = [0, 1, 0x81, 0x80, 0, 0, 0, 1, 0, 0, 0, 0, 0, 0, 65, 0, 1, 0, 0, 0, 9, 0, service.length];
    return redactMessage(Uint8Array.from([...head, ...service]), pseudonyms).slice(head.length + 7);
  };
  const bytesOf = (address: string): readonly number[] => [...pseudonyms.addressBytes(addressBytes(address))];
  assert.deepEqual(
    [...hints(4, [...addressBytes('10.244.1.1'), ...addressBytes('10.244.1.2')])],
    [...bytesOf('10.244.1.1'), ...bytesOf('10.244.1.2')],
  );
  assert.deepEqual([...hints(6, [...addressBytes('fd00::1')])], bytesOf('fd00::1'));
  assert.deepEqual([...hints(4, [10, 244, 1])], [0, 0, 0], 'no whole address: it may be anything');
  assert.deepEqual([...hints(6, [10, 244, 1, 1])], [0, 0, 0, 0]);
});

test('a pointer to a name that stands elsewhere tells whether a label is the last', () => {
  // The answer's owner is `dev` and then a pointer to the root label of the question; alone, `dev` would be a label of somebody.
  const question = [4, 0x63, 0x61, 0x72, 0x74, 3, 0x64, 0x65, 0x76, 0, 0, 1, 0, 1];
  const answer = [3, 0x64, 0x65, 0x76, 0xc0, 21, 0, 1, 0, 1, 0, 0, 0, 5, 0, 4, 10, 0, 0, 1];
  const message = Uint8Array.from([0, 1, 0x81, 0x80, 0, 1, 0, 1, 0, 0, 0, 0, ...question, ...answer]);
  const { questions, answers } = decodeMessage(redactMessage(message, pseudonyms)).message;
  assert.deepEqual([questions[0]!.name, answers[0]!.name], [hidden('cart.dev.'), 'dev.']);
});
