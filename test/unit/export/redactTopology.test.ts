import assert from 'node:assert/strict';
import { createHmac } from 'node:crypto';
import { test } from 'node:test';
import { Pseudonyms } from '../../../src/core/export/pseudonyms.ts';
import { redactLoss, redactPodKey, redactTopology, redactVantage } from '../../../src/core/export/redactTopology.ts';
import { emptyTopology, type Topology } from '../../../src/core/topology/topology.ts';

const pseudonyms = new Pseudonyms((text) => createHmac('sha512', 'k').update(text).digest());
const hidden = (text: string): string => pseudonyms.name(text);
const moved = (address: string): string => pseudonyms.address(address);

const SECRETS = /shop|cart|order|worker|corp|10\.244|10\.96|192\.168/u;

test('a topology keeps its shape and what is no name; names and addresses go, each to its pseudonym', () => {
  const topology: Topology = {
    ...emptyTopology,
    clusterDomain: 'corp.local',
    pods: [
      {
        namespace: 'shop',
        name: 'order',
        node: 'worker-1',
        addresses: ['10.244.1.12'],
        role: 'workload',
        hostNetwork: false,
        ready: true,
      },
      { namespace: 'shop', name: 'cart', addresses: [], role: 'workload', hostNetwork: true, ready: false },
    ],
    services: [
      {
        namespace: 'shop',
        name: 'cart',
        addresses: ['10.96.0.9'],
        isDns: false,
        endpoints: ['10.244.1.1'],
        unready: ['10.244.1.2'],
        earlier: ['10.244.1.3'],
      },
      { namespace: 'shop', name: 'order', addresses: [], isDns: true, endpoints: [], kind: 'headless' },
    ],
    nodes: [{ name: 'worker-1', addresses: ['192.168.1.10'] }],
    upstreams: [{ address: '192.168.1.53', port: 5353, transport: 'tls', zone: 'corp.example.', line: 3 }],
  };
  const redacted = redactTopology(topology, pseudonyms);
  assert.doesNotMatch(JSON.stringify(redacted), SECRETS);
  assert.equal(redacted.clusterDomain, hidden('corp.local'));
  assert.deepEqual(redacted.pods, [
    {
      ...topology.pods[0],
      namespace: hidden('shop'),
      name: hidden('order'),
      node: hidden('worker-1'),
      addresses: [moved('10.244.1.12')],
    },
    { ...topology.pods[1], namespace: hidden('shop'), name: hidden('cart') },
  ]);
  assert.deepEqual(redacted.services, [
    {
      ...topology.services[0],
      namespace: hidden('shop'),
      name: hidden('cart'),
      addresses: [moved('10.96.0.9')],
      endpoints: [moved('10.244.1.1')],
      unready: [moved('10.244.1.2')],
      earlier: [moved('10.244.1.3')],
    },
    { ...topology.services[1], namespace: hidden('shop'), name: hidden('order') },
  ]);
  assert.deepEqual(redacted.nodes, [{ name: hidden('worker-1'), addresses: [moved('192.168.1.10')] }]);
  assert.deepEqual(redacted.upstreams, [
    { address: moved('192.168.1.53'), port: 5353, transport: 'tls', zone: hidden('corp.example.') },
  ]);
});

test('a name of Kubernetes is the same within the names that clients ask, also where it is a top-level domain', () => {
  const service = { namespace: 'dev', name: 'app', addresses: [], isDns: false, endpoints: [] };
  const redacted = redactTopology({ ...emptyTopology, services: [service] }, pseudonyms);
  const { name, namespace } = redacted.services[0]!;
  assert.equal(`${name}.${namespace}.svc.cluster.local`, hidden('app.dev.svc.cluster.local'));
  assert.equal(redactPodKey('dev/app', pseudonyms), `${namespace}/${name}`);
});

test('a place keeps its role; a pod has its pseudonym, a file a number', () => {
  assert.deepEqual(
    redactVantage(
      {
        name: 'shop/order',
        role: 'client',
        namespace: 'shop',
        pod: 'order',
        node: 'worker-1',
        addresses: ['10.244.1.12'],
      },
      4,
      pseudonyms,
    ),
    {
      name: `${hidden('shop')}/${hidden('order')}`,
      role: 'client',
      namespace: hidden('shop'),
      pod: hidden('order'),
      node: hidden('worker-1'),
      addresses: [moved('10.244.1.12')],
    },
  );
  assert.deepEqual(redactVantage({ name: 'order.pcap', role: 'unknown', addresses: [] }, 4, pseudonyms), {
    name: 'capture-5',
    role: 'unknown',
    addresses: [],
  });
  assert.equal(redactPodKey('shop/order', pseudonyms), `${hidden('shop')}/${hidden('order')}`);
});

test('a loss says how much and of which kind, not whose', () => {
  for (const kind of ['kernel', 'gap', 'truncated'] as const) {
    const loss = { packets: 3, kind, fromNs: 1n, toNs: 2n, reason: 'shop/order was too slow' };
    const redacted = redactLoss(loss);
    assert.deepEqual({ ...redacted, reason: '' }, { ...loss, reason: '' });
    assert.doesNotMatch(redacted.reason, SECRETS);
    assert.ok(redacted.reason.length > 10);
  }
});
