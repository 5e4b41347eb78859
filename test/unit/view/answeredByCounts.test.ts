import assert from 'node:assert/strict';
import { test } from 'node:test';
import { answeredByText, countAnsweredBy } from '../../../src/core/view/answeredByCounts.ts';
import { ask, forward, watchedStory } from '../../support/story.ts';

const none = { upstream: 0, cache: 0, local: 0, nodelocal: 0, unknown: 0 };

test('of many lookups every nth is looked at, of those that are asked about', () => {
  const story = watchedStory();
  for (let n = 0; n < 12; n++) {
    const name = `host-${String(n)}.example.com`;
    ask(story, { at: n * 1000, took: 9, name, answers: ['192.0.2.1'] });
    if (n % 2 === 0) forward(story, { at: n * 1000 + 2, took: 5, name, answers: ['192.0.2.1'] });
  }
  const { engine } = story.run();
  assert.deepEqual(countAnsweredBy(engine), { every: 1, lookups: { ...none, upstream: 6, unknown: 6 } });
  assert.deepEqual(countAnsweredBy(engine, undefined, 6), { every: 2, lookups: { ...none, upstream: 6 } });
  assert.deepEqual(countAnsweredBy(engine, undefined, 5), { every: 3, lookups: { ...none, upstream: 2, unknown: 2 } });
  const among = new Uint8Array(12).fill(1, 0, 6);
  assert.deepEqual(countAnsweredBy(engine, among, 6), { every: 1, lookups: { ...none, upstream: 3, unknown: 3 } });
});

test('in words only what there is, and of which share', () => {
  assert.equal(answeredByText({ every: 1, lookups: none }), '');
  assert.equal(answeredByText({ every: 1, lookups: { ...none, cache: 2 } }), '2 from the cache of CoreDNS');
  const sampled = { every: 3, lookups: { ...none, upstream: 1, unknown: 4 } };
  assert.equal(answeredByText(sampled), '1 from an upstream, 4 not known; one in 3 lookups was looked at');
});
