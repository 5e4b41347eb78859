import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import {
  formatCount,
  formatDuration,
  formatPlural,
  formatSince,
  formatWaiting,
} from '../../../webview/widgets/format.ts';

test('durations have three significant digits and the unit that fits', () => {
  const cases: readonly (readonly [number, string])[] = [
    [0, '0 ns'],
    [850, '850 ns'],
    [999.6, '1.00 µs'],
    [12_340, '12.3 µs'],
    [15_400_000, '15.4 ms'],
    [999_999_999, '1.00 s'],
    [4_001_300_000, '4.00 s'],
    [125_000_000_000, '125 s'],
  ];
  for (const [nanoseconds, text] of cases) assert.equal(formatDuration(nanoseconds), text);
});

test('a duration is never shown smaller than a shorter one of the same unit', () => {
  fc.assert(
    fc.property(fc.nat(10_000_000_000), fc.nat(10_000_000_000), (one, other) => {
      const [left, right] = [
        formatDuration(Math.min(one, other)).split(' '),
        formatDuration(Math.max(one, other)).split(' '),
      ];
      if (left[1] === right[1]) assert.ok(Number(left[0]) <= Number(right[0]));
    }),
  );
});

test('counts, plurals, waiting and relative times read as words do', () => {
  assert.equal(formatCount(5_000_000), '5,000,000');
  assert.equal(formatPlural(1, '{0} lookup|{0} lookups'), '1 lookup');
  assert.equal(formatPlural(0, '{0} query|{0} queries'), '0 queries');
  assert.equal(formatWaiting(-5), '0.0 s');
  assert.equal(formatWaiting(2_449_000_000), '2.4 s');
  assert.equal(formatSince(1_500_000, 250_000), '+1.250 s');
  assert.equal(formatSince(0, 250_000), '−0.250 s');
});
