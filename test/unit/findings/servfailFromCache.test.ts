import assert from 'node:assert/strict';
import { test } from 'node:test';
import { ask, forward, watchedStory, type Story } from '../../support/story.ts';

/** One failure of the upstream, and `count` lookups within five seconds behind it. */
function cached(count: number, asksAgain = false): Story {
  const story = watchedStory();
  ask(story, { at: 0, took: 2002, name: 'www.example.com', rcode: 'SERVFAIL' });
  forward(story, { at: 201, name: 'www.example.com' });
  for (let n = 0; n < count; n++) {
    ask(story, { at: 3000 + n * 700, took: 1, name: 'www.example.com', rcode: 'SERVFAIL' });
    if (asksAgain) forward(story, { at: 3000.2 + n * 700, name: 'www.example.com' });
  }
  ask(story, { at: 20_000, took: 1, name: 'kubernetes.default.svc.cluster.local', answers: ['10.96.0.1'] });
  return story;
}

test('failures without an upstream query, soon after one, are told as cached beside the upstream', () => {
  const { told, findings } = cached(4).run();
  assert.deepEqual(told, [
    'error upstream-no-answer upstream upstream-silent',
    'info servfail-from-cache coredns servfail-from-cache',
  ]);
  assert.equal(findings.findings[1]!.evidence.count, 4);
});

test('two are not worth it, and those that asked the upstream are not cached', () => {
  for (const story of [cached(2), cached(4, true)])
    assert.deepEqual(story.run().told, ['error upstream-no-answer upstream upstream-silent']);
});
