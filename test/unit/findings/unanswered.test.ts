import assert from 'node:assert/strict';
import { test } from 'node:test';
import { ask, COREDNS, POD, Story, VIP, watchedStory } from '../../support/story.ts';

test('an answer that left CoreDNS and never reached the pod was lost on the way back', () => {
  const story = watchedStory();
  const lost = { client: POD, port: 44_000, id: 9, name: 'www.example.com' };
  story.leg({ ...lost, at: 0, server: VIP, vantage: 'shop/order-service' });
  story.leg({ ...lost, at: 0.1, took: 1, server: COREDNS, answers: ['192.0.2.1'], vantage: 'kube-system/coredns-1' });
  ask(story, { at: 9000, took: 1, name: 'kubernetes.default.svc.cluster.local', answers: ['10.96.0.1'] });
  const { told, lookups } = story.run();
  assert.deepEqual(told, ['error unanswered coredns-client lost-on-return']);
  assert.equal(lookups[0]!.way.find((mark) => mark.state === 'failed')!.hop, 'kube-dns');
});

test('with the pod alone watched it says that it cannot know where', () => {
  const story = new Story().vantage('shop/order-service', 'client', POD);
  story.leg({
    at: 0,
    client: POD,
    port: 44_000,
    server: VIP,
    id: 9,
    name: 'www.example.com',
    vantage: 'shop/order-service',
  });
  story.leg({
    at: 5000,
    client: POD,
    port: 44_000,
    server: VIP,
    id: 9,
    name: 'www.example.com',
    vantage: 'shop/order-service',
  });
  const { told, findings, engine } = story.run();
  assert.deepEqual(told, ['error unanswered client-coredns unanswered']);
  assert.equal(findings.findings[0]!.confidence, 'inferred');
  assert.equal(engine.trace.totals.retransmissions, 1);
});
