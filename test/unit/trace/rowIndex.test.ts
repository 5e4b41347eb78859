import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { IdCounts, IdSet } from '../../../src/core/trace/byId.ts';
import { RowIndex } from '../../../src/core/trace/rowIndex.ts';
import { NONE } from '../../../src/core/trace/tables.ts';

/** Few hashes for many keys, so that entries collide all the time. */
const hashOf = (key: number): number => (key * 2_654_435_761) % 64;

function find(index: RowIndex, keys: readonly number[], key: number): number {
  const hash = hashOf(key);
  let place = index.first(hash);
  while (index.idAt(place) !== NONE && keys[index.idAt(place)] !== key) place = index.after(place, hash);
  return place;
}

test('an index finds the newest id of each key, whatever else has the same hash', () => {
  fc.assert(
    fc.property(fc.array(fc.nat(500), { maxLength: 2000 }), (keys) => {
      const index = new RowIndex();
      const newest = new Map<number, number>();
      keys.forEach((key, id) => {
        const place = find(index, keys, key);
        assert.equal(index.idAt(place), newest.get(key) ?? NONE);
        index.put(place, hashOf(key), id);
        newest.set(key, id);
      });
    }),
    { numRuns: 50 },
  );
});

test('when half full it keeps what is wanted, again and again, and forgets the rest', () => {
  const index = new RowIndex();
  let rebuilt = 0;
  for (let id = 0; id < 100_000; id++) {
    const hash = Math.imul(id, 0x9e37_79b1);
    if (index.put(index.first(hash), hash, id)) {
      rebuilt++;
      index.keep((kept) => id - kept < 5000);
    }
  }
  assert.ok(rebuilt > 5, `rebuilt ${String(rebuilt)} times`);
  for (let id = 95_000; id < 100_000; id++) {
    const hash = Math.imul(id, 0x9e37_79b1);
    assert.equal(index.idAt(index.first(hash)), id);
  }
  const forgotten = Math.imul(10, 0x9e37_79b1);
  assert.equal(index.idAt(index.first(forgotten)), NONE);
});

test('counts and sets by id grow to any id and know what was never counted', () => {
  const counts = new IdCounts();
  for (const id of [3, 70_000, 3, 0]) counts.add(id);
  assert.deepEqual(
    [...counts],
    [
      [0, 1],
      [3, 2],
      [70_000, 1],
    ],
  );
  assert.deepEqual([counts.size, counts.get(3), counts.get(4), counts.get(1e6)], [3, 2, 0, 0]);
  const set = new IdSet();
  set.add(1000);
  assert.deepEqual([set.has(1000), set.has(999), set.has(1e6)], [true, false, false]);
});
