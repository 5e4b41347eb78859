import assert from 'node:assert/strict';
import { test } from 'node:test';
import { TraceEngine } from '../../../src/core/trace/traceEngine.ts';
import { ask, POD, Told, VIP, watchedStory, type Story } from '../../support/story.ts';

function lostOnTheWay(): Story {
  const story = watchedStory();
  ask(story, { at: 0, took: 1, name: 'kubernetes.default.svc.cluster.local', answers: ['10.96.0.1'] });
  story.leg({
    at: 1000,
    client: POD,
    port: 43_000,
    server: VIP,
    id: 500,
    name: 'www.example.com',
    vantage: 'shop/order-service',
  });
  ask(story, { at: 9000, took: 1, name: 'kubernetes.default.svc.cluster.local', answers: ['10.96.0.1'] });
  return story;
}

test('a query that no watched CoreDNS saw was lost before it', () => {
  const { told, findings, lookups } = lostOnTheWay().run();
  assert.deepEqual(told, ['error dropped-before-coredns client-coredns dropped-before-coredns']);
  assert.equal(findings.findings[0]!.confidence, 'exact');
  const lost = lookups.find((row) => row.outcome === 'unanswered')!;
  assert.deepEqual(
    lost.way.map((mark) => `${mark.hop} ${mark.state}`),
    ['client ok', 'kube-dns failed', 'coredns unused', 'upstream unused'],
  );
});

test('a CoreDNS pod that is not watched forbids the claim', () => {
  const { told } = lostOnTheWay().run(undefined, (engine) => {
    engine.setUnwatched(['kube-system/coredns-2']);
  });
  assert.deepEqual(told, ['error unanswered client-coredns unanswered']);
});

test('loss at CoreDNS makes the claim inferred', () => {
  const { findings } = lostOnTheWay().run(undefined, (engine) => {
    engine.reportLoss(1, { packets: 1, kind: 'kernel', fromNs: 0n, toNs: 0n, reason: 'kernel dropped packets' });
  });
  assert.equal(findings.findings[0]!.confidence, 'inferred');
});

test('a query still waiting when the capture ends is not called lost', () => {
  const story = watchedStory();
  ask(story, { at: 0, took: 1, name: 'kubernetes.default.svc.cluster.local', answers: ['10.96.0.1'] });
  story.leg({
    at: 100,
    client: POD,
    port: 43_000,
    server: VIP,
    id: 500,
    name: 'www.example.com',
    vantage: 'shop/order-service',
  });
  const { told, outcomes } = story.run();
  assert.deepEqual(told, []);
  assert.ok(outcomes.includes('www.example.com. A pending'));
});

test('a CoreDNS capture that began to listen later says nothing about earlier queries', () => {
  const captures = [...lostOnTheWay().captures().values()];
  const engine = new TraceEngine();
  captures.forEach(({ vantage }) => engine.addVantage(vantage));
  const pod = engine.openStream(0);
  pod.push(captures[0]!.bytes);
  engine.tick(engine.trace.epochNs(engine.trace.now));
  engine.tick(engine.trace.epochNs(engine.trace.now + 10e9));
  // Only now does tcpdump run in the CoreDNS pod and write its header.
  engine.openStream(1).push(captures[1]!.bytes.slice(0, 24));
  engine.refresh();
  engine.setUnwatched([]);
  engine.refresh();
  assert.ok(!new Told(engine).told.some((finding) => finding.includes('dropped-before-coredns')));
});
