import assert from 'node:assert/strict';
import { test } from 'node:test';
import {
  countdownText,
  leftText,
  prolongQuestion,
  shownTime,
  stateText,
} from '../../../src/host/changes/temporaryWords.ts';
import type { TemporaryMark, TemporaryPlan, TemporaryState } from '../../../src/session/change/corefileChangeTypes.ts';
import { planTemporaryChange } from '../../../src/session/change/planTemporaryChange.ts';
import { CorednsReplicas } from '../../support/corednsReplicas.ts';
import { InMemoryKube, ManualClock } from '../../support/inMemoryKube.ts';

const NOON = Date.parse('2026-11-21T12:00:00Z');

test('a time is shown in local time with its zone, and with its day when that is another one', () => {
  assert.equal(shownTime(NOON, NOON, 'UTC'), '12:00 UTC');
  assert.match(shownTime(NOON, NOON, 'Asia/Kolkata'), /^17:30 (?:GMT\+5:30|IST)$/);
  assert.equal(shownTime(NOON - 86_400_000, NOON, 'UTC'), '20 Nov, 12:00 UTC');
  // Late in the evening here is tomorrow there.
  const late = Date.parse('2026-11-21T23:30:00Z');
  assert.equal(shownTime(late, NOON, 'UTC'), '23:30 UTC');
  assert.match(shownTime(late, NOON, 'Asia/Tokyo'), /^22 Nov, 08:30 /);
  assert.equal(shownTime(Date.parse('2026-11-21T00:05:00Z'), NOON, 'UTC'), '00:05 UTC');
});

test('what is left counts down to the second, and never below nothing', () => {
  assert.deepEqual([272_000, 3_729_000, 0, -5_000].map(leftText), ['4:32', '1:02:09', '0:00', '0:00']);
});

test('only what every replica runs is told as on', () => {
  const state = (name: TemporaryState['state'], message: string): TemporaryState => ({
    kind: 'query-log',
    state: name,
    deadline: new Date(NOON).toISOString(),
    message,
  });
  assert.equal(countdownText(state('on', ''), NOON - 60_000), 'Query log on 1:00');
  assert.equal(countdownText(state('written', ''), NOON - 60_000), 'Query log on (unconfirmed) 1:00');
  assert.match(stateText(state('written', 'Not on yet')), /^Not on yet\. It is switched back at .*\d\d:\d\d \S+$/);
  assert.equal(stateText(state('ended', 'As before')), 'As before');
});

test('asked for again, it offers another deadline by the name of what that does', async () => {
  const [kube, clock] = [new InMemoryKube(), new ManualClock()];
  new CorednsReplicas(kube, clock);
  const plan: TemporaryPlan = await planTemporaryChange(
    kube,
    { kind: 'query-log', durationMs: 600_000 },
    { nowNs: clock.nowNs() },
  );
  const mark = (deadline: number, overdue = false): TemporaryMark => ({
    kind: 'query-log',
    place: plan.change.place,
    since: new Date(deadline - 60_000).toISOString(),
    deadline: new Date(deadline).toISOString(),
    overdue,
    edited: false,
    proposal: '',
  });
  const end = Date.parse(plan.deadline);
  assert.equal(prolongQuestion(plan, mark(end - 60_000)).action, 'Prolong');
  assert.equal(prolongQuestion(plan, mark(end + 60_000)).action, 'Shorten');
  const { question } = prolongQuestion(plan, mark(end - 3_600_000, true));
  assert.match(question, /^The query log is on in cluster \S+ already, it was to end at .*\. End it at .* instead\?$/);
});
