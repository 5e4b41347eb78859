import assert from 'node:assert/strict';
import { test } from 'node:test';
import { ask, forward, watchedStory, type Story } from '../../support/story.ts';

/** A lookup every second: `+` answered by the upstream, `-` not; `nameOf` names the n-th. */
function spells(pattern: string, nameOf: (n: number) => string = () => 'www.example.com'): Story {
  const story = watchedStory();
  [...pattern].forEach((mark, n) => {
    const at = n * 6000;
    const name = nameOf(n);
    if (mark === '+') {
      ask(story, { at, took: 3, name, answers: ['192.0.2.1'] });
      forward(story, { at: at + 0.5, took: 1, name, answers: ['192.0.2.1'] });
    } else {
      ask(story, { at, took: 2002, name, rcode: 'SERVFAIL' });
      forward(story, { at: at + 201, name });
    }
  });
  ask(story, {
    at: pattern.length * 6000,
    took: 1,
    name: 'kubernetes.default.svc.cluster.local',
    answers: ['10.96.0.1'],
  });
  return story;
}

test('silent spells with good ones between are flapping', () => {
  const { told, findings } = spells('+++---+++---+++').run();
  assert.deepEqual(told, ['error upstream-flapping upstream upstream-flapping']);
  assert.deepEqual([findings.findings[0]!.subject['spells'], findings.findings[0]!.evidence.count], [2, 6]);
});

test('one outage, and loss now and then, are not', () => {
  assert.deepEqual(spells('+++------+++').run().told, ['error upstream-no-answer upstream upstream-outage']);
  assert.deepEqual(spells('+++-++-+++-+++').run().told, ['error upstream-lossy upstream upstream-lossy']);
});

test('silence for certain names is not, however it falls', () => {
  const pattern = '+++---+++---+++';
  const story = spells(pattern, (n) => (pattern[n] === '-' ? 'gone.example.org' : 'www.example.com'));
  assert.deepEqual(story.run().told, ['error upstream-no-answer upstream upstream-silent-for-names']);
});
