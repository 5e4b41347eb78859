import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import fc from 'fast-check';
import { LatencyHistogram, type LatencyPartial } from '../../../src/core/analysis/latencyHistogram.ts';

/** From a nanosecond to a day, each doubling as likely as any other. */
const duration = fc
  .tuple(fc.integer({ min: 0, max: 46 }), fc.double({ min: 1, max: 2, noNaN: true }))
  .map(([power, x]) => Math.floor(x * 2 ** power));

function histogramOf(values: readonly number[]): LatencyHistogram {
  const histogram = new LatencyHistogram();
  for (const value of values) histogram.add(value);
  return histogram;
}

function merged(...partials: readonly LatencyPartial[]): LatencyPartial {
  const histogram = new LatencyHistogram();
  for (const partial of partials) histogram.addPartial(partial);
  return histogram.partial();
}

suite('latency histogram', () => {
  test('percentiles are within 1 % of the sorted values; count, least, mean and most are exact', () => {
    fc.assert(
      fc.property(fc.array(duration, { minLength: 1, maxLength: 300 }), (values) => {
        const sorted = values.toSorted((a, b) => a - b);
        const stats = histogramOf(values).stats();
        assert.equal(stats.count, values.length);
        assert.equal(stats.min, sorted[0]);
        assert.equal(stats.max, sorted.at(-1));
        assert.equal(stats.mean, values.reduce((sum, value) => sum + value, 0) / values.length);
        for (const [share, given] of [
          [0.5, stats.p50],
          [0.9, stats.p90],
          [0.99, stats.p99],
        ] as const) {
          const exact = sorted[Math.max(0, Math.ceil(share * values.length) - 1)]!;
          assert.ok(Math.abs(given - exact) <= exact * 0.01, `${String(share)}: ${String(given)} for ${String(exact)}`);
        }
      }),
    );
  });

  test('parts add up in any order and grouping to what one histogram over all values holds', () => {
    const values = fc.array(duration, { maxLength: 50 });
    fc.assert(
      fc.property(values, values, values, (a, b, c) => {
        const [x, y, z] = [a, b, c].map((part) => histogramOf(part).partial()) as [
          LatencyPartial,
          LatencyPartial,
          LatencyPartial,
        ];
        const whole = histogramOf([...a, ...b, ...c]).partial();
        assert.deepEqual(merged(merged(x, y), z), whole);
        assert.deepEqual(merged(x, merged(y, z)), whole);
        assert.deepEqual(merged(z, y, x), whole);
        assert.deepEqual(JSON.parse(JSON.stringify(whole)), whole);
      }),
    );
  });

  test('nothing counted gives zeros, and one value gives itself', () => {
    assert.deepEqual(new LatencyHistogram().stats(), { count: 0, min: 0, mean: 0, p50: 0, p90: 0, p99: 0, max: 0 });
    const value = 6_007_022_123;
    assert.deepEqual(histogramOf([value]).stats(), {
      count: 1,
      min: value,
      mean: value,
      p50: value,
      p90: value,
      p99: value,
      max: value,
    });
  });

  test('sums beyond what a double holds exactly stay exact', () => {
    const days = 2 ** 52 + 1;
    const { seconds, nanoseconds } = merged(...Array.from({ length: 1001 }, () => histogramOf([days]).partial()));
    assert.equal(BigInt(seconds) * 1_000_000_000n + BigInt(nanoseconds), 1001n * BigInt(days));
  });

  test('a response that a disagreeing clock puts before its query counts', () => {
    const stats = histogramOf([-300, 500, 700]).stats();
    assert.deepEqual([stats.count, stats.min, stats.mean, stats.max], [3, -300, 300, 700]);
  });
});
