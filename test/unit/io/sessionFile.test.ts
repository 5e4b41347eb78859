import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import {
  LONGEST_COMMENT,
  parseTopologyComment,
  parseVantageComment,
  topologyComment,
  vantageComment,
} from '../../../src/protocol/sessionFile.ts';
import type { TopologyPod } from '../../../src/core/topology/topology.ts';

test('a vantage and a topology survive the round', () => {
  const vantage = {
    name: 'shop/order-service',
    role: 'client',
    namespace: 'shop',
    pod: 'order-service',
    addresses: ['10.244.1.12'],
  } as const;
  assert.deepEqual(parseVantageComment(['other', vantageComment(vantage)]), vantage);
  const topology = {
    clusterDomain: 'cluster.local',
    pods: [],
    services: [],
    nodes: [{ name: 'n1', addresses: ['192.0.2.1'] }],
    upstreams: [],
  };
  assert.deepEqual(parseTopologyComment([topologyComment(topology, new Set())]), topology);
});

test('a topology of any size fits one comment and keeps the DNS pods', () => {
  const pod = (index: number): TopologyPod => ({
    namespace: 'shop',
    name: `pod-${String(index)}`,
    addresses: [`10.1.${String(index >> 8)}.${String(index & 255)}`],
    role: index === 0 ? 'coredns' : 'workload',
    hostNetwork: false,
    ready: true,
  });
  const pods = Array.from({ length: 20_000 }, (_, index) => pod(index));
  const seen = new Set(pods.flatMap((entry) => entry.addresses));
  const text = topologyComment({ clusterDomain: 'cluster.local', pods, services: [], nodes: [], upstreams: [] }, seen);
  assert.ok(text.length <= LONGEST_COMMENT);
  assert.equal(parseTopologyComment([text])!.pods[0]!.role, 'coredns');
});

test('whatever a file says, reading it never throws and gives the declared shapes', () => {
  fc.assert(
    fc.property(fc.oneof(fc.string(), fc.json()), (body) => {
      const vantage = parseVantageComment([`dnscope:vantage:${body}`]);
      assert.ok(vantage === undefined || (typeof vantage.name === 'string' && Array.isArray(vantage.addresses)));
      const topology = parseTopologyComment([`dnscope:topology:${body}`]);
      assert.ok(topology === undefined || topology.pods.every((entry) => typeof entry.name === 'string'));
    }),
  );
});
