import assert from 'node:assert/strict';
import { test } from 'node:test';
import { ask, COREDNS, forward, UPSTREAM, watchedStory, type Story } from '../../support/story.ts';

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

test('what it says: how often and how long it was silent, for which names', () => {
  const [finding] = spells('+++---+++----+++').run().findings.findings;
  assert.deepEqual(finding!.subject, {
    upstream: UPSTREAM,
    spells: 2,
    longestNs: 18e9,
    unansweredQueries: 7,
    failedLookups: 7,
    names: 'www.example.com',
  });
  assert.equal(finding!.confidence, 'strong');
  assert.equal(finding!.evidence.samples.length, 5);
  assert.match(finding!.title, /silent 2 times, for 18\.0 s at most \(7 lookups\)$/u);
});

test('a spell has three queries; a stray answer does not end it', () => {
  assert.ok(
    !spells('+++--+++--+++')
      .run()
      .told.some((line) => line.includes('flapping')),
  );
  assert.ok(
    !spells('+++---++---+++')
      .run()
      .told.some((line) => line.includes('flapping')),
    'two answers are no recovery',
  );
  const { findings } = spells('+++---+---+++---+++').run();
  assert.deepEqual([findings.findings[0]!.subject['spells'], findings.findings[0]!.subject['longestNs']], [2, 36e9]);
});

test('where another upstream answers in its place it is a warning', () => {
  const story = watchedStory();
  [...'+++---+++---+++'].forEach((mark, n) => {
    const [at, name] = [n * 6000, 'www.example.com'];
    const isSilent = mark === '-';
    ask(story, { at, took: isSilent ? 2002 : 3, name, answers: ['192.0.2.1'] });
    forward(story, { at: at + (isSilent ? 201 : 0.5), ...(isSilent ? {} : { took: 1 }), name, answers: ['192.0.2.1'] });
    const other = { client: COREDNS, port: 60_000 + n, server: '10.224.0.93', id: n + 1, name, answers: ['192.0.2.1'] };
    if (isSilent) story.leg({ ...other, at: at + 1500, took: 1, vantage: 'kube-system/coredns-1' });
  });
  const flapping = story.run().findings.findings.find(({ id }) => id === 'upstream-flapping');
  assert.deepEqual([flapping?.severity, flapping?.subject['failedLookups']], ['warning', 0]);
});
