import assert from 'node:assert/strict';
import { test } from 'node:test';
import { emptyTopology, type Topology } from '../../../src/core/topology/topology.ts';
import { POD, VIP, watchedStory, type Story, type Told } from '../../support/story.ts';

function noAnswer(answered = false): Story {
  const story = watchedStory();
  for (let i = 0; i < 3; i++) {
    const query = { client: POD, port: 43_000 + i, server: VIP, id: 500 + i, name: `n${String(i)}.example.com` };
    story.leg({ ...query, at: i * 1000, vantage: 'shop/order-service' });
  }
  const last = { client: POD, port: 44_000, server: VIP, id: 600, name: 'cart.shop.svc.cluster.local' };
  story.leg({
    ...last,
    at: 9000,
    vantage: 'shop/order-service',
    ...(answered ? { took: 1, answers: ['10.96.0.9'] } : {}),
  });
  return story;
}

function topology(dnsEndpoints: readonly string[], otherEndpoints: readonly string[]): Topology {
  const service = {
    namespace: 'kube-system',
    name: 'kube-dns',
    addresses: [VIP],
    isDns: true,
    endpoints: dnsEndpoints,
  };
  const other = { namespace: 'shop', name: 'cart', addresses: ['10.96.0.9'], isDns: false, endpoints: otherEndpoints };
  return { ...emptyTopology, services: [service, other] };
}

function told(story: Story, known: Topology): Told {
  return story.run(undefined, (engine) => {
    engine.setTopology(known);
  });
}

test('the DNS Service without ready endpoints is why nobody answers', () => {
  const { told: lines, findings } = told(noAnswer(), topology([], ['10.244.1.9']));
  assert.deepEqual(lines, ['error no-coredns-endpoints client-coredns no-endpoints']);
  assert.equal(findings.findings[0]!.evidence.count, 3);
  assert.match(findings.findings[0]!.title, /kube-system\/kube-dns \(10\.96\.0\.10\) has no ready CoreDNS pod/);
});

test('endpoints, a topology without EndpointSlices, and an answer forbid the claim', () => {
  for (const result of [
    told(noAnswer(), topology(['10.244.0.5'], ['10.244.1.9'])),
    told(noAnswer(), topology([], [])),
    told(noAnswer(true), topology([], ['10.244.1.9'])),
  ])
    assert.ok(result.told.length > 0 && !result.told.some((line) => line.includes('no-coredns')), result.told.join());
});
