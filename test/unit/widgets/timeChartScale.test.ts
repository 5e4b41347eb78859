import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import {
  countLimits,
  intervalAt,
  roundUp,
  type TimeChartData,
  type TimeChartSeries,
  tookDecades,
  tookLimits,
} from '../../../webview/widgets/timeChartScale.ts';
import { axisTime } from '../../../webview/widgets/timeChartTicks.ts';

function series(medianNs: readonly number[], p95Ns: readonly number[]): TimeChartSeries {
  const none = medianNs.map(() => 0);
  return { lookups: none, failed: none, unanswered: none, medianNs, p95Ns };
}

test('the top of the counts is round and not below any of them', () => {
  assert.deepEqual([0, 1, 2, 3, 7, 10, 11, 84_780].map(roundUp), [1, 1, 2, 5, 10, 10, 20, 100_000]);
  fc.assert(
    fc.property(fc.nat(), (value) => {
      assert.match(String(roundUp(value)), /^[125]0*$/u);
      assert.ok(roundUp(value) >= value && roundUp(value) <= Math.max(1, value * 2.5));
    }),
  );
});

test('counts stand above, times below, and neither reaches into the other', () => {
  const { min, max } = countLimits(50);
  const zero = -min / (max - min);
  const decades = tookDecades([series([2e6, 0], [3e6, 0]), series([9e5, 4e3], [4e9, 5e3])])!;
  assert.deepEqual(decades, { min: 1e3, max: 1e10 });
  const took = tookLimits(decades);
  const top = Math.log(decades.max / took.min) / Math.log(took.max / took.min);
  assert.ok(top < zero && Math.abs(top - 0.36) < 1e-9, `${String(top)} below ${String(zero)}`);
});

test('times of one decade still have a band, no times have none', () => {
  assert.deepEqual(tookDecades([series([1e6], [1e6])]), { min: 1e6, max: 1e7 });
  assert.equal(tookDecades([series([0, 0], [0, 0])]), undefined);
});

test('a moment is of the interval that it falls into, of those that there are', () => {
  const strong = series([0, 0, 0], [0, 0, 0]);
  const data: TimeChartData = { startUs: 5000, stepUs: 1000, room: 10, strong };
  assert.deepEqual(
    [4000, 5000, 5999, 6000, 7999, 8000, 90_000].map((us) => intervalAt(data, us)),
    [0, 0, 0, 1, 2, 2, 2],
  );
});

test('ticks are as fine as they are apart', () => {
  const at = new Date(2026, 10, 21, 12, 1, 7, 250).getTime();
  assert.equal(axisTime(at, 50), '12:01:07.250');
  assert.equal(axisTime(at, 1000), '12:01:07');
  assert.equal(axisTime(at, 60_000), '12:01');
  assert.equal(axisTime(new Date(2026, 10, 21).getTime(), 3_600_000), '11-21');
  assert.equal(axisTime(at, 86_400_000), '11-21');
});
