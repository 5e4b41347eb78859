import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { runSteps } from '../../../src/base/steps.ts';
import { LookupChoice } from '../../../src/core/view/lookupChoice.ts';
import { timelineOf } from '../../../src/core/view/timeline/timeline.ts';
import { TraceEngine } from '../../../src/core/trace/traceEngine.ts';
import { ask, EPOCH_NS, watchedStory } from '../../support/story.ts';

const START_US = Number(EPOCH_NS / 1000n);
const sum = (values: readonly number[]): number => values.reduce((total, value) => total + value, 0);

/** A name every 100 ms for 2 s; from 1 s on, one that is refused and one that nobody answers. */
function engine(): TraceEngine {
  const story = watchedStory().withFaults(2);
  for (let at = 0; at < 2000; at += 100)
    ask(story, { at, took: 8, name: `n${at}.example.com`, answers: ['192.0.2.1'] });
  ask(story, { at: 1050, took: 2, name: 'no.example.com', rcode: 'REFUSED' });
  ask(story, { at: 1060, name: 'silent.example.com' });
  ask(story, { at: 9000, took: 100, name: 'late.example.com', answers: ['192.0.2.1'] });
  return story.run().engine;
}

test('lookups stand in the interval they began in, failures and silence apart', () => {
  const { startUs, stepUs, all, chosen } = runSteps(timelineOf(engine(), undefined, 10));
  const { medianNs, p95Ns } = all;
  assert.deepEqual({ startUs, stepUs, chosen }, { startUs: START_US, stepUs: 1e6, chosen: undefined });
  assert.deepEqual(all.lookups, [10, 12, 0, 0, 0, 0, 0, 0, 0, 1]);
  assert.deepEqual(all.failed, [0, 2, 0, 0, 0, 0, 0, 0, 0, 0]);
  assert.deepEqual(all.unanswered, [0, 1, 0, 0, 0, 0, 0, 0, 0, 0]);
  const near = (value: number | undefined, ms: number): boolean => Math.abs((value ?? 0) / (ms * 1e6) - 1) < 0.05;
  assert.ok(near(medianNs[0], 8) && near(p95Ns[1], 8) && near(medianNs[9], 100), `${medianNs.join()} ${p95Ns.join()}`);
  assert.equal(medianNs[5], 0, 'where nothing ended there is no time');
});

test('what a filter chooses stands beside the whole, and times are of what is chosen', () => {
  const trace = engine();
  const slow = trace.trace.lookups.length - 1;
  const timeline = runSteps(timelineOf(trace, new LookupChoice([slow], slow + 1), 10));
  assert.equal(sum(timeline.all.lookups), slow + 1);
  assert.deepEqual(timeline.chosen?.lookups, [0, 0, 0, 0, 0, 0, 0, 0, 0, 1]);
  assert.deepEqual(
    timeline.chosen?.medianNs.map((value) => value > 0),
    [...new Array<boolean>(9).fill(false), true],
  );
});

test('whatever the number of intervals asked for, each lookup is counted once, in round steps on round places', () => {
  const trace = engine();
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 500 }), (most) => {
      const { startUs, stepUs, all } = runSteps(timelineOf(trace, undefined, most));
      assert.equal(sum(all.lookups), trace.trace.lookups.length);
      assert.ok(all.lookups.length <= Math.max(2, most));
      assert.equal(startUs % stepUs, 0);
      assert.match(String(stepUs), /^[125]0*$/u);
    }),
  );
});

test('a part in finer intervals holds what those of the whole hold there, in all and of what is chosen', () => {
  const trace = engine();
  const choice = new LookupChoice([1, 5, 12, 20], trace.trace.lookups.length);
  const whole = runSteps(timelineOf(trace, choice, 10));
  const part = { fromUs: START_US + 1e6, toUs: START_US + 2e6 };
  const near = runSteps(timelineOf(trace, choice, 100, part));
  assert.deepEqual([near.startUs, near.stepUs, near.all.lookups.length], [part.fromUs, 10_000, 100]);
  for (const series of ['all', 'chosen'] as const)
    for (const figure of ['lookups', 'failed', 'unanswered'] as const)
      assert.equal(sum(near[series]?.[figure] ?? []), whole[series]?.[figure][1], `${series} ${figure}`);
  assert.deepEqual([near.all.failed[5], near.all.unanswered[6]], [1, 1]);
  assert.deepEqual(near.whole, { fromUs: START_US, toUs: trace.trace.epochUs(trace.trace.now) });
  assert.equal(whole.whole, undefined);
});

test('whatever part is asked for, each interval holds what began in it', () => {
  const trace = engine();
  const begins = Array.from({ length: trace.trace.lookups.length }, (_, id) =>
    trace.trace.epochUs(trace.trace.lookups.of(id).start[id]!),
  );
  const asked = fc.record({
    from: fc.integer({ min: -2_000_000, max: 11_000_000 }),
    length: fc.integer({ min: 1, max: 12_000_000 }),
    most: fc.integer({ min: 2, max: 300 }),
  });
  fc.assert(
    fc.property(asked, ({ from, length, most }) => {
      const part = { fromUs: START_US + from, toUs: START_US + from + length };
      const { startUs, stepUs, all, whole } = runSteps(timelineOf(trace, undefined, most, part));
      assert.ok(all.lookups.length <= most);
      assert.deepEqual(
        all.lookups,
        all.lookups.map((_, interval) => {
          const begin = startUs + interval * stepUs;
          return begins.filter((us) => us >= begin && us < begin + stepUs).length;
        }),
      );
      const { fromUs, toUs } = whole ?? { fromUs: startUs, toUs: startUs };
      if (whole === undefined) assert.ok(part.toUs <= START_US || part.fromUs > START_US + 9_100_000);
      else {
        assert.ok(startUs <= Math.max(part.fromUs, fromUs));
        assert.ok(startUs + all.lookups.length * stepUs >= Math.min(part.toUs, toUs));
      }
    }),
  );
});

test('the last of a trace is where it ends, however long it gets', () => {
  const { startUs, stepUs, all } = runSteps(timelineOf(engine(), undefined, 100, { lastUs: 500_000 }));
  const end = START_US + 9_100_000;
  assert.ok(startUs <= end - 500_000 && startUs + all.lookups.length * stepUs > end);
  assert.equal(sum(all.lookups), 1);
  assert.equal(sum(runSteps(timelineOf(engine(), undefined, 10, { lastUs: 1e9 })).all.lookups), 23);
});

test('an empty trace has no interval', () => {
  assert.deepEqual(runSteps(timelineOf(new TraceEngine(), undefined, 10)).all.lookups, []);
});
