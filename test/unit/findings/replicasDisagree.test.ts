import assert from 'node:assert/strict';
import { test } from 'node:test';
import { emptyTopology, type TopologyService } from '../../../src/core/topology/topology.ts';
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

const CART: TopologyService = {
  namespace: 'shop',
  name: 'cart',
  addresses: [],
  isDns: false,
  endpoints: ['10.244.1.1', '10.244.1.2', '10.244.1.3'],
  kind: 'headless',
};

/** Lookups every four seconds, to the two pods in turn; `says` is what the n-th is answered. */
function addresses(says: (n: number) => string, service: TopologyService = CART, lookups = 24): readonly string[] {
  const story = new Story()
    .vantage('shop/order-service', 'client', POD)
    .vantage('kube-system/coredns-1', 'coredns', COREDNS)
    .vantage('kube-system/coredns-2', 'coredns', SECOND);
  for (let n = 0; n < lookups; n++) {
    const answers = says(n).split('+');
    const query = { client: POD, port: 40_000 + n, id: 100 + n, name: 'cart.shop.svc.cluster.local', answers };
    story.leg({ ...query, at: n * 4000, took: 1, server: VIP, vantage: 'shop/order-service' });
    const inside = { ...query, at: n * 4000 + 0.1, took: 0.5, server: n % 2 === 0 ? COREDNS : SECOND };
    story.leg({ ...inside, vantage: n % 2 === 0 ? 'kube-system/coredns-1' : 'kube-system/coredns-2' });
  }
  return story.run(undefined, (engine) => {
    engine.setTopology({ ...emptyTopology, services: [service] });
  }).told;
}

test('pods that keep to different addresses of one Service', () => {
  const told = addresses((n) => (n % 2 === 0 ? '10.244.1.1+10.244.1.2' : '10.244.1.3'));
  assert.deepEqual(told, ['error replicas-disagree coredns replicas-disagree-on-addresses']);
});

test('the same addresses in another order, a deployment in progress, and a pod that says several things are none', () => {
  const whole = '10.244.1.1+10.244.1.2+10.244.1.3';
  assert.deepEqual(
    addresses((n) => (n % 2 === 0 ? whole : '10.244.1.3+10.244.1.1+10.244.1.2')),
    [],
  );
  // The second pod hears of the new endpoint 20 s later.
  const late = (n: number): string => (n < (n % 2 === 0 ? 10 : 15) ? '10.244.1.1+10.244.1.2' : whole);
  assert.ok(!addresses(late).some((line) => line.includes('replicas-disagree')));
  const parts = (n: number): string => ['10.244.1.1', '10.244.1.2', '10.244.1.3'][(n * 7) % 3]!;
  assert.ok(!addresses(parts).some((line) => line.includes('replicas-disagree')));
});

test('names outside the cluster, an ExternalName and a short trace are not compared', () => {
  const differ = (n: number): string => (n % 2 === 0 ? '10.244.1.1' : '10.244.1.2');
  assert.deepEqual(addresses(differ, { ...CART, kind: 'external-name', endpoints: [] }), []);
  assert.deepEqual(addresses(differ, CART, 8), []);
});
