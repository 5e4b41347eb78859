import assert from 'node:assert/strict';
import { test } from 'node:test';
import { AddressTable } from '../../../src/core/trace/addressTable.ts';
import { NodeLocal } from '../../../src/core/trace/nodeLocal.ts';
import { emptyTopology, type Topology } from '../../../src/core/topology/topology.ts';
import { COREDNS, POD, VIP } from '../../support/story.ts';
import { KUBE_DNS, placedPod } from '../../support/storyTopology.ts';

const CACHE = '169.254.20.10';
const [WITH, WITHOUT] = ['192.168.1.10', '192.168.1.11'];
const OTHER_SERVICE = '10.96.7.7';

const nodeLocalPod = placedPod('kube-system/node-local-dns-1', WITH, { role: 'nodelocal', node: 'n1' });
const topology: Topology = {
  ...emptyTopology,
  pods: [placedPod('shop/order-service', POD, { node: 'n2' }), { ...nodeLocalPod, hostNetwork: true }],
  services: [KUBE_DNS, { ...KUBE_DNS, name: 'cart', addresses: [OTHER_SERVICE], isDns: false }],
  nodes: [
    { name: 'n1', addresses: [WITH] },
    { name: 'n2', addresses: [WITHOUT] },
  ],
};

function knowing(of: Topology): { readonly id: (address: string) => number; readonly nodeLocal: NodeLocal } {
  const addresses = new AddressTable();
  // Of a cluster that had much to say before.
  for (let k = 0; k < 200; k++) addresses.intern(`10.9.9.${String(k)}`);
  const nodeLocal = new NodeLocal(addresses);
  nodeLocal.know(of);
  return { id: (address) => addresses.intern(address), nodeLocal };
}

test('a cluster with NodeLocal: it answers at the DNS Service’s address, asks from its nodes’, and pods are its clients', () => {
  const { id, nodeLocal } = knowing(topology);
  const all = [CACHE, VIP, OTHER_SERVICE, COREDNS, WITH, WITHOUT, POD];
  assert.deepEqual(
    all.filter((address) => nodeLocal.isServer(id(address))),
    [CACHE, VIP],
  );
  assert.deepEqual(
    all.filter((address) => nodeLocal.sources.has(id(address))),
    [WITH],
  );
  assert.deepEqual(
    all.filter((address) => nodeLocal.isClient(id(address))),
    [POD],
  );
  assert.equal(nodeLocal.hopOf(id(CACHE)), nodeLocal.hopOf(id(VIP)), 'one hop, whichever address was asked');
  assert.equal(nodeLocal.hopOf(id(COREDNS)), id(COREDNS));
});

test('a cluster without it: no address is its own, until one of its kind is asked', () => {
  const { id, nodeLocal } = knowing({ ...topology, pods: [] });
  assert.equal(nodeLocal.isThere, false);
  for (const address of [VIP, '169.254.169.254', WITH]) assert.equal(nodeLocal.isServer(id(address)), false);
  assert.equal(nodeLocal.isServer(id(CACHE)), true);
  assert.equal(nodeLocal.isThere, true);
});

test('an address that was taken for another’s is its own once the cluster says so', () => {
  const { id, nodeLocal } = knowing(emptyTopology);
  assert.equal(nodeLocal.hopOf(id(VIP)), id(VIP));
  nodeLocal.addServer(id(VIP));
  assert.equal(nodeLocal.isServer(id(VIP)), true);
});
