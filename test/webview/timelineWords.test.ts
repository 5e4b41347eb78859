/** What the timeline says and what keys do on it; no browser. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import type { TimelineMark } from '../../src/core/view/timeline/timelineMarks.ts';
import { filteredTime, filterInTime, termWords, timeWords } from '../../webview/app/filter/filterTerms.ts';
import { rangeOf, type TimelineCursor, timelineKey } from '../../webview/app/timeline/timelineKeys.ts';
import { placedMarks } from '../../webview/app/timeline/timelineMarkPlaces.ts';
import { readout, readoutText, spanText, summary } from '../../webview/app/timeline/timelineWords.ts';
import type { TimeChartData } from '../../webview/widgets/timeChartScale.ts';

const local = (hour: number, minute: number, second: number, day = 21): number =>
  new Date(2026, 10, day, hour, minute, second).getTime() * 1000;

const data: TimeChartData = {
  startUs: local(12, 1, 0),
  stepUs: 1_000_000,
  room: 4,
  strong: {
    lookups: [4, 0, 9, 1],
    failed: [0, 0, 3, 1],
    unanswered: [0, 0, 2, 0],
    medianNs: [2e6, 0, 3e6, 4e9],
    p95Ns: [5e6, 0, 6e6, 4e9],
  },
};

test('an interval, several, and the whole in words', () => {
  assert.equal(
    readoutText(readout(data, { from: 2, to: 2 })),
    '12:01:02.000 + 1 s, 9 lookups, 3 failed, 2 without an answer, p50 3.00 ms, p95 6.00 ms',
  );
  assert.equal(
    readoutText(readout(data, { from: 1, to: 1 })),
    '12:01:01.000 + 1 s, 0 lookups, 0 failed, 0 without an answer',
  );
  assert.equal(
    readoutText(readout(data, { from: 2, to: 3 })),
    '12:01:02.000 to 12:01:04.000, 10 lookups, 4 failed, 2 without an answer, p95 up to 4.00 s',
  );
  const whole = { ...data.strong, lookups: [40, 10, 90, 10] };
  assert.equal(readout({ ...data, whole }, { from: 0, to: 1 }).lookups, '4 of 50 lookups');
  assert.equal(
    summary(data),
    'From 2026-11-21 12:01:00.000 to 2026-11-21 12:01:04.000 in steps of 1 s: 14 lookups. Most, 9, began in the 1 s from 12:01:02.000. 4 failed, 2 of them without an answer, the first at 12:01:02.000, the last at 12:01:03.000. Slowest from 12:01:03.000: 95 of 100 took at most 4.00 s.',
  );
  assert.deepEqual([1000, 500_000, 5_000_000, 120e6, 7200e6].map(spanText), ['1 ms', '500 ms', '5 s', '2 min', '2 h']);
});

test('terms of time in the clock of the rows', () => {
  const [fromUs, toUs] = [local(12, 1, 7), local(12, 1, 9)];
  assert.equal(timeWords({ fromUs, toUs }), '12:01:07.000 to 12:01:09.000');
  assert.equal(timeWords({ fromUs, toUs: local(0, 0, 1, 22) }), '2026-11-21 12:01:07.000 to 2026-11-22 00:00:01.000');
  assert.deepEqual(
    [timeWords({ fromUs }), timeWords({ toUs }), timeWords({})],
    ['From 12:01:07.000', 'Before 12:01:09.000', 'Any time'],
  );
  const view = { terms: ['slow', 'time in {a..b}', 'x or y'], times: [{ term: 1, fromUs, toUs }] };
  assert.deepEqual(
    [0, 1].map((index) => termWords(view, index, [])),
    ['slow', '12:01:07.000 to 12:01:09.000'],
  );
  assert.equal(filterInTime(view, undefined), 'slow, x or y');
  assert.match(filterInTime(view, { fromUs, toUs }), /^slow, x or y, time in \{\S+Z\.\.\S+\.999Z\}$/u);
  assert.deepEqual(
    filteredTime({
      times: [
        { term: 0, fromUs, toUs },
        { term: 1, fromUs: fromUs + 1 },
      ],
    }),
    { fromUs: fromUs + 1, toUs },
  );
  assert.equal(filteredTime({}), undefined);
});

test('whatever keys are pressed, cursor and range stay on the timeline; Enter applies just that range', () => {
  const keys = fc.array(
    fc.tuple(
      fc.constantFrom(
        'ArrowLeft',
        'ArrowRight',
        'ArrowUp',
        'ArrowDown',
        'PageUp',
        'PageDown',
        'Home',
        'End',
        'Escape',
        'Enter',
        'x',
      ),
      fc.boolean(),
    ),
    { maxLength: 30 },
  );
  fc.assert(
    fc.property(keys, fc.integer({ min: 1, max: 300 }), (pressed, intervals) => {
      let cursor: TimelineCursor | undefined;
      for (const [key, isShift] of pressed) {
        const done = timelineKey(key, isShift, cursor, intervals);
        if (key === 'x') assert.equal(done, undefined);
        if (done?.kind === 'apply') assert.deepEqual(done.range, rangeOf(cursor!));
        if (done?.kind === 'clear') cursor = undefined;
        if (done?.kind !== 'move') continue;
        cursor = done.cursor;
        const { from, to } = rangeOf(cursor);
        assert.ok(from >= 0 && from <= to && to < intervals);
        assert.equal(cursor.anchor !== undefined, isShift);
      }
    }),
  );
});

test('events that would cover each other are one, as grave as the gravest; all is within the plot', () => {
  const mark = (kind: TimelineMark['kind'], fromUs: number, text: string, more = 0): TimelineMark => ({
    kind,
    fromUs,
    toUs: fromUs,
    texts: [text],
    more,
  });
  const marks = [mark('change', 0, 'a'), mark('loss', 10, 'b', 2), mark('change', 500, 'c'), mark('gap', 5000, 'd')];
  assert.deepEqual(placedMarks(marks, { fromUs: 0, toUs: 1000 }, 1000), [
    { kind: 'loss', us: 0, px: 0, text: 'a; b; 2 more' },
    { kind: 'change', us: 500, px: 500, text: 'c' },
    { kind: 'gap', us: 5000, px: 1000, text: 'd' },
  ]);
  assert.deepEqual(placedMarks(marks, { fromUs: 0, toUs: 1000 }, 0), []);
});
