import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { runSteps } from '../../../src/base/steps.ts';
import { LookupChoice } from '../../../src/core/view/lookupChoice.ts';
import { timelineOf } from '../../../src/core/view/timeline.ts';
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

test('an empty trace has no interval', () => {
  assert.deepEqual(runSteps(timelineOf(new TraceEngine(), undefined, 10)).all.lookups, []);
});
