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

test('ten lookups are enough; the worst three names are named', () => {
  const { findings } = walks(10, 'api.example.com').run();
  const [finding] = findings.findings;
  assert.deepEqual(finding!.subject, {
    clients: '10.244.1.12',
    names: 'api.example.com',
    lookups: 10,
    queries: 40,
    wastedQueries: 30,
  });
  assert.equal(finding!.evidence.samples.length, 5);
  assert.equal(finding!.evidence.samples[0]!.packet, 1, 'the first query of the walk');
  const story = watchedStory();
  ['a.example.com', 'b.example.com', 'c.example.com', 'd.example.com'].forEach((name, k) => {
    for (let i = 0; i < 3 + k; i++) {
      const at = k * 100_000 + i * 2000;
      ask(story, { at, took: 1, name: `${name}.${SEARCH[0]!}`, rcode: 'NXDOMAIN' });
      ask(story, { at: at + 2, took: 1, name, answers: ['192.0.2.1'] });
    }
  });
  assert.match(
    story.run().findings.findings[0]!.explanation,
    /go to d\.example\.com \(6\), c\.example\.com \(5\), b\.example\.com \(4\)\. /u,
  );
});

test('a name with one label is meant to be searched for', () => {
  assert.deepEqual(walks(12, 'intranet').run().told, []);
});
