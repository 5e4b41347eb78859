import assert from 'node:assert/strict';
import { test } from 'node:test';
import { decodeMessage } from '../../../src/core/dns/message.ts';
import { parseNameText } from '../../../src/core/dns/name.ts';
import { messageSummary, messageTree } from '../../../src/core/view/details/messageTree.ts';
import type { DetailNode } from '../../../src/core/view/rows.ts';
import { concat, text } from '../../support/packetBuilder.ts';

const u16 = (...values: readonly number[]): Uint8Array =>
  Uint8Array.from(values.flatMap((value) => [value >> 8, value & 255]));
const NAME = parseNameText('printer.local').value!;

const lines = (nodes: readonly DetailNode[]): readonly string[] =>
  nodes.map(({ label, value }) => `${label}: ${value ?? ''}`);

test('mDNS: the top bit of a class is a flag, and elsewhere a class nobody knows', () => {
  const question = concat(NAME, u16(1, 0x8001));
  const answer = concat(u16(0xc00c, 1, 0x8001, 0, 120, 4), Uint8Array.of(192, 0, 2, 1));
  const { message } = decodeMessage(concat(u16(0, 0x8400, 1, 1, 0, 0), question, answer));
  assert.deepEqual(lines(messageTree(message, true)).slice(1), [
    'Question: printer.local. IN (unicast answer wanted) A',
    'Answer: printer.local. 120 IN (cache flush) A 192.0.2.1',
  ]);
  assert.deepEqual(lines(messageTree(message, false)).slice(1), [
    'Question: printer.local. CLASS32769 A',
    'Answer: printer.local. 120 CLASS32769 A 192.0.2.1',
  ]);
});

test('an answer without a question is summed up by its first record', () => {
  const answer = concat(NAME, u16(1, 1, 0, 120, 4), Uint8Array.of(192, 0, 2, 1));
  const { message } = decodeMessage(concat(u16(0, 0x8400, 0, 1, 0, 0), answer));
  assert.equal(messageSummary(message), 'printer.local. A (no question) → NOERROR: 192.0.2.1');
  assert.equal(messageSummary(decodeMessage(u16(1, 0x8185, 0, 0, 0, 0)).message), '(no question) → REFUSED');
});

test('fields of a record and options of EDNS are nodes with their own bytes, their text visible', () => {
  const key = concat(u16(0xc00c, 48, 1, 0, 60, 7), u16(257), Uint8Array.of(3, 13, 1, 2, 3));
  const options = concat(u16(15, 5, 15), text('a\u0007b'), u16(10, 8), new Uint8Array(8));
  const opt = concat(Uint8Array.of(0), u16(41, 1232, 0, 0, options.length), options);
  const bytes = concat(u16(7, 0x8180, 1, 1, 0, 1), NAME, u16(48, 1), key, opt);
  const { message, problems } = decodeMessage(bytes);
  assert.deepEqual(problems, []);
  const tree = messageTree(message, false);
  const record = tree.find(({ label }) => label === 'Answer');
  assert.deepEqual(lines(record?.children ?? []), [
    'Flags: 257 (key-signing key)',
    'Protocol: 3',
    'Algorithm: 13 (ECDSAP256SHA256)',
    'Public key: AQID',
  ]);
  const algorithm = record?.children?.[2];
  assert.deepEqual([...bytes.slice(algorithm?.start, algorithm?.end)], [13]);
  const edns = tree.at(-1);
  assert.equal(edns?.label, 'EDNS');
  assert.deepEqual(
    edns.children?.map(({ label }) => label),
    ['EDE', 'COOKIE'],
  );
  assert.match(edns.children?.[0]?.value ?? '', /^15 \(Blocked\): a.+b$/u);
  assert.ok(!/\p{Cc}/u.test(JSON.stringify(lines(edns.children ?? []))));
});
