import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { assignSlots, NO_SLOTS } from '../../../webview/grid/rowSlots.ts';

const range = fc.tuple(fc.nat(60), fc.nat(25)).map(([from, length]) => ({ from, to: from + length }));

test('a row that stays in sight keeps its element, and no two rows have the same', () => {
  fc.assert(
    fc.property(fc.array(range, { maxLength: 12 }), (ranges) => {
      let before = NO_SLOTS;
      for (const next of ranges) {
        const after = assignSlots(before, next);
        assert.equal(after.slots.length, next.to - next.from);
        assert.equal(new Set(after.slots).size, after.slots.length);
        for (let index = next.from; index < next.to; index++) {
          const kept = before.slots[index - before.from];
          if (kept !== undefined) assert.equal(after.slots[index - next.from], kept);
        }
        before = after;
      }
    }),
  );
});

test('a leap takes the elements there are, in their order', () => {
  const before = assignSlots(NO_SLOTS, { from: 10, to: 14 });
  assert.deepEqual(assignSlots(before, { from: 4_000_000, to: 4_000_004 }).slots, before.slots);
});

test('a line further down, the row that went gives its element to the row that comes', () => {
  const before = assignSlots(NO_SLOTS, { from: 10, to: 14 });
  assert.deepEqual(assignSlots(before, { from: 11, to: 15 }).slots, [1, 2, 3, 0]);
});
