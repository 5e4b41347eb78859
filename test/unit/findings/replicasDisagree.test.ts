import assert from 'node:assert/strict';
import { test } from 'node:test';
import { COREDNS, POD, Story, VIP } from '../../support/story.ts';

const SECOND = '10.244.0.6';

function inTurn(denies: (n: number) => boolean): Story {
  const story = new Story()
    .vantage('shop/order-service', 'client', POD)
    .vantage('kube-system/coredns-1', 'coredns', COREDNS)
    .vantage('kube-system/coredns-2', 'coredns', SECOND);
  for (let n = 0; n < 8; n++) {
    const result = denies(n) ? { rcode: 'NXDOMAIN' } : { answers: ['10.96.0.9'] };
    const query = { client: POD, port: 40_000 + n, id: 100 + n, name: 'cart.shop.svc.cluster.local', ...result };
    const isFirst = n % 2 === 0;
    story.leg({ ...query, at: n * 2000, took: 1, server: VIP, vantage: 'shop/order-service' });
    const inside = { ...query, at: n * 2000 + 0.1, took: 0.5, server: isFirst ? COREDNS : SECOND };
    story.leg({ ...inside, vantage: isFirst ? 'kube-system/coredns-1' : 'kube-system/coredns-2' });
  }
  return story;
}

test('a Service that one CoreDNS pod knows and the other denies', () => {
  const { told, findings } = inTurn((n) => n % 2 === 1).run();
  assert.deepEqual(told, ['error replicas-disagree coredns replicas-disagree']);
  assert.equal(findings.findings[0]!.subject['denying'], SECOND);
  assert.equal(findings.findings[0]!.evidence.count, 4);
});

test('a Service that came meanwhile, and a pod that says both, are no disagreement', () => {
  for (const denies of [(n: number) => n < 4, (n: number) => n % 2 === 1 || n === 2])
    assert.deepEqual(inTurn(denies).run().told, ['warning unsuccessful-response name name-does-not-exist']);
});
