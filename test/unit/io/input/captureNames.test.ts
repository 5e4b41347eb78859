import assert from 'node:assert/strict';
import { test } from 'node:test';
import { emptyTopology, type Topology } from '../../../../src/core/topology/topology.ts';
import { readFileName, rotationKey, vantageOfFile } from '../../../../src/io/input/captureNames.ts';

const nameOf = (label: string, topology = emptyTopology): string => {
  const { name, role, pod, node, namespace } = vantageOfFile(label, topology);
  return [name, role, namespace, pod, node].filter((part) => part !== undefined).join(' ');
};

test('Dumpy: CAPTURE-POD.pcap, with the default name, and named after the workload as the guides do', () => {
  assert.equal(
    nameOf('dumps/dumpy-49366665-nginx-deploy-846d6f46b7-lss7q.pcap'),
    'nginx-deploy-846d6f46b7-lss7q unknown nginx-deploy-846d6f46b7-lss7q',
  );
  assert.equal(nameOf('dns-captures/dns-cap1-aks-test-aks-test.pcap'), 'aks-test unknown aks-test');
  assert.equal(
    nameOf('dns-captures/dns-cap1-coredns-coredns-6d4b75cb6d-x7k2p.pcap.gz'),
    'coredns-6d4b75cb6d-x7k2p unknown coredns-6d4b75cb6d-x7k2p',
  );
  assert.equal(nameOf('cap-db-db-0.pcap'), 'cap-db-db-0.pcap unknown');
  assert.equal(nameOf('cap-mysql-mysql-0.pcap'), 'mysql-0 unknown mysql-0');
  assert.equal(
    nameOf('today-coredns-6d4b75cb6d-x7k2p.pcap'),
    'coredns-6d4b75cb6d-x7k2p unknown coredns-6d4b75cb6d-x7k2p',
  );
});

test('where the name does not say which part is the pod, the whole of it stands', () => {
  for (const name of ['my-cap-order-service-7d854467b7-4kvmj.pcap', 'pod.pcap', 'Test-Test.pcap', 'a-a.pcap'])
    assert.equal(nameOf(name), `${name} unknown`);
});

test('a topology settles it', () => {
  const pod = (namespace: string, name: string): Topology['pods'][number] => {
    return { namespace, name, addresses: ['10.244.1.12'], role: 'workload', hostNetwork: false, ready: true };
  };
  const topology = { ...emptyTopology, pods: [pod('shop', 'order-7d854467b7-4kvmj'), pod('shop', '7d854467b7-4kvmj')] };
  assert.equal(
    nameOf('cap-order-7d854467b7-4kvmj.pcap', topology),
    'shop/order-7d854467b7-4kvmj unknown shop order-7d854467b7-4kvmj',
  );
  const twice = { ...emptyTopology, pods: [pod('a', 'web-0'), pod('b', 'web-0')] };
  assert.equal(nameOf('cap-web-0.pcap', twice), 'cap-web-0.pcap unknown');
});

test('Retina: CAPTURE-NODE-TIME, by the default name, the folder it was downloaded to, or the topology', () => {
  const node = 'aks-nodepool1-41844487-vmss000000';
  assert.equal(nameOf(`retina-capture-${node}-20230320013600UTC.pcap`), `${node} node ${node}`);
  assert.equal(nameOf(`x.tar.gz/retina-capture-${node}-20230320013600UTC.pcap0`), `${node} node ${node}`);
  assert.equal(nameOf(`slow-dns/slow-dns-${node}-20230320013600UTC.pcap`), `${node} node ${node}`);
  assert.equal(
    nameOf(`all.tar.gz/slow-dns/slow-dns-${node}-20230320013600UTC.tar.gz/slow-dns-${node}-20230320013600UTC.pcap`),
    `${node} node ${node}`,
  );
  assert.equal(nameOf(`mine-${node}-20230320013600UTC.pcap`), `mine-${node} node mine-${node}`);
  const topology = { ...emptyTopology, nodes: [{ name: node, addresses: [] }] };
  assert.equal(nameOf(`mine-${node}-20230320013600UTC.pcap`, topology), `${node} node ${node}`);
});

test('numbered files are parts of one capture', () => {
  const whole = ['a/dns.pcap0', 'a/dns.pcap1', 'a/dns.pcap12', 'a/dns.pcap', 'a/dns.pcap2.gz'].map(rotationKey);
  assert.deepEqual(new Set(whole), new Set(['a/dns.pcap']));
  assert.equal(rotationKey('a/dns_00001_20260101120000.pcapng'), rotationKey('a/dns_00002_20260101130000.pcapng'));
  assert.notEqual(rotationKey('a/dns.pcap1'), rotationKey('b/dns.pcap1'));
  assert.notEqual(rotationKey('a/dns1.pcap'), rotationKey('a/dns2.pcap'));
  assert.deepEqual(readFileName('a/dns.pcap12'), { stem: 'dns', file: 'dns.pcap', part: 12 });
});
