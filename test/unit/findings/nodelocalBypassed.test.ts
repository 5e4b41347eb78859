import assert from 'node:assert/strict';
import { test } from 'node:test';
import { emptyTopology, type TopologyPod } from '../../../src/core/topology/topology.ts';
import { ask, POD, watchedStory, type Told } from '../../support/story.ts';
import { placedPod } from '../../support/storyTopology.ts';

const NODE_IP = '10.0.0.4';
const ORDER = placedPod('shop/order-service', POD, { node: 'worker-1' });
const CACHE: TopologyPod = {
  ...placedPod('kube-system/node-local-dns-x', NODE_IP, { role: 'nodelocal', node: 'worker-1' }),
  addresses: [],
  hostNetwork: true,
};

/** Four lookups of the pod, `seconds` apart, all of which CoreDNS gets from it. */
function direct(pods: readonly TopologyPod[], seconds = 30, nodeLocal?: string, asker = POD): Told {
  const story = watchedStory();
  for (let n = 0; n < 4; n++)
    ask(story, {
      at: n * seconds * 1000,
      took: 1,
      name: `n${String(n)}.shop.svc.cluster.local`,
      answers: ['10.96.0.9'],
    });
  if (nodeLocal !== undefined) {
    const query = { client: asker, port: 42_000, server: nodeLocal, id: 9, name: 'cart.shop.svc.cluster.local' };
    story.leg({ ...query, at: 500, took: 1, answers: ['10.96.0.9'], vantage: 'shop/order-service' });
  }
  const nodes = [{ name: 'worker-1', addresses: [NODE_IP] }];
  return story.run(undefined, (engine) => {
    engine.setTopology({ ...emptyTopology, pods, nodes });
  });
}

test('a pod beside NodeLocal whose queries reach CoreDNS from its own address', () => {
  const { told, findings } = direct([ORDER, CACHE]);
  assert.deepEqual(told, ['warning nodelocal-bypassed nodelocal nodelocal-bypassed']);
  const [finding] = findings.findings;
  assert.match(
    finding!.title,
    /^shop\/order-service asks CoreDNS directly, although NodeLocal DNSCache runs on worker-1 \(4 queries\)/,
  );
  assert.deepEqual([finding!.confidence, finding!.evidence.count], ['strong', 4]);
});

test('within a minute it may be a restart of NodeLocal: inferred', () => {
  assert.equal(direct([ORDER, CACHE], 5).findings.findings[0]!.confidence, 'inferred');
});

test('without NodeLocal, with one on another node, not ready, or asked as well, it is silent', () => {
  assert.deepEqual(direct([ORDER]).told, []);
  assert.deepEqual(direct([ORDER, { ...CACHE, node: 'worker-2' }]).told, []);
  assert.deepEqual(direct([ORDER, { ...CACHE, ready: false }]).told, []);
  assert.deepEqual(direct([{ ...ORDER, hostNetwork: true }, CACHE]).told, []);
  for (const address of ['169.254.20.10', '169.254.25.10'])
    assert.deepEqual(direct([ORDER, CACHE], 30, address).told, []);
});

test('queries that come from the node, through NodeLocal, are silent', () => {
  const story = watchedStory();
  for (let n = 0; n < 4; n++) {
    const query = {
      port: 40_000 + n,
      id: 100 + n,
      name: `n${String(n)}.shop.svc.cluster.local`,
      answers: ['10.96.0.9'],
    };
    story.leg({ ...query, client: POD, server: '10.96.0.10', at: n * 30_000, took: 1, vantage: 'shop/order-service' });
    const passedOn = { ...query, id: 500 + n, client: NODE_IP, server: '10.244.0.5', took: 0.4 };
    story.leg({ ...passedOn, at: n * 30_000 + 0.2, vantage: 'kube-system/coredns-1' });
  }
  const { told } = story.run(undefined, (engine) => {
    engine.setTopology({ ...emptyTopology, pods: [ORDER, CACHE], nodes: [{ name: 'worker-1', addresses: [NODE_IP] }] });
  });
  assert.deepEqual(told, []);
});

test('the advice names the address at which NodeLocal is asked by others', () => {
  const [finding] = direct([ORDER, CACHE], 30, '169.254.25.10', '10.244.1.99').findings.findings;
  assert.match(finding!.nextSteps[0]!, /has to name 169\.254\.25\.10$/);
});
