import assert from 'node:assert/strict';
import { test } from 'node:test';
import { lookupDetails } from '../../../src/core/view/details/lookupDetails.ts';
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

test('an answer from an address that was not asked was not lost: it is refused, and its address is named', () => {
  const pod = 'shop/order-service';
  const query = { client: POD, port: 44_000, id: 9, name: 'www.example.com', answers: ['192.0.2.1'] };
  for (const isCorednsWatched of [true, false]) {
    const story = isCorednsWatched ? watchedStory() : new Story().vantage(pod, 'client', POD);
    for (const at of [0, 5000]) {
      story.leg({ ...query, at, server: VIP, vantage: pod });
      story.leg({ ...query, at: at + 0.5, took: 1, server: COREDNS, queryLost: true, vantage: pod });
      if (isCorednsWatched)
        story.leg({ ...query, at: at + 0.2, took: 1, server: COREDNS, vantage: 'kube-system/coredns-1' });
    }
    const { told, findings, engine } = story.run();
    assert.deepEqual(told, ['error unanswered coredns-client answer-from-elsewhere']);
    const { title, confidence, subject } = findings.findings[0]!;
    assert.match(title, /asks .*10\.96\.0\.10.* and is answered by 10\.244\.0\.5, which it refuses \(1 lookup\)/u);
    assert.deepEqual([confidence, subject['server'], subject['answeredBy']], ['exact', VIP, COREDNS]);
    const unnamed = new Story().vantage('eth0.pcap', 'unknown', '');
    for (const leg of [{}, { at: 0.5, took: 1, server: COREDNS, queryLost: true }])
      unnamed.leg({ ...query, at: 0, server: VIP, ...leg, vantage: 'eth0.pcap' });
    unnamed.leg({ ...query, id: 10, name: 'b.example.com', at: 4000, took: 1, server: VIP, vantage: 'eth0.pcap' });
    const [inFile] = unnamed.run().findings.findings;
    assert.deepEqual([inFile?.cause, inFile?.confidence], ['answer-from-elsewhere', 'inferred']);
    assert.match(inFile!.explanation, /A capture that was taken on a node, and not in the pod, may look the same/u);
    assert.doesNotMatch(findings.findings[0]!.explanation, /taken on a node/u);
    assert.match(lookupDetails(engine, 0).meaning, / An answer came from 10\.244\.0\.5, which was not asked/u);
  }
});

test('two pods that are answered from elsewhere are told together, in as many words as they need', () => {
  const story = watchedStory().vantage('shop/cart', 'client', '10.244.1.99');
  for (const [client, vantage] of [
    [POD, 'shop/order-service'],
    ['10.244.1.99', 'shop/cart'],
  ] as const) {
    const query = { client, port: 44_000, id: 9, name: 'www.example.com', answers: ['192.0.2.1'], vantage };
    story.leg({ ...query, at: 0, server: VIP });
    story.leg({ ...query, at: 0.5, took: 1, server: COREDNS, queryLost: true });
    story.leg({ ...query, at: 9000, port: 44_001, id: 10, took: 1, server: VIP, name: 'b.example.com' });
  }
  const { told, findings } = story.run();
  assert.deepEqual(told, ['error unanswered coredns-client answer-from-elsewhere']);
  assert.match(
    findings.findings[0]!.title,
    /^10\.244\.1\.12 and 10\.244\.1\.99 ask .* and are answered by 10\.244\.0\.5, which they refuse \(2 lookups\)$/u,
  );
});
