import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { addressText } from '../../../src/core/packet/address.ts';
import { AddressTable } from '../../../src/core/trace/addressTable.ts';
import { addressBytes, concat } from '../../support/packetBuilder.ts';

const PAD = Uint8Array.of(1, 2, 3);
/** The id of an address that lies in the middle of a packet. */
function idOf(table: AddressTable, bytes: Uint8Array): number {
  return table.idOf(concat(PAD, bytes, PAD), PAD.length, bytes.length);
}

test('ids are dense, and one address has one id however it is given', () => {
  const v4 = fc.uint8Array({ minLength: 4, maxLength: 4 });
  const v6 = fc.uint8Array({ minLength: 16, maxLength: 16 });
  const given = fc.tuple(fc.oneof({ weight: 9, arbitrary: v4 }, v6), fc.boolean());
  fc.assert(
    fc.property(fc.array(given, { minLength: 1, maxLength: 60 }), (all) => {
      const table = new AddressTable();
      const model = new Map<string, number>();
      for (const [bytes, asText] of [...all, ...all]) {
        const text = addressText(bytes, 0, bytes.length);
        assert.equal(table.find(text), model.get(text));
        const expected = model.get(text) ?? model.size;
        model.set(text, expected);
        assert.equal(asText ? table.intern(text) : idOf(table, bytes), expected);
        assert.deepEqual([table.find(text), table.textOf(expected)], [expected, text]);
      }
      assert.equal(table.size, model.size);
      assert.equal(table.textOf(model.size), '?');
    }),
    { numRuns: 50 },
  );
});

test('thousands of addresses, neighbours and far ones, keep their ids', () => {
  const table = new AddressTable();
  const all = Array.from({ length: 5000 }, (_, k) =>
    k % 2 === 0 ? Uint8Array.of(10, 0, k >> 8, k & 255) : Uint8Array.of(k & 255, k >> 8, 7, 1),
  );
  all.forEach((bytes, k) => {
    assert.equal(idOf(table, bytes), k);
  });
  all.forEach((bytes, k) => {
    assert.equal(idOf(table, bytes), k);
  });
  assert.equal(table.size, all.length);
});

test('groups are 224.0.0.0/4 and ff00::/8', () => {
  const table = new AddressTable();
  for (const [text, isGroup] of [
    ['223.255.255.255', false],
    ['224.0.0.0', true],
    ['224.0.0.251', true],
    ['239.255.255.255', true],
    ['240.0.0.1', false],
    ['ff02::fb', true],
    ['fe80::1', false],
    ['::ff', false],
  ] as const) {
    assert.equal(table.isMulticast(idOf(table, addressBytes(text))), isGroup, text);
  }
  assert.equal(table.isMulticast(99), false);
});
