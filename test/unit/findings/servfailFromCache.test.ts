import assert from 'node:assert/strict';
import { test } from 'node:test';
import { lookupDetails } from '../../../src/core/view/details/lookupDetails.ts';
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

test('what an upstream answered with an error is told as its error also where the cache repeats it, and never as silence', () => {
  const story = watchedStory();
  ask(story, { at: 0, took: 1, name: 'kubernetes.default.svc.cluster.local', answers: ['10.96.0.1'] });
  ask(story, { at: 12_000, took: 3, name: 'www.example.com', rcode: 'SERVFAIL' });
  forward(story, { at: 12_000.5, took: 1, name: 'www.example.com', rcode: 'SERVFAIL' });
  for (let n = 0; n < 3; n++)
    ask(story, { at: 13_500 + n * 1500, took: 1, name: 'www.example.com', rcode: 'SERVFAIL' });
  ask(story, { at: 30_000, took: 1, name: 'kubernetes.default.svc.cluster.local', answers: ['10.96.0.1'] });
  const { told, findings, lookups, engine } = story.run();
  assert.deepEqual(told, [
    'error unsuccessful-response upstream upstream-error',
    'info servfail-from-cache coredns servfail-from-cache',
  ]);
  assert.deepEqual(
    findings.findings.map(({ evidence }) => evidence.count),
    [4, 3],
  );
  assert.equal(
    lookups[2]!.way.find(({ hop }) => hop === 'upstream')!.note,
    'an error to an earlier query; this one was served from the cache',
  );
  assert.match(
    lookupDetails(engine, 2).meaning,
    /without asking again.* 10\.224\.0\.92 answered SERVFAIL to the query before/u,
  );
  assert.match(lookupDetails(engine, 1).meaning, /^CoreDNS asked 10\.224\.0\.92 for/u);
});

test('a REFUSED is kept in no cache: without an upstream query it is of CoreDNS itself', () => {
  const story = watchedStory();
  ask(story, { at: 0, took: 1, name: 'kubernetes.default.svc.cluster.local', answers: ['10.96.0.1'] });
  ask(story, { at: 12_000, took: 3, name: 'www.example.com', rcode: 'REFUSED' });
  forward(story, { at: 12_000.5, took: 1, name: 'www.example.com', rcode: 'REFUSED' });
  ask(story, { at: 14_000, took: 1, name: 'www.example.com', rcode: 'SERVFAIL' });
  assert.deepEqual(story.withFaults(2).run().told, [
    'error unsuccessful-response upstream upstream-error',
    'error unsuccessful-response coredns coredns-error',
  ]);
});

test('two are not worth it, and those that asked the upstream are not cached', () => {
  for (const story of [cached(2), cached(4, true)])
    assert.deepEqual(story.run().told, ['error upstream-no-answer upstream upstream-silent']);
});
