import assert from 'node:assert/strict';
import { test } from 'node:test';
import { ask, COREDNS, forward, POD, VIP, watchedStory, type Story } from '../../support/story.ts';

function lookupsTaking(upstreamMs: number, count: number): Story {
  const story = watchedStory();
  for (let i = 0; i < count; i++) {
    const name = `n${String(i)}.example.com`;
    ask(story, { at: i * 1000, took: upstreamMs * 1.3, name, answers: ['192.0.2.1'] });
    forward(story, { at: i * 1000 + upstreamMs * 0.15, took: upstreamMs, name, answers: ['192.0.2.1'] });
  }
  return story;
}

test('over the threshold is info, and names the upstream', () => {
  assert.deepEqual(lookupsTaking(20, 12).run().told, ['info slow upstream slow']);
});

test('from 100 ms it is a warning', () => {
  assert.deepEqual(lookupsTaking(150, 12).run().told, ['warning slow upstream slow']);
});

test('under the threshold, and on too few answers, it is silent', () => {
  assert.deepEqual(lookupsTaking(2, 12).run().told, []);
  assert.deepEqual(lookupsTaking(20, 5).run().told, []);
});

test('one slow answer among many fast ones is no finding', () => {
  const story = lookupsTaking(1, 60);
  ask(story, { at: 90_000, took: 30, name: 'late.example.com', answers: ['192.0.2.1'] });
  forward(story, { at: 90_003, took: 20, name: 'late.example.com', answers: ['192.0.2.1'] });
  assert.deepEqual(story.run().told, []);
});

test('time that passes on the way is not laid to CoreDNS', () => {
  const story = watchedStory();
  for (let i = 0; i < 12; i++) {
    const query = {
      client: POD,
      port: 40_000 + i,
      id: i,
      name: `n${String(i)}.svc.cluster.local`,
      answers: ['10.96.0.9'],
    };
    story.leg({ ...query, at: i * 1000, took: 150, server: VIP, vantage: 'shop/order-service' });
    story.leg({ ...query, at: i * 1000 + 75, took: 0.2, server: COREDNS, vantage: 'kube-system/coredns-1' });
  }
  const { told, findings } = story.run();
  assert.deepEqual(told, ['warning slow client-coredns slow']);
  assert.match(findings.findings[0]!.ruledOut.join(), /CoreDNS/);
});
