import assert from 'node:assert/strict';
import { test } from 'node:test';
import { readTopologyFile } from '../../../src/cli/topologyFile.ts';
import { TopologyIndex } from '../../../src/core/topology/topologyIndex.ts';
import { topologyComments, parseTopologyComment } from '../../../src/protocol/sessionFile.ts';

function service(name: string, spec: object): object {
  return { kind: 'Service', metadata: { name, namespace: 'shop' }, spec };
}

function slice(name: string, endpoints: readonly object[]): object {
  return {
    kind: 'EndpointSlice',
    metadata: { name: `${name}-1`, namespace: 'shop', labels: { 'kubernetes.io/service-name': name } },
    endpoints,
  };
}

const { services } = readTopologyFile(
  'topology.json',
  new TextEncoder().encode(
    JSON.stringify({
      items: [
        service('web', { type: 'ClusterIP', clusterIP: '10.96.1.1', clusterIPs: ['10.96.1.1', 'fd00::1'] }),
        service('db', { clusterIP: 'None', clusterIPs: ['None'] }),
        service('mail', { type: 'ExternalName', externalName: 'mail.example.com' }),
        slice('db', [
          { addresses: ['10.244.1.1'], conditions: { ready: true } },
          { addresses: ['10.244.1.2'], conditions: { ready: false } },
          { addresses: ['10.244.1.3'] },
        ]),
      ],
    }),
  ),
);

test('Services say of which kind they are, and which of their endpoints are ready', () => {
  assert.deepEqual(
    services.map(({ name, addresses, endpoints, unready, kind }) => ({ name, addresses, endpoints, unready, kind })),
    [
      { name: 'web', addresses: ['10.96.1.1', 'fd00::1'], endpoints: [], unready: undefined, kind: undefined },
      {
        name: 'db',
        addresses: [],
        endpoints: ['10.244.1.1', '10.244.1.3'],
        unready: ['10.244.1.2'],
        kind: 'headless',
      },
      { name: 'mail', addresses: [], endpoints: [], unready: undefined, kind: 'external-name' },
    ],
  );
});

test('a session file keeps that, for the Services it keeps', () => {
  const db = { ...services[1]!, isDns: true };
  const topology = { clusterDomain: 'cluster.local', pods: [], services: [db], nodes: [], upstreams: [] };
  assert.deepEqual(parseTopologyComment(topologyComments(topology, new Set()))?.services, [db]);
});

test('a Service is found by its whole name, in lower case', () => {
  const index = new TopologyIndex({ clusterDomain: 'Corp.Local', pods: [], services, nodes: [], upstreams: [] });
  assert.equal(index.serviceNamed('db.shop.svc.corp.local.')?.name, 'db');
  assert.equal(index.serviceNamed('db.shop.svc.cluster.local.'), undefined);
});
