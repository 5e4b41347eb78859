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

test('of a cut message what is whole is redacted, and of the rest nothing is left, whatever its header looks like', () => {
  const all = RECORDS.map(([record]) => ({ ...record, name, ttl: 5 })) as unknown as readonly Answer[];
  const secrets = /cart|shop|corp|secret|mail|ldap|admin|root|linux|x86/u;
  // The second header would be type and class, if something stood before it.
  for (const header of [
    [0, 5, 0x81, 0x80],
    [0, 0, 1, 0],
  ]) {
    const message = dnsResponse({ name, answers: all });
    message.set(header);
    for (let length = 0; length < message.length; length++) {
      const redacted = redactMessage(message.subarray(0, length), pseudonyms);
      assert.equal(redacted.length, length);
      assert.doesNotMatch(Buffer.from(redacted).toString('latin1'), secrets, String(length));
    }
  }
});

test('what stands behind the records that are counted is none of them: nothing of it is left', () => {
  const record = [...named('cart'), 0, 16, 0, 1, 0, 0, 0, 9, 0, 4, 3, ...bytesOfText('one')];
  const head = [...HEAD, 0, 0, 0, 1, 0, 0, 0, 0];
  const redacted = [...redactMessage(Uint8Array.from([...head, ...record, ...record]), pseudonyms)];
  assert.deepEqual(redacted.slice(-record.length), zeros(record.length));
  assert.notDeepEqual(redacted.slice(head.length, -record.length), zeros(record.length));
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

const HEAD = [0, 1, 0x81, 0x80];
const bytesOfText = (text: string): readonly number[] => [...Buffer.from(text, 'latin1')];
const named = (...labels: readonly string[]): readonly number[] => [
  ...labels.flatMap((label) => [label.length, ...bytesOfText(label)]),
  0,
];
/** A message of one answer, owned by the root, with the data given; what became of them. */
function dataOf(type: number, data: readonly number[]): readonly number[] {
  const head = [...HEAD, 0, 0, 0, 1, 0, 0, 0, 0, 0, 0, type, 0, 1, 0, 0, 0, 9, 0, data.length];
  return [...redactMessage(Uint8Array.from([...head, ...data]), pseudonyms)].slice(head.length);
}
const hiddenName = (...labels: readonly string[]): readonly number[] =>
  named(
    ...hidden(`${labels.join('.')}.`)
      .split('.')
      .slice(0, -1),
  );
const zeros = (count: number): readonly number[] => new Array<number>(count).fill(0);
const crossedOut = (count: number): readonly number[] => new Array<number>(count).fill(0x78);

test('a service’s target has a pseudonym; registered protocols, the port and the mandatory keys stay; other values do not', () => {
  const pair = (key: number, ...value: readonly number[]): readonly number[] => [0, key, 0, value.length, ...value];
  const target = named('web', 'shop', 'svc');
  const service = [0, 1, ...target];
  for (const [given, expected] of [
    [pair(0, 0, 1, 0, 4), pair(0, 0, 1, 0, 4)],
    [pair(0, ...bytesOfText('pods')), pair(0, ...zeros(4))],
    [pair(0, 0, 1, 0), pair(0, ...zeros(3))],
    [
      pair(1, 2, ...bytesOfText('h2'), 6, ...bytesOfText('shop/1')),
      pair(1, 2, ...bytesOfText('h2'), 6, ...crossedOut(6)),
    ],
    [pair(1, 9, ...bytesOfText('shop')), pair(1, ...zeros(5))],
    [pair(3, 0x20, 0xfb), pair(3, 0x20, 0xfb)],
    [pair(3, ...bytesOfText('shop')), pair(3, ...zeros(4))],
    [pair(5, ...bytesOfText('secret')), pair(5, ...zeros(6))],
    [pair(5, 0, 115), pair(5, ...zeros(2))],
    [pair(5, ...bytesOfText('sixteen letters.')), pair(5, ...zeros(16))],
    [pair(7, ...bytesOfText('/dns')), pair(7, ...zeros(4))],
    [[0, 1, 0, 9, ...bytesOfText('shop')], zeros(8)],
    [
      [...pair(3, 1, 187), 0, 4, 0],
      [...pair(3, 1, 187), 0, 0, 0],
    ],
  ] as const)
    assert.deepEqual(dataOf(64, [...service, ...given]), [0, 1, ...hiddenName('web', 'shop', 'svc'), ...expected]);
  assert.deepEqual(dataOf(65, bytesOfText('ab')), [0, 0], 'too short for a target: not even a priority');
  assert.deepEqual(dataOf(65, [0, 1, 9, ...bytesOfText('cart')]), [0, 1, ...zeros(5)], 'a target that is cut');
});

test('data that are not what their type says may be anything: nothing of them is left', () => {
  for (const [type, data, expected] of [
    // Addresses of another length.
    [1, bytesOfText('cart1'), zeros(5)],
    [28, bytesOfText('cart'), zeros(4)],
    // The numbers before a name, and no name.
    [15, bytesOfText('ab'), zeros(2)],
    [33, bytesOfText('secret'), zeros(6)],
    [33, [0, 1, 0, 2, 1, 0x85, ...named('db')], [0, 1, 0, 2, 1, 0x85, ...hiddenName('db')]],
    // Two names, and text where five numbers belong.
    [
      6,
      [...named('ns'), ...named('root'), ...bytesOfText('secret')],
      [...hiddenName('ns'), ...hiddenName('root'), ...zeros(6)],
    ],
    [6, [...named('ns'), 40, ...bytesOfText('secret')], [...hiddenName('ns'), ...zeros(7)]],
    [
      17,
      [...named('ns'), ...named('root'), ...bytesOfText('a text of 20 letters')],
      [...hiddenName('ns'), ...hiddenName('root'), ...zeros(20)],
    ],
    // What would be an authority, if its type were CAA.
    [255, [0, 5, ...bytesOfText('issueshop')], zeros(11)],
    // A text that is longer than there is room for.
    [16, [3, ...bytesOfText('one'), 9, ...bytesOfText('two')], [3, ...crossedOut(3), ...zeros(4)]],
    [16, [3, ...bytesOfText('one'), 0], [3, ...crossedOut(3), 0]],
    // A label of a kind that there is none of (RFC 6891 §5), a pointer cut in two, a name without an end.
    [5, [0x45, ...bytesOfText('carts')], zeros(6)],
    [5, [0x45, ...bytesOfText('cart'.repeat(20)), 0], zeros(82)],
    [5, named('c'.repeat(63), 'shop'), hiddenName('c'.repeat(63), 'shop')],
    [5, [1, 0x61, 0xc0], [1, ...hiddenName('a').slice(1, 2), 0]],
    [5, [1, 0x61], [1, ...hiddenName('a').slice(1, 2)]],
  ] as const)
    assert.deepEqual(dataOf(type, data), expected, `${String(type)} ${String(data)}`);
});

test('CAA keeps flags and tag where the tag is registered, whatever its case; else nothing', () => {
  const caa = (tag: string, value: string, length = tag.length): readonly number[] => {
    const data = [128, length, ...bytesOfText(tag), ...bytesOfText(value)];
    const head = [...HEAD, 0, 0, 0, 1, 0, 0, 0, 0, 0, 1, 1, 0, 1, 0, 0, 0, 9, 0, data.length];
    return [...redactMessage(Uint8Array.from([...head, ...data]), pseudonyms)].slice(head.length);
  };
  for (const tag of ['issue', 'issuewild', 'iodef', 'contactemail', 'contactphone', 'issuemail', 'issuevmc', 'IoDef'])
    assert.deepEqual(caa(tag, 'ca.corp'), [128, tag.length, ...bytesOfText(tag), ...crossedOut(7)]);
  assert.deepEqual(caa('issue', ''), [128, 5, ...bytesOfText('issue')]);
  assert.deepEqual(caa('secret', 'ca'), zeros(10));
  assert.deepEqual(caa('issue', '', 6), zeros(7), 'longer than the record');
});

test('of a damaged message nothing is copied that may be text: counts, classes, lengths, OPT', () => {
  const question = [...named('cart', 'corp'), 0, 1, 0, 1];
  const hiddenQuestion = [...hiddenName('cart', 'corp'), 0, 1, 0, 1];
  const redacted = (message: readonly number[]): readonly number[] => [
    ...redactMessage(Uint8Array.from(message), pseudonyms),
  ];
  assert.deepEqual(redacted(HEAD), zeros(4), 'shorter than a header');
  assert.deepEqual(
    redacted([...HEAD, 0, 1, ...bytesOfText('secret'), ...question]),
    [...HEAD, 0, 1, ...zeros(6), ...hiddenQuestion],
    'text in place of counts',
  );
  assert.deepEqual(
    redacted([...HEAD, 0x10, 0, 0x10, 1, 0, 0, 0, 0, ...question]),
    [...HEAD, 0x10, 0, 0, 0, 0, 0, 0, 0, ...hiddenQuestion],
    '4,096 entries are the most',
  );
  const questions = (...classes: readonly number[]): readonly number[] => [
    ...[...HEAD, 0, classes.length, 0, 0, 0, 0, 0, 0],
    ...classes.flatMap((it) => [...named('cart', 'corp'), 0, 1, it >> 8, it & 255]),
  ];
  for (const known of [1, 3, 4, 254, 255, 0x8001])
    assert.deepEqual(redacted(questions(known)).slice(-2), [known >> 8, known & 255], String(known));
  assert.deepEqual(
    redacted(questions(0x6f70, 1)).slice(12),
    [...hiddenName('cart', 'corp'), ...zeros(4), ...zeros(question.length)],
    'a class that is none ends it',
  );
  const answer = (...rest: readonly number[]): readonly number[] =>
    redacted([...HEAD, 0, 0, 0, 1, 0, 0, 0, 0, ...named('cart'), ...rest]).slice(12 + named('cart').length);
  assert.deepEqual(answer(0, 16, 0, 1, 0, 0, 0, 9, 0, 5, 3, ...bytesOfText('one')), zeros(14), 'data beyond the end');
  assert.deepEqual(answer(0, 16, 0, 1, 0, 0, 0, 9, 0), zeros(9), 'a record without room for its length');
  const opt = (version: number, flags: number): readonly number[] =>
    answer(0, 41, 4, 208, 0, version, flags, 0, 0, 5, 0, 15, 0, 1, 22);
  assert.deepEqual(opt(0, 0x80), [0, 41, 4, 208, 0, 0, 0x80, 0, 0, 5, 0, 15, 0, 1, 22]);
  assert.deepEqual(
    [opt(0x61, 0), opt(0, 0x61)],
    [zeros(15), zeros(15)],
    'another version, flags that there are none of',
  );
  const error = answer(0, 41, 4, 208, 0, 0, 0, 0, 0, 8, 0, 15, 0, 0, ...bytesOfText('shop'));
  assert.deepEqual(error.slice(-8), [0, 15, ...zeros(6)], 'an error without a number, and no option behind it');
});

test('pointers that lead nowhere, in a circle or out of the message are no ends of a name, and end by themselves', () => {
  const DEV = [3, ...bytesOfText('dev')];
  const shown = (...pointer: readonly number[]): string => {
    const message = [...HEAD, 0, 1, 0, 0, 0, 0, 0, 0, ...DEV, ...pointer, 0, 1, 0, 1];
    return Buffer.from(redactMessage(Uint8Array.from(message), pseudonyms).subarray(13, 16)).toString('latin1');
  };
  const somebodys = hidden('dev.shop.').slice(0, 3);
  assert.equal(shown(0), 'dev', 'as the last label it is a domain of everybody');
  for (const pointer of [
    [0xc0, 16],
    [0xc0, 12],
    [0xff, 0xff],
  ])
    assert.equal(shown(...pointer), somebodys, String(pointer));
});
