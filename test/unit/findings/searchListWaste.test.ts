import assert from 'node:assert/strict';
import { test } from 'node:test';
import { ask, watchedStory, type Story } from '../../support/story.ts';

const SEARCH = ['shop.svc.cluster.local', 'svc.cluster.local', 'cluster.local'];

/** `count` lookups that try each search domain first; the one in `found` (3: none of them) has the name. */
function walks(count: number, name: string, found = SEARCH.length): Story {
  const story = watchedStory();
  for (let i = 0; i < count; i++) {
    SEARCH.slice(0, found).forEach((domain, step) => {
      ask(story, { at: i * 2000 + step * 2, took: 1, name: `${name}.${domain}`, rcode: 'NXDOMAIN' });
    });
    const last = found === SEARCH.length ? name : `${name}.${SEARCH[found]!}`;
    ask(story, { at: i * 2000 + 6, took: 1, name: last, answers: ['192.0.2.1'] });
  }
  return story;
}

test('tells which names waste how many queries, as information', () => {
  const { told, findings } = walks(12, 'api.example.com').run();
  assert.deepEqual(told, ['info search-list-waste client ndots']);
  const finding = findings.findings[0]!;
  assert.deepEqual([finding.subject['wastedQueries'], finding.subject['queries']], [36, 48]);
  assert.match(finding.explanation, /api\.example\.com \(36\)/);
});

test('says nothing of a few, of names inside the cluster, and of names asked for as they are', () => {
  assert.deepEqual(walks(9, 'api.example.com').run().told, []);
  assert.deepEqual(walks(12, 'cart.store', 1).run().told, []);
  assert.deepEqual(walks(12, 'api.example.com', 0).run().told, []);
});
