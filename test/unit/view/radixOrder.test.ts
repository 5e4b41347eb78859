import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { orderOfKeys, orderOfNumbers } from '../../../src/core/view/order/radixOrder.ts';
import { runSteps } from '../../../src/base/steps.ts';

/** What `sort`, which is stable, makes of the same. */
function expected(values: readonly number[]): readonly number[] {
  const place = (at: number): number => (Number.isFinite(values[at]) ? values[at]! : Number.POSITIVE_INFINITY);
  return values.map((_, at) => at).sort((a, b) => (place(a) < place(b) ? -1 : place(a) > place(b) ? 1 : 0));
}

function orderOf(values: readonly number[]): readonly number[] {
  return [...(runSteps(orderOfNumbers(Float64Array.from(values))) ?? values.keys())];
}

/** Many of a kind and few, near and far, in order nearly or not at all. */
const numbers = fc
  .tuple(
    fc.array(
      fc.oneof(
        { weight: 6, arbitrary: fc.nat(30) },
        { weight: 3, arbitrary: fc.nat(5_000_000) },
        { weight: 1, arbitrary: fc.nat(1000).map((far) => 5e9 + far) },
        { weight: 1, arbitrary: fc.nat(1000).map((far) => 2 ** 52 - far) },
        { weight: 1, arbitrary: fc.constantFrom(Number.NaN, Number.POSITIVE_INFINITY) },
      ),
      { maxLength: 300, size: 'max' },
    ),
    fc.constantFrom(0, 1, 1e10),
  )
  .map(([values, slope]) => values.map((value, at) => value + at * slope));

test('numbers come out as a stable sort puts them, however far apart they are', () => {
  fc.assert(
    fc.property(numbers, (values) => {
      assert.deepEqual(orderOf(values), expected(values));
    }),
    { numRuns: 500 },
  );
});

test('many far numbers, which share keys, are told apart', () => {
  const values = Array.from({ length: 3000 }, (_, at) => ((at * 7919) % 3000) * 1e12 + (at % 3));
  assert.deepEqual(orderOf(values), expected(values));
  const crowded = Array.from({ length: 3000 }, (_, at) => (at % 2) * 2 ** 50 + ((at * 7919) % 1000));
  assert.deepEqual(orderOf(crowded), expected(crowded));
});

test('one row far from its place among thousands in order', () => {
  const values = Array.from({ length: 5000 }, (_, at) => at * 100 - (at % 7) * 150);
  values[4000] = 50;
  assert.deepEqual(orderOf(values), expected(values));
});

test('what is in order is left as it is', () => {
  assert.equal(runSteps(orderOfNumbers(Float64Array.of(1, 2, 2, 5e18, Number.NaN))), undefined);
  assert.equal(runSteps(orderOfNumbers(new Float64Array(0))), undefined);
});

test('keys of any width come out as a stable sort puts them', () => {
  fc.assert(
    fc.property(fc.array(fc.nat(0xffff_ffff), { maxLength: 200, size: 'max' }), fc.nat(31), (keys, shift) => {
      const narrow = keys.map((key) => key >>> shift);
      assert.deepEqual([...runSteps(orderOfKeys(Uint32Array.from(narrow)))], expected(narrow));
    }),
  );
});

test('work in steps stops often', () => {
  const steps = orderOfKeys(Uint32Array.from({ length: 1_000_000 }, (_, at) => at % 5000));
  let count = 0;
  while (steps.next().done !== true) count++;
  assert.ok(count >= 60, String(count));
});
