import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { IdCounts, IdList, IdSet } from '../../../src/core/trace/byId.ts';

const ids = fc.array(fc.oneof(fc.nat(20), fc.nat(3000)), { maxLength: 60 });

test('counts are those of a map, in rising order of ids', () => {
  fc.assert(
    fc.property(ids, (given) => {
      const counts = new IdCounts();
      const model = new Map<number, number>();
      for (const id of given) {
        counts.add(id);
        model.set(id, (model.get(id) ?? 0) + 1);
      }
      assert.equal(counts.size, model.size);
      assert.deepEqual(
        [...counts],
        [...model].sort((a, b) => a[0] - b[0]),
      );
      for (const id of [...model.keys(), 63, 64, 5000]) assert.equal(counts.get(id), model.get(id) ?? 0);
    }),
  );
});

test('a list keeps its order and its repeats, a set only what was not taken out', () => {
  fc.assert(
    fc.property(ids, ids, (added, deleted) => {
      const list = new IdList();
      const set = new IdSet();
      const model = new Set<number>();
      for (const [k, id] of added.entries()) {
        list.add(id);
        set.add(id);
        model.add(id);
        const gone = deleted[k];
        if (gone !== undefined) {
          set.delete(gone);
          model.delete(gone);
        }
      }
      assert.deepEqual([list.size, [...list]], [added.length, added]);
      for (const id of [...added, ...deleted, 64]) assert.equal(set.has(id), model.has(id));
    }),
  );
});
