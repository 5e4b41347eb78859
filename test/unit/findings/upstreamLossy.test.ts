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
  // Of failed lookups, and of such as were answered in the end.
  for (const [pattern, severity] of [
    ['+++-+++', 'error'],
    ['++r++++r++', 'warning'],
  ] as const) {
    const sure = attempts(pattern).run();
    const unsure = attempts(pattern).run(undefined, (engine) => {
      engine.reportLoss(1, { packets: 3, kind: 'kernel', fromNs: 0n, toNs: 0n, reason: 'dropped' });
    });
    for (const { told } of [sure, unsure])
      assert.deepEqual(told, [`${severity} upstream-lossy upstream upstream-lossy`]);
    assert.deepEqual(
      [sure, unsure].map(({ findings }) => findings.findings[0]!.confidence),
      ['strong', 'inferred'],
    );
  }
});

const isLossy = (pattern: string, nameOf?: (n: number) => string): boolean =>
  attempts(pattern, nameOf)
    .withFaults(9)
    .run()
    .told.some((line) => line.includes('upstream-lossy'));

test('one spell of two attempts may be loss, one of three is an outage; half of the attempts lie between answers', () => {
  assert.ok(isLossy('+++-+++') && !isLossy('+++-r+++'));
  assert.ok(isLossy('-+++-+++'), 'two of four');
  assert.ok(!isLossy('--+++-+++'), 'two of six');
});

test('half of the attempts are for names that it answers; of names asked once each, none was asked in vain more than twice', () => {
  const gone =
    (...at: readonly number[]) =>
    (n: number): string =>
      at.includes(n) ? 'gone.example.org' : 'www.example.com';
  assert.ok(isLossy('+++-+++-+++', gone(7)), 'two of four');
  assert.ok(!isLossy('+++-+++-+++-+++', gone(7, 11)), 'two of six');
  const once =
    (...at: readonly number[]) =>
    (n: number): string =>
      at.includes(n) ? 'gone.example.org' : `host-${String(n)}.example.com`;
  const pattern = '+r-+--r+-+-+r';
  assert.ok(isLossy(pattern, once(4, 8)), 'four attempts');
  assert.ok(!isLossy(pattern, once(4, 8, 10)), 'six');
});

test('each attempt counts, also from one socket; a share of less than a hundredth is told as that', () => {
  const story = attempts('+++-+++');
  for (const at of [50_401, 52_401]) forward(story, { at, port: 51_000, id: 77, name: 'www.example.com' });
  ask(story, { at: 50_000, took: 4002, name: 'www.example.com', rcode: 'SERVFAIL' });
  ask(story, { at: 60_000, took: 3, name: 'www.example.com', answers: ['192.0.2.1'] });
  forward(story, { at: 60_000.5, took: 1, name: 'www.example.com', answers: ['192.0.2.1'] });
  assert.match(story.run().findings.findings[0]!.title, /leaves 4 of 11 queries unanswered/u);
  const title = (good: number): string => attempts(`${'+'.repeat(good)}r`).run().findings.findings[0]!.title;
  assert.match(title(98), /leaves 1 of 100 queries unanswered \(1 %\)/u);
  assert.match(title(99), /leaves 1 of 101 queries unanswered \(under 1 %\)/u);
});

test('silence with no answer after it, or none before, is no loss: it was down', () => {
  for (const pattern of ['++++++-', '-++++++'])
    assert.deepEqual(attempts(pattern).run().told, ['error upstream-no-answer upstream upstream-outage'], pattern);
});

test('one lost attempt does not make loss of an upstream that dies later', () => {
  assert.deepEqual(attempts('+++r+++---').run().told, ['error upstream-no-answer upstream upstream-outage']);
});
