import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { NO_FINDINGS } from '../../../src/core/findings/evaluateFindings.ts';
import { parseFilter } from '../../../src/core/filter/parser.ts';
import { timeRangeTerm, timeTerms } from '../../../src/core/filter/times.ts';
import { LookupView } from '../../../src/core/view/lookupView.ts';
import { ask, EPOCH_NS, forward, watchedStory } from '../../support/story.ts';

const START_US = Number(EPOCH_NS / 1000n);
const iso = (ms: number): string => new Date(START_US / 1000 + ms).toISOString();

/** A lookup every 250 ms for 5 s; the one at 3 s is answered after 4 s. */
function view(): LookupView {
  const story = watchedStory();
  for (let at = 0; at < 5000; at += 250)
    ask(story, { at, took: at === 3000 ? 4000 : 2, name: `n${at}.example.com`, answers: ['192.0.2.1'] });
  forward(story, { at: 3001, took: 3990, name: 'n3000.example.com', answers: ['192.0.2.1'] });
  const made = new LookupView(story.run().engine);
  made.update(NO_FINDINGS);
  return made;
}

const shown = view();

/** Beginnings of the lookups that a filter shows, ms. */
function begins(filter: string): readonly number[] {
  shown.set(filter, undefined);
  assert.equal(shown.problem, undefined, `${filter}: ${shown.problem?.detail ?? ''}`);
  return shown.read(0, 100).map(({ timeUs }) => (timeUs - START_US) / 1000);
}

const from = (low: number, high: number): readonly number[] =>
  Array.from({ length: 20 }, (_, k) => k * 250).filter((at) => at >= low && at < high);

test('lookups by when they began; a time is as long as its last digit', () => {
  const second = (ms: number): string => `${iso(ms).slice(0, 19)}Z`;
  assert.deepEqual(begins(`time >= ${iso(4000)}`), from(4000, 5000));
  assert.deepEqual(begins(`time > ${iso(4000)}`), from(4001, 5000));
  assert.deepEqual(begins(`time < ${iso(500)}`), from(0, 500));
  assert.deepEqual(begins(`time <= ${iso(500)}`), from(0, 501));
  assert.deepEqual(begins(`time == ${second(2000)}`), from(2000, 3000));
  assert.deepEqual(begins(`time:${second(2000)}`), from(2000, 3000));
  assert.deepEqual(begins(`time > ${second(2000)}`), from(3000, 5000));
  assert.deepEqual(begins(`time <= ${second(2000)}`), from(0, 3000));
  assert.deepEqual(begins(`time != ${second(2000)}`), [...from(0, 2000), ...from(3000, 5000)]);
  assert.deepEqual(begins(`time in {${second(1000)}..${second(2000)}}`), from(1000, 3000));
  assert.deepEqual(begins(`time in (${second(0)}, ${iso(4750)})`), [...from(0, 1000), 4750]);
  assert.deepEqual(begins(`time not in {${second(0)}..${second(3000)}}`), from(4000, 5000));
  assert.deepEqual(begins(`time == "${second(2000).replace('T', ' ')}"`), from(2000, 3000));
  assert.deepEqual(begins(`time == ${second(0).slice(0, 16)}Z`), from(0, 5000));
});

test('other zones mean the same moment', () => {
  for (const [zone, minutes] of [
    ['+02:00', 120],
    ['-0530', -330],
  ] as const) {
    const local = new Date(START_US / 1000 + 4000 + minutes * 60_000).toISOString().replace('Z', zone);
    assert.deepEqual(begins(`time >= ${local}`), from(4000, 5000));
  }
});

test('packets by when they were captured, as Wireshark counts', () => {
  const seconds = (START_US + 6_500_000) / 1e6;
  assert.deepEqual(begins(`frame.time_epoch > ${seconds}`), [3000]);
  assert.deepEqual(begins(`frame.time_epoch >= ${iso(4500)} && qr == Q`), from(4500, 5000));
  assert.deepEqual(begins('frame.time_relative >= 6.9'), [3000]);
  assert.deepEqual(begins('frame.time_relative < 250ms'), [0]);
  assert.deepEqual(begins('frame.time_relative == 0'), [0]);
  assert.equal(begins('frame.time_relative').length, 20);
});

test('a broken time says where and what is wanted', () => {
  const table = [
    ['time > 12:01:07', '8: expected a time with its zone, such as 2026-11-21T12:01:07Z, found 12:01:07'],
    [
      'time > 2026-11-21T12:01:07',
      '8: expected a time with its zone, such as 2026-11-21T12:01:07Z, found 2026-11-21T12:01:07',
    ],
    [
      'slow, time >= 2026-02-30T12:00:00Z',
      '15: expected a time with its zone, such as 2026-11-21T12:01:07Z, found 2026-02-30T12:00:00Z',
    ],
    [
      'time < 2026-11-21T24:00:00Z',
      '8: expected a time with its zone, such as 2026-11-21T12:01:07Z, found 2026-11-21T24:00:00Z',
    ],
    [
      'time in {2026-11-21T12:01:07Z..2026-11-21T12:01:06Z}',
      '10: expected the earlier time first, found 2026-11-21T12:01:07Z..2026-11-21T12:01:…',
    ],
    ['time == 5', '9: expected a time with its zone, such as 2026-11-21T12:01:07Z, found 5'],
    ['frame.time_epoch > now', '20: expected seconds since 1970 or a time such as 2026-11-21T12:01:07Z, found now'],
    ['time ~ 12', '6: expected one of == != in not in : < <= > >=, found ~'],
  ] as const;
  for (const [filter, problem] of table) assert.equal(parseFilter(filter).problem?.detail, `Column ${problem}`, filter);
});

test('a range that the timeline writes holds exactly the lookups that began in it, and is one term', () => {
  fc.assert(
    fc.property(fc.nat(5000), fc.integer({ min: 1, max: 5000 }), (begin, length) => {
      const [fromUs, toUs] = [START_US + begin * 1000, START_US + (begin + length) * 1000];
      const term = timeRangeTerm(fromUs, toUs);
      assert.deepEqual(begins(`answered, ${term}`), from(begin, begin + length));
      assert.deepEqual(shown.times, [{ term: 1, fromUs, toUs }]);
      assert.equal(shown.terms[1], term);
    }),
  );
});

test('which terms are spans of time: neither what is negated nor one of several', () => {
  const times = (filter: string): unknown => timeTerms(parseFilter(filter).value);
  assert.deepEqual(times(''), []);
  assert.deepEqual(times(`slow, time >= ${iso(0)}`), [{ term: 1, fromUs: START_US }]);
  assert.deepEqual(times(`time < ${iso(0)}`), [{ term: 0, toUs: START_US }]);
  for (const filter of ['slow', `time != ${iso(0)}`, `time in (${iso(0)}, ${iso(1)})`, `time > ${iso(0)} or slow`])
    assert.deepEqual(times(filter), [], filter);
});

test('any moment is read as it is written, whatever its digits', () => {
  const moment = fc.record({
    ms: fc.integer({ min: Date.UTC(1970, 0, 2), max: Date.UTC(2200, 0, 1) }),
    digits: fc.integer({ min: 0, max: 9 }),
    fraction: fc.integer({ min: 0, max: 999_999_999 }),
  });
  fc.assert(
    fc.property(moment, ({ ms, digits, fraction }) => {
      const second = Math.floor(ms / 1000);
      const tail = digits === 0 ? '' : `.${String(fraction).padStart(9, '0').slice(0, digits)}`;
      const [span] = timeTerms(
        parseFilter(`time == ${new Date(second * 1000).toISOString().slice(0, 19)}${tail}Z`).value,
      );
      assert.ok(span?.fromUs !== undefined && span.toUs !== undefined);
      assert.ok(Math.abs(span.fromUs - second * 1e6 - Number(`0${tail}`) * 1e6) <= 1);
      assert.equal(span.toUs - span.fromUs, digits > 6 ? 0 : 10 ** (6 - digits));
    }),
  );
});
