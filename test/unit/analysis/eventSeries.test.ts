import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import fc from 'fast-check';
import {
  burstOf,
  EventSeries,
  IntervalClock,
  mergeSeries,
  noEvents,
  type SeriesPartial,
} from '../../../src/core/analysis/eventSeries.ts';

const BASE = 1_763_700_000;

function seriesOf(timesNs: readonly number[], firstNs = 0): SeriesPartial {
  const clock = new IntervalClock(BASE, firstNs);
  const series = new EventSeries(clock);
  for (const time of timesNs) {
    clock.set(time);
    series.add();
  }
  return series.partial();
}

suite('event series', () => {
  test('a burst is the most events within 20 intervals of 5 ms, from its first event on', () => {
    const times = [0, 400e6, 403e6, 499e6, 500e6, 900e6];
    // 400 ms and 499 ms lie in the first and last of 20 intervals; 500 ms is one too far.
    assert.deepEqual(burstOf(seriesOf(times), 0, BASE, 0), { count: 3, windowMs: 100, startNs: 400e6 });
  });

  test('a burst whose window reaches the first packet begins with it', () => {
    assert.deepEqual(burstOf(seriesOf([30e6, 40e6]), 0, BASE, 0), { count: 2, windowMs: 100, startNs: 0 });
  });

  test('no events, no burst', () => {
    assert.equal(burstOf(noEvents, 0, BASE, 0), undefined);
  });

  test('intervals begin with the first packet', () => {
    // 4 ms and 5 ms share an interval only when intervals begin at 3 ms.
    assert.equal(seriesOf([4e6, 5e6], 3e6).intervals.length, 3);
    assert.equal(seriesOf([4e6, 5e6], 0).intervals.length, 6);
  });

  test('a long series halves its resolution and keeps its counts; parts of it agree on where', () => {
    const times = Array.from({ length: 250_000 }, (_, k) => k * 5e6 + (k % 3));
    const whole = seriesOf(times);
    assert.equal(whole.level, 2);
    assert.ok(whole.intervals.length <= 300_000);
    assert.equal(
      whole.intervals.filter((_, k) => k % 3 === 1).reduce((sum, count) => sum + count, 0),
      250_000,
    );
    const parts = [times.slice(0, 120_000), times.slice(120_000, 180_000), times.slice(180_000)].map((part) =>
      seriesOf(part),
    );
    const [a, b, c] = parts as [SeriesPartial, SeriesPartial, SeriesPartial];
    assert.deepEqual(mergeSeries(mergeSeries(a, 0, b, 0), 0, c, 0), whole);
    assert.deepEqual(mergeSeries(mergeSeries(c, 0, b, 0), 0, a, 0), whole);
    assert.deepEqual(burstOf(whole, 0, BASE, 0), { count: 20, windowMs: 100, startNs: 0 });
  });

  test('the order in which events come does not show', () => {
    const times = fc.array(fc.integer({ min: 0, max: 2_000_000_000 }), { maxLength: 60 });
    fc.assert(
      fc.property(times, (given) => {
        assert.deepEqual(seriesOf(given), seriesOf(given.toSorted((a, b) => b - a)));
      }),
    );
  });
});
