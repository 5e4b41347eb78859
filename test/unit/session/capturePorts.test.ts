import assert from 'node:assert/strict';
import { test } from 'node:test';
import { discoverCoreDns, type DnsObjects } from '../../../src/session/cluster/coreDns.ts';
import { capturePorts } from '../../../src/session/trace/capturePorts.ts';
import { planTrace } from '../../../src/session/trace/planTrace.ts';
import { corednsConfigMap, corednsPod, fillCluster, kubeDns, kubeDnsSlice } from '../../support/clusterObjects.ts';
import { InMemoryKube } from '../../support/inMemoryKube.ts';

function portsWith(corefile: string, endpointPort?: number): readonly number[] {
  const pods = [corednsPod('coredns-a', '10.244.0.2')];
  const slice = kubeDnsSlice(pods);
  const objects: DnsObjects = {
    pods,
    services: [kubeDns],
    endpointSlices: [
      endpointPort === undefined
        ? slice
        : {
            ...slice,
            ports: [
              { name: 'dns', port: endpointPort },
              { name: 'metrics', port: 9153 },
            ],
          },
    ],
    deployments: [],
    configMaps: [{ ...corednsConfigMap, data: { Corefile: corefile } }],
  };
  return capturePorts(objects, discoverCoreDns(objects));
}

test('53 is watched without knowing anything', () => {
  assert.deepEqual(capturePorts(), [53]);
});

test('the endpoints of the DNS Service, the server blocks and the upstreams tell further ports', () => {
  assert.deepEqual(
    portsWith('.:1053 {\n forward . 10.0.0.1:5300 tls://10.0.0.2 tls://10.0.0.3:8853\n}', 1053),
    [53, 1053, 5300, 853, 8853],
  );
  assert.deepEqual(portsWith('.:53 {\n forward . /etc/resolv.conf\n}', 5353), [53, 5353]);
});

test('HTTPS is never watched: the API server speaks it too', () => {
  assert.deepEqual(portsWith('.:53 {\n forward . https://10.0.0.1\n}\nhttps://. {\n whoami\n}'), [53]);
});

test('a Corefile of many ports gives as many as one capture takes', () => {
  const blocks = Array.from({ length: 40 }, (_, index) => `a.example:${String(1000 + index)} {\n whoami\n}`);
  assert.equal(portsWith(blocks.join('\n')).length, 16);
});

test('a plan says which ports it takes, and those that were asked for stay', async () => {
  const kube = new InMemoryKube();
  fillCluster(kube);
  kube.put('configmaps', { ...corednsConfigMap, data: { Corefile: '.:1053 {\n forward . 10.224.0.92\n}\n' } });
  const request = { target: { kind: 'pod', name: 'order-service' }, namespace: 'shop' } as const;
  const plan = await planTrace(kube, request, { nowNs: 1n });
  assert.deepEqual(plan.request.ports, [53, 1053]);
  assert.match(
    plan.consent.what,
    /each runs tcpdump for DNS on ports 53, 1053 and 853 \(encrypted\), ICMP errors about it/,
  );
  const asked = await planTrace(kube, { ...request, ports: [5300] }, { nowNs: 1n });
  assert.match(asked.consent.what, /on ports 5300 and 853 \(encrypted\)/);
});
