import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { firstIndex } from '../../../src/base/firstIndex.ts';

test('the first index is the one a walk from the beginning finds', () => {
  const ascending = fc.array(fc.integer({ min: 0, max: 20 })).map((values) => values.sort((a, b) => a - b));
  fc.assert(
    fc.property(ascending, fc.integer({ min: -1, max: 21 }), fc.nat(), (values, least, start) => {
      const from = Math.min(start, values.length);
      const walked = values.findIndex((value, index) => index >= from && value >= least);
      assert.equal(
        firstIndex(from, values.length, (index) => values[index]! >= least),
        walked < 0 ? values.length : walked,
      );
    }),
  );
});

test('it asks only within its bounds, and few times', () => {
  const asked: number[] = [];
  const found = firstIndex(1000, 2000, (index) => {
    asked.push(index);
    return index >= 1999;
  });
  assert.equal(found, 1999);
  assert.ok(asked.length <= 10, String(asked.length));
  assert.ok(asked.every((index) => index >= 1000 && index < 2000));
});
