/** The upper bits of a response's code (RFC 6891 §6.1.3), found without decoding, against messages made by hand. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { DnsHead, readDnsHead } from '../../../src/core/dns/dnsHead.ts';
import { extendedRcodeBits, isDnssecOk } from '../../../src/core/dns/extendedRcode.ts';
import { afterName } from '../../../src/core/dns/recordSteps.ts';
import { decodeMessage } from '../../../src/core/dns/message.ts';
import { parseNameText } from '../../../src/core/dns/name.ts';
import { concat } from '../../support/packetBuilder.ts';

const u16 = (...values: readonly number[]): Uint8Array =>
  Uint8Array.from(values.flatMap((value) => [value >> 8, value & 255]));
const NAME = parseNameText('www.example.com').value!;
const QUESTION = concat(NAME, u16(1, 1));
const POINTER = u16(0xc00c);
const header = (questions: number, answers: number, authorities: number, additionals: number): Uint8Array =>
  u16(1, 0x8180, questions, answers, authorities, additionals);
const record = (owner: Uint8Array, type: number, data: Uint8Array): Uint8Array =>
  concat(owner, u16(type, 1, 0, 60, data.length), data);
const A = record(POINTER, 1, Uint8Array.of(192, 0, 2, 1));
const opt = (extended: number, options: Uint8Array = new Uint8Array(0), flags = 0): Uint8Array =>
  concat(Uint8Array.of(0), u16(41, 1232, extended << 8, flags, options.length), options);
const COOKIE = concat(u16(10, 8), new Uint8Array(8).fill(0xee));

function bits(message: Uint8Array): number {
  // Inside a larger buffer: what stands around a message is none of it.
  const around = concat(new Uint8Array(5).fill(0xc0), message, new Uint8Array(40).fill(41));
  const head = new DnsHead();
  assert.ok(readDnsHead(around, 5, 5 + message.length, head));
  const found = extendedRcodeBits(around, 5, 5 + message.length, head);
  const { edns } = decodeMessage(message).message;
  assert.equal(found, (edns?.extendedRcode ?? 0) << 4, 'as the whole decoder reads it');
  assert.equal(
    isDnssecOk(around, 5, 5 + message.length, head),
    edns?.dnssecOk ?? false,
    'as the whole decoder reads it',
  );
  return found;
}

test('an OPT record alone, with options, after records of each section, before a signature', () => {
  const signature = record(Uint8Array.of(0), 250, new Uint8Array(20).fill(3));
  for (const [message, expected] of [
    [concat(header(1, 0, 0, 1), QUESTION, opt(0)), 0],
    [concat(header(1, 0, 0, 1), QUESTION, opt(1)), 0x010],
    [concat(header(1, 0, 0, 1), QUESTION, opt(0xff)), 0xff0],
    [concat(header(1, 0, 0, 1), QUESTION, opt(1, COOKIE)), 0x010],
    [concat(header(1, 1, 1, 1), QUESTION, A, A, opt(1, COOKIE)), 0x010],
    [concat(header(1, 0, 0, 3), QUESTION, A, opt(2, COOKIE), A), 0x020],
    [concat(header(1, 0, 0, 2), QUESTION, opt(1), signature), 0x010],
    [concat(header(1, 0, 0, 2), QUESTION, record(NAME, 1, Uint8Array.of(1, 2, 3, 4)), opt(1)), 0x010],
    [concat(header(2, 0, 0, 1), QUESTION, POINTER, u16(28, 1), opt(3, COOKIE)), 0x030],
    [concat(header(0, 0, 0, 1), opt(1, COOKIE)), 0x010],
    [concat(header(1, 1, 0, 0), QUESTION, A), 0],
  ] as const)
    assert.equal(bits(message), expected);
});

test('a record of type OPT in another section is not looked at (RFC 6891 §6.1.1)', () => {
  const head = new DnsHead();
  for (const counts of [header(1, 1, 0, 1), header(1, 0, 1, 1)]) {
    const message = concat(counts, QUESTION, opt(7, COOKIE), A);
    assert.ok(readDnsHead(message, 0, message.length, head));
    assert.equal(extendedRcodeBits(message, 0, message.length, head), 0);
  }
});

test('a message that ends before its OPT record has none, wherever it is cut', () => {
  const head = new DnsHead();
  const whole = concat(header(1, 1, 0, 1), QUESTION, A, opt(1, COOKIE));
  const optStart = whole.length - opt(1, COOKIE).length;
  for (let length = 12 + QUESTION.length; length < whole.length; length++) {
    assert.ok(readDnsHead(whole, 0, length, head));
    // Its fixed part is enough: the code stands there.
    assert.equal(extendedRcodeBits(whole, 0, length, head), length >= optStart + 11 ? 0x010 : 0, String(length));
  }
});

test('at most 512 records and questions are stepped over', () => {
  const head = new DnsHead();
  const found = (message: Uint8Array): number => {
    assert.ok(readDnsHead(message, 0, message.length, head));
    return extendedRcodeBits(message, 0, message.length, head);
  };
  const records = (count: number): Uint8Array =>
    concat(header(1, count, 0, 1), QUESTION, ...new Array<Uint8Array>(count).fill(A), opt(1, COOKIE));
  assert.deepEqual([found(records(511)), found(records(512))], [0x010, 0]);
  const questions = (count: number): Uint8Array =>
    concat(header(count, 0, 0, 1), ...new Array<Uint8Array>(count).fill(QUESTION), opt(1, COOKIE));
  assert.deepEqual([found(questions(513)), found(questions(600))], [0x010, 0]);
});

test('after a name: the root, a pointer, labels; past the end when it is cut or of a reserved kind', () => {
  const bytes = concat(NAME, POINTER, Uint8Array.of(63), new Uint8Array(63).fill(97), Uint8Array.of(0, 64, 0x80));
  assert.equal(afterName(bytes, 0, bytes.length), NAME.length);
  assert.equal(afterName(bytes, NAME.length, bytes.length), NAME.length + 2);
  const long = NAME.length + 2;
  assert.equal(afterName(bytes, long, bytes.length), long + 65);
  for (const [at, end] of [
    [long + 65, bytes.length],
    [long + 66, bytes.length],
    [0, 4],
    [0, NAME.length - 1],
    [3, 3],
  ] as const)
    assert.equal(afterName(bytes, at, end), end + 1);
});

test('the DO bit, alone, beside other flags, with options, before a signature, and none of another record', () => {
  const none = new Uint8Array(0);
  const signature = record(Uint8Array.of(0), 250, new Uint8Array(20).fill(0xff));
  for (const [message, expected] of [
    [concat(header(1, 0, 0, 1), QUESTION, opt(0, none, 0x8000)), true],
    [concat(header(1, 0, 0, 1), QUESTION, opt(1, none, 0xffff)), true],
    [concat(header(1, 0, 0, 1), QUESTION, opt(0, none, 0x7fff)), false],
    [concat(header(1, 0, 0, 1), QUESTION, opt(0, COOKIE, 0x8000)), true],
    [concat(header(1, 0, 0, 1), QUESTION, opt(0, COOKIE, 0x4000)), false],
    [concat(header(1, 0, 0, 2), QUESTION, opt(0, none, 0x8000), signature), true],
    [concat(header(1, 0, 0, 2), QUESTION, opt(0), signature), false],
    [concat(header(1, 0, 0, 1), QUESTION, signature), false],
  ] as const) {
    bits(message);
    const head = new DnsHead();
    assert.ok(readDnsHead(message, 0, message.length, head));
    assert.equal(isDnssecOk(message, 0, message.length, head), expected);
    // Cut anywhere, it is read as far as it goes.
    for (let end = head.qnameEnd + 4; end < message.length; end++) isDnssecOk(message, 0, end, head);
  }
});
