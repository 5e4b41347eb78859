import assert from 'node:assert/strict';
import { test } from 'node:test';
import { findMessageStart } from '../../../src/core/packet/messageStart.ts';
import { concat, dnsQuery, dnsResponse, tcpFramed } from '../../support/packetBuilder.ts';

const query = tcpFramed(dnsQuery({ id: 0x1234, name: 'a.example' }));
const response = tcpFramed(dnsResponse({ id: 0x1234, name: 'a.example', rcode: 'NXDOMAIN' }));
/** Behind the length prefix: flags at 2, counts from 4 on, the question's type and class at the end. */
const CLASS = query.length - 2;

const isStart = (bytes: Uint8Array): boolean => findMessageStart(bytes, 0, bytes.length) === 0;

function changed(bytes: Uint8Array, ...changes: readonly (readonly [at: number, value: number])[]): Uint8Array {
  const copy = bytes.slice();
  for (const [at, value] of changes) copy[at] = value;
  return copy;
}

test('a query and a response start where they start, behind anything and before anything', () => {
  for (const bytes of [query, response]) {
    assert.ok(isStart(bytes));
    const among = concat(new Uint8Array(5).fill(0xff), bytes, new Uint8Array(9));
    assert.equal(findMessageStart(among, 0, among.length), 5);
    assert.equal(findMessageStart(among, 5, among.length), 5);
    assert.equal(findMessageStart(among, 6, among.length), -1);
    assert.equal(findMessageStart(among, 0, 5 + bytes.length), 5);
    assert.equal(findMessageStart(among, 0, 5 + bytes.length - 1), -1, 'its question is not there yet');
  }
});

test('the shortest message is a question for the root', () => {
  const root = tcpFramed(dnsQuery({ id: 1, name: '.', type: 'NS' }));
  assert.equal(root.length, 19);
  assert.ok(isStart(root));
  assert.ok(!isStart(changed(root, [1, 16])), 'a length that ends inside the question');
});

test('each field that a message has to have makes the start', () => {
  const wrong: readonly (readonly [string, Uint8Array])[] = [
    ['no question', changed(query, [7, 0])],
    ['two questions', changed(query, [7, 2])],
    ['257 questions', changed(query, [6, 1])],
    ['the reserved flag', changed(query, [5, 0x40])],
    ['opcode 3', changed(query, [4, 3 << 3])],
    ['opcode 7', changed(query, [4, 7 << 3])],
    ['a query with a response code', changed(query, [5, 3])],
    ['a query with an answer', changed(tcpFramed(concat(query.subarray(2), new Uint8Array(40))), [9, 1])],
    ['type 0', changed(query, [CLASS - 1, 0], [CLASS - 2, 0])],
    ['class 0', changed(query, [CLASS + 1, 0])],
    ['class 2', changed(query, [CLASS + 1, 2])],
    ['class 5', changed(query, [CLASS + 1, 5])],
    ['class 253', changed(query, [CLASS + 1, 253])],
    ['class 256', changed(query, [CLASS, 1], [CLASS + 1, 0])],
    ['class 511', changed(query, [CLASS, 1], [CLASS + 1, 255])],
    ['more records than the length has room for', changed(response, [13, 3])],
    ['more answers than the length has room for', changed(response, [9, 3])],
    ['more authorities than the length has room for', changed(response, [11, 3])],
  ];
  for (const [name, bytes] of wrong) assert.ok(!isStart(bytes), name);
  for (const value of [1, 3, 4, 254, 255])
    assert.ok(isStart(changed(query, [CLASS + 1, value])), `class ${String(value)}`);
  for (const opcode of [0, 1, 2, 4, 5, 6])
    assert.ok(isStart(changed(query, [4, opcode << 3])), `opcode ${String(opcode)}`);
  assert.ok(isStart(changed(query, [4, 4 << 3], [5, 3])), 'another opcode may say more');
});

test('as many records as fit, in all sections together', () => {
  const room = tcpFramed(concat(response.subarray(2), new Uint8Array(33 - 10)));
  // 11 bytes to a record at least: what the question's name takes counts for them.
  const spare = Math.floor((room.length - 2 - 17) / 11);
  assert.ok(isStart(changed(room, [9, 1], [11, 1], [13, spare - 2])));
  assert.ok(!isStart(changed(room, [9, 1], [11, 1], [13, spare - 1])));
});
