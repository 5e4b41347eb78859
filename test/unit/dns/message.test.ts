import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import type { Answer } from 'dns-packet';
import { type DnsRecord, answerAddresses, decodeMessage } from '../../../src/core/dns/message.ts';
import { parseNameText } from '../../../src/core/dns/name.ts';
import { typeText } from '../../../src/core/dns/types.ts';
import { concat, dnsQuery, dnsResponse, text } from '../../support/packetBuilder.ts';

const u16 = (...values: readonly number[]): Uint8Array =>
  Uint8Array.from(values.flatMap((value) => [value >> 8, value & 255]));
const header = (questions: number, answers: number, additionals = 0): Uint8Array =>
  u16(1, 0x8180, questions, answers, 0, additionals);
const QUESTION = concat(parseNameText('www.example.com').value!, u16(1, 1));

/** One answer with the given data, owned by the question's name through a pointer. */
function answer(type: number, rdata: Uint8Array): Uint8Array {
  return concat(header(1, 1), QUESTION, u16(0xc00c, type, 1, 0, 300, rdata.length), rdata);
}

function onlyAnswer(bytes: Uint8Array): DnsRecord {
  const { message, problems } = decodeMessage(bytes);
  assert.deepEqual(problems, []);
  assert.equal(message.answers.length, 1);
  return message.answers[0]!;
}

const codes = (bytes: Uint8Array): string[] => decodeMessage(bytes).problems.map(({ code }) => code);

describe('header and question (RFC 1035 §4.1)', () => {
  test('flags, each alone', () => {
    const names = [
      'isResponse',
      'authoritative',
      'truncated',
      'recursionDesired',
      'recursionAvailable',
      'authenticData',
      'checkingDisabled',
    ] as const;
    const bits = [0x8000, 0x0400, 0x0200, 0x0100, 0x0080, 0x0020, 0x0010];
    bits.forEach((bit, k) => {
      const { message } = decodeMessage(u16(7, bit, 0, 0, 0, 0));
      for (const name of names) assert.equal(message[name], name === names[k], name);
    });
  });

  test('opcode and rcode', () => {
    const { message } = decodeMessage(u16(7, 0x2805, 0, 0, 0, 0));
    assert.deepEqual([message.opcode, message.rcode], [5, 5]);
  });

  test('a query, with offsets that count from the message', () => {
    const bytes = dnsQuery({ id: 9, name: 'WWW.example.com', type: 'AAAA' });
    const { message, problems } = decodeMessage(concat(new Uint8Array(3), bytes), 3);
    assert.deepEqual(problems, []);
    assert.deepEqual(
      [message.id, message.isResponse, message.length, message.edns],
      [9, false, bytes.length, undefined],
    );
    assert.deepEqual(message.questions, [
      { name: 'WWW.example.com.', type: 28, class: 1, start: 12, end: bytes.length },
    ]);
  });

  test('the QU bit and bytes outside ASCII are kept', () => {
    const bytes = concat(header(1, 0), Uint8Array.of(3, 0xff, 0x2e, 0xfe, 0), u16(1, 0x8001));
    assert.deepEqual(decodeMessage(bytes).message.questions[0], {
      name: '\\255\\.\\254.',
      type: 1,
      class: 0x8001,
      start: 12,
      end: 21,
    });
  });
});

describe('compression (RFC 1035 §4.1.4)', () => {
  test('a pointer, and labels before a pointer', () => {
    const cname = onlyAnswer(answer(5, concat(Uint8Array.of(4), text('cdn1'), u16(0xc010))));
    assert.deepEqual([cname.name, cname.rdata.text], ['www.example.com.', 'cdn1.example.com.']);
    assert.deepEqual([cname.start, cname.rdataStart, cname.end], [33, 45, 52]);
  });

  const bad: readonly (readonly [string, Uint8Array])[] = [
    ['to itself', u16(0xc000 + 45)],
    ['forward', u16(0xc000 + 60)],
    ['into the header', u16(0xc004)],
    ['back to the start of its own labels: a loop', concat(Uint8Array.of(1, 0x61), u16(0xc000 + 45))],
    ['a reserved label type', Uint8Array.of(0x80, 0)],
    ['half a pointer', Uint8Array.of(0xc0)],
  ];
  for (const [name, rdata] of bad) {
    test(`refused: ${name}`, () => {
      const { message, problems } = decodeMessage(answer(5, rdata));
      assert.deepEqual(
        problems.map(({ code, offset }) => [code, offset]),
        [['bad-rdata', 45]],
      );
      assert.equal(message.answers[0]?.rdata.kind, 'unknown');
    });
  }

  test('a chain of pointers is followed a bounded number of times, and a name stays under 256 bytes', () => {
    const chain = concat(...Array.from({ length: 300 }, (_, k) => u16(0xc000 + (k === 0 ? 12 : 45 + 2 * (k - 1)))));
    const record = (target: number): Uint8Array =>
      concat(u16(0xc000 + target, 1, 1, 0, 0, 4), Uint8Array.of(1, 2, 3, 4));
    const message = concat(header(1, 2), QUESTION, u16(0xc00c, 10, 1, 0, 0, chain.length), chain);
    assert.deepEqual(codes(concat(message, record(45 + 2 * 100))), []);
    assert.deepEqual(codes(concat(message, record(45 + 2 * 250))), ['name-bad-pointer']);
    const label = concat(Uint8Array.of(63), new Uint8Array(63).fill(0x61));
    const long = concat(label, label, label, Uint8Array.of(0));
    const tooLong = concat(header(1, 1), long, u16(1, 1), label, u16(0xc00c, 1, 1, 0, 0, 0));
    assert.deepEqual(codes(tooLong), ['name-too-long']);
  });
});

describe('record data', () => {
  const name = parseNameText('a.b').value!;
  const cases: readonly (readonly [string, number, Uint8Array, string])[] = [
    ['A', 1, Uint8Array.of(192, 0, 2, 1), '192.0.2.1'],
    ['AAAA', 28, concat(u16(0x2001, 0xdb8), new Uint8Array(11), Uint8Array.of(1)), '2001:db8::1'],
    ['NS', 2, name, 'a.b.'],
    ['PTR', 12, name, 'a.b.'],
    ['SOA', 6, concat(name, name, u16(0, 1, 0, 2, 0, 3, 0, 4, 0xffff, 0xffff)), 'a.b. a.b. 1 2 3 4 4294967295'],
    ['MX', 15, concat(u16(10), name), '10 a.b.'],
    ['TXT', 16, concat(Uint8Array.of(3), text('a"\\'), Uint8Array.of(0, 1, 0xff)), '"a\\"\\\\" "" "\\255"'],
    ['HINFO', 13, Uint8Array.of(1, 0x61, 1, 0x62), '"a" "b"'],
    ['SRV (RFC 2782)', 33, concat(u16(1, 2, 443), name), '1 2 443 a.b.'],
    ['CAA (RFC 8659)', 257, concat(Uint8Array.of(128, 5), text('issueca.example')), '128 issue "ca.example"'],
    ['HTTPS alias (RFC 9460 §2.4.2)', 65, concat(u16(0), name), '0 a.b.'],
    [
      'HTTPS (RFC 9460 §7)',
      65,
      concat(
        u16(1),
        Uint8Array.of(0),
        u16(0, 2, 1),
        u16(1, 6),
        Uint8Array.of(2),
        text('h2'),
        Uint8Array.of(2),
        text('h3'),
        u16(2, 0),
        u16(3, 2, 8443),
        u16(4, 4),
        Uint8Array.of(192, 0, 2, 1),
        u16(667, 1),
        Uint8Array.of(0x41),
      ),
      '1 . mandatory=alpn alpn=h2,h3 no-default-alpn port=8443 ipv4hint=192.0.2.1 key667="A"',
    ],
    ['a type without a decoder (RFC 3597 §5)', 65_280, Uint8Array.of(0xde, 0xad), '\\# 2 dead'],
    ['no data', 65_280, new Uint8Array(0), '\\# 0'],
  ];
  for (const [title, type, rdata, expected] of cases) {
    test(title, () => assert.equal(onlyAnswer(answer(type, rdata)).rdata.text, expected));
  }

  test('structured values beside the text', () => {
    const srv = onlyAnswer(answer(33, concat(u16(1, 2, 443), name))).rdata;
    assert.deepEqual(srv, { kind: 'srv', priority: 1, weight: 2, port: 443, target: 'a.b.', text: '1 2 443 a.b.' });
    const soa = onlyAnswer(answer(6, concat(name, name, u16(0, 1, 0, 2, 0, 3, 0, 4, 0, 30)))).rdata;
    assert.ok(soa.kind === 'soa' && soa.minimum === 30 && soa.serial === 1);
  });

  const wrong: readonly (readonly [string, number, Uint8Array])[] = [
    ['A of 3 bytes', 1, new Uint8Array(3)],
    ['A without data outside an update', 1, new Uint8Array(0)],
    ['AAAA of 4 bytes', 28, new Uint8Array(4)],
    ['a name with bytes after it', 2, concat(name, Uint8Array.of(1))],
    ['SOA without its numbers', 6, concat(name, name, u16(1))],
    ['TXT string over the end', 16, Uint8Array.of(9, 1)],
    ['HTTPS with a compressed target', 65, concat(u16(1), u16(0xc00c))],
    ['HTTPS keys that do not ascend', 65, concat(u16(1), Uint8Array.of(0), u16(3, 2, 1, 3, 2, 1))],
    ['CAA without a tag', 257, Uint8Array.of(0, 0, 1)],
  ];
  for (const [title, type, rdata] of wrong) {
    test(`${title}: a problem, the bytes, and the records after it`, () => {
      const bytes = concat(answer(type, rdata), u16(0xc00c, 1, 1, 0, 1, 4), Uint8Array.of(10, 0, 0, 1));
      bytes[7] = 2;
      const { message, problems } = decodeMessage(bytes);
      assert.deepEqual(
        problems.map(({ code, offset }) => [code, offset]),
        [['bad-rdata', 45]],
      );
      assert.match(problems[0]!.text, new RegExp(typeText(type)));
      assert.deepEqual([message.answers[0]?.rdata.kind, message.answers[1]?.rdata.text], ['unknown', '10.0.0.1']);
    });
  }

  test('an update deletes with empty data (RFC 2136 §2.5)', () => {
    const bytes = answer(1, new Uint8Array(0));
    bytes[2] = 0x28;
    assert.deepEqual(codes(bytes), []);
  });
});

describe('damage', () => {
  test('no header: all zero, and a problem', () => {
    const { message, problems } = decodeMessage(new Uint8Array(11));
    assert.deepEqual([message.questions, message.length, problems.map(({ code }) => code)], [[], 11, ['header-cut']]);
  });

  test('a truncated A record is no address (dns-packet makes 1.2.undefined.undefined of it)', () => {
    const { message, problems } = decodeMessage(answer(1, Uint8Array.of(1, 2, 3, 4)).subarray(0, -2));
    assert.deepEqual(answerAddresses(message), []);
    assert.equal(message.answers[0]?.rdata.text, '\\# 2 0102');
    assert.deepEqual(
      problems.map(({ code, text: words }) => [code, words]),
      [['message-cut', 'The message ends inside the data of record 1 of 1']],
    );
  });

  test('a header that lies about its counts costs nothing', () => {
    const { message, problems } = decodeMessage(concat(u16(1, 0x8180, 1, 0xffff, 0xffff, 0xffff), QUESTION));
    assert.deepEqual([message.answers.length, message.counts.answers, problems.length], [0, 0xffff, 1]);
    const many = concat(header(0, 0xffff), new Uint8Array(60_000));
    const { message: long, problems: tooMany } = decodeMessage(many);
    assert.equal(long.answers.length, 4096);
    assert.deepEqual(tooMany.at(-1)?.code, 'too-many-entries');
    assert.ok(tooMany.length <= 4097);
  });

  test('bytes after the last record', () => {
    assert.deepEqual(decodeMessage(concat(dnsQuery({ name: 'a' }), text('more'))).problems, [
      { code: 'trailing-bytes', offset: 19, text: '4 bytes follow the last record' },
    ]);
  });

  test('a range outside the bytes is no range', () => {
    for (const [start, end] of [
      [-5, 900],
      [50, 10],
      [900, 901],
    ] as const)
      assert.ok(decodeMessage(new Uint8Array(20), start, end));
  });
});

test('addresses of the answer section, in order, through a CNAME', () => {
  const answers: Answer[] = [
    { type: 'CNAME', name: 'a.example', ttl: 1, data: 'b.example' },
    { type: 'A', name: 'b.example', ttl: 1, data: '192.0.2.2' },
    { type: 'AAAA', name: 'b.example', ttl: 1, data: '2001:db8::1' },
    { type: 'A', name: 'b.example', ttl: 1, data: '192.0.2.1' },
  ];
  const additionals: Answer[] = [{ type: 'A', name: 'c.example', ttl: 1, data: '192.0.2.9' }];
  const { message } = decodeMessage(dnsResponse({ name: 'a.example', answers, additionals }));
  assert.deepEqual(answerAddresses(message), ['192.0.2.2', '2001:db8::1', '192.0.2.1']);
});
