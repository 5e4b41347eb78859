import assert from 'node:assert/strict';
import { test } from 'node:test';
import { ask, forward, watchedStory, type Story } from '../../support/story.ts';

const DNS = { at: 300_000, took: 1, name: 'kubernetes.default.svc.cluster.local', answers: ['10.96.0.1'] };

/** A lookup every six seconds: `+` answered, `r` on the second attempt, `-` on none. */
function attempts(pattern: string, nameOf: (n: number) => string = () => 'www.example.com'): Story {
  const story = watchedStory();
  [...pattern].forEach((mark, n) => {
    const [at, name] = [n * 6000, nameOf(n)];
    const answers = ['192.0.2.1'];
    if (mark === '+') {
      ask(story, { at, took: 3, name, answers });
      forward(story, { at: at + 0.5, took: 1, name, answers });
    } else if (mark === 'r') {
      ask(story, { at, took: 2503, name, answers });
      forward(story, { at: at + 251, name });
      forward(story, { at: at + 2251, took: 1, name, answers });
    } else {
      ask(story, { at, took: 4002, name, rcode: 'SERVFAIL' });
      forward(story, { at: at + 401, name });
      forward(story, { at: at + 2401, name });
    }
  });
  ask(story, DNS);
  return story;
}

test('attempts that stay unanswered now and then are loss, told with their share', () => {
  const { told, findings } = attempts('+++r++-+++-++++r').run();
  assert.deepEqual(told, ['error upstream-lossy upstream upstream-lossy']);
  const [finding] = findings.findings;
  assert.match(finding!.title, /leaves 6 of 20 queries unanswered \(30 %\)/);
  assert.deepEqual([finding!.subject['failedLookups'], finding!.evidence.count], [2, 4]);
});

test('when a second attempt saved every lookup it is a warning', () => {
  assert.deepEqual(attempts('++r++++r++').run().told, ['warning upstream-lossy upstream upstream-lossy']);
});

test('a SERVFAIL served from the cache belongs to it', () => {
  const story = attempts('++++-++++');
  ask(story, { at: 4 * 6000 + 4500, took: 1, name: 'www.example.com', rcode: 'SERVFAIL' });
  assert.equal(story.run().findings.findings[0]!.evidence.count, 2);
});

test('all answered is silent', () => {
  assert.deepEqual(attempts('++++++++').run().told, []);
});

test('silence for certain names, one outage and silence for good are excluded', () => {
  const dead = attempts('++-++-++-++', (n) => (n % 3 === 2 ? 'gone.example.org' : 'www.example.com'));
  assert.deepEqual(dead.run().told, ['error upstream-no-answer upstream upstream-silent-for-names']);
  assert.deepEqual(attempts('+++---+++').run().told, ['error upstream-no-answer upstream upstream-outage']);
  assert.deepEqual(attempts('+++---').run().told, ['error upstream-no-answer upstream upstream-outage']);
  assert.deepEqual(attempts('---').run().told, ['error upstream-no-answer upstream upstream-silent']);
});

test('names that are asked once each show it by those that were saved by a second attempt', () => {
  const once = (n: number): string => `host-${String(n)}.example.com`;
  assert.deepEqual(attempts('+r-+--r+-+-+r', once).run().told, ['error upstream-lossy upstream upstream-lossy']);
  assert.deepEqual(attempts('+r-+--r+-+-+', once).run().told, ['error upstream-no-answer upstream upstream-outage']);
});

test('packets lost by the capture make it inferred: the answers may have been among them', () => {
  const { findings } = attempts('+++-+++').run(undefined, (engine) => {
    engine.reportLoss(1, { packets: 3, kind: 'kernel', fromNs: 0n, toNs: 0n, reason: 'dropped' });
  });
  assert.equal(findings.findings[0]!.confidence, 'inferred');
});

test('silence with no answer after it, or none before, is no loss: it was down', () => {
  for (const pattern of ['++++++-', '-++++++'])
    assert.deepEqual(attempts(pattern).run().told, ['error upstream-no-answer upstream upstream-outage'], pattern);
});

test('one lost attempt does not make loss of an upstream that dies later', () => {
  assert.deepEqual(attempts('+++r+++---').run().told, ['error upstream-no-answer upstream upstream-outage']);
});
