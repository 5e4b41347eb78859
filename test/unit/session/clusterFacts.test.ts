import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { Pod } from '../../../src/core/topology/kubeTypes.ts';
import { ClusterModel } from '../../../src/session/cluster/clusterModel.ts';
import { versionOfImage } from '../../../src/session/cluster/dnsServerFacts.ts';
import { recognisePlatform } from '../../../src/session/cluster/recognisePlatform.ts';
import { coveringRange } from '../../../src/session/cluster/serviceRange.ts';
import { corednsDeployment, corefile, fillCluster, kubeDns, podObject } from '../../support/clusterObjects.ts';
import { InMemoryKube, ManualClock, settled } from '../../support/inMemoryKube.ts';

const template: Pod['spec'] = {
  dnsPolicy: 'Default',
  terminationGracePeriodSeconds: 30,
  containers: [
    {
      name: 'coredns',
      image: 'registry.k8s.io/coredns/coredns:v1.12.1',
      args: ['-conf', '/etc/coredns/Corefile'],
      ports: [
        { name: 'dns', containerPort: 53, protocol: 'UDP' },
        { name: 'liveness-probe', containerPort: 8080 },
      ],
      livenessProbe: { httpGet: { path: '/health', port: 'liveness-probe' } },
      readinessProbe: { httpGet: { path: '/ready', port: 8181 } },
      env: [
        { name: 'ZONE', value: 'example.org' },
        { name: 'NODE', valueFrom: {} },
      ],
      resources: { limits: { memory: '170Mi' } },
      volumeMounts: [
        { name: 'config', mountPath: '/etc/coredns' },
        { name: 'custom', mountPath: '/etc/coredns/custom' },
        { name: 'tmp', mountPath: '/tmp' },
      ],
    },
  ],
  volumes: [
    { name: 'config', configMap: { name: 'coredns', items: [{ key: 'Corefile', path: 'Corefile' }] } },
    { name: 'custom', configMap: { name: 'coredns-custom', optional: true } },
    { name: 'tmp' },
  ],
};

async function modelOf(fill: (kube: InMemoryKube) => void): Promise<ClusterModel> {
  const kube = new InMemoryKube();
  fillCluster(kube);
  fill(kube);
  const model = new ClusterModel({ kube, clock: new ManualClock() });
  model.start();
  await model.whenReady();
  await settled();
  return model;
}

describe('clusterFacts', () => {
  it('tells what the container that runs CoreDNS is given', async () => {
    const model = await modelOf((kube) => {
      kube.put('deployments', {
        ...corednsDeployment,
        spec: { ...corednsDeployment.spec, template: { spec: template } },
      });
      kube.put('services', {
        ...kubeDns,
        spec: { ...kubeDns.spec, ports: [{ name: 'dns', port: 53, protocol: 'UDP', targetPort: 'dns' }] },
      });
    });
    const facts = model.clusterFacts();
    assert.deepEqual(facts.coreDns, {
      image: 'registry.k8s.io/coredns/coredns:v1.12.1',
      version: '1.12.1',
      corefile,
      corefilePath: '/etc/coredns/Corefile',
      containerPorts: [
        { name: 'dns', port: 53, protocol: 'UDP' },
        { name: 'liveness-probe', port: 8080, protocol: 'TCP' },
      ],
      liveness: { path: '/health', port: 8080 },
      readiness: { path: '/ready', port: 8181 },
      memoryLimitBytes: 170 * 2 ** 20,
      environment: { values: { ZONE: 'example.org' }, unknown: ['NODE'], complete: true },
      mounts: [
        { path: '/etc/coredns', configMap: 'coredns', keys: ['Corefile'] },
        { path: '/etc/coredns/custom', configMap: 'coredns-custom', optional: true },
        { path: '/tmp' },
      ],
      terminationGracePeriodSeconds: 30,
      hostNetwork: false,
      addresses: ['10.244.0.2', '10.244.1.2'],
      replicas: 2,
    });
    assert.deepEqual(facts.dnsServiceAddresses, ['10.96.0.10']);
    assert.deepEqual(facts.dnsServicePorts, [{ port: 53, protocol: 'UDP', targetPort: 53 }]);
    assert.deepEqual([facts.podCount, facts.serviceCount], [3, 1]);
    assert.deepEqual(facts.services, [
      { namespace: 'kube-system', name: 'kube-dns', addresses: ['10.96.0.10'], readyEndpoints: 2 },
    ]);
    assert.deepEqual(facts.configMaps, [{ namespace: 'kube-system', name: 'coredns', labels: {}, keys: ['Corefile'] }]);
    assert.deepEqual(JSON.parse(JSON.stringify(facts)), facts);
    assert.equal(model.clusterFacts(), facts);
  });

  it('prefers what the running CoreDNS says of its build to the tag of its image', async () => {
    const model = await modelOf(() => undefined);
    const before = model.clusterFacts();
    model.observe({ coreDnsBuild: { version: '1.15.0', enabledPlugins: ['errors', 'forward'] } });
    const { coreDns } = model.clusterFacts();
    assert.deepEqual([before.coreDns?.version, before.coreDns?.enabledPlugins], ['1.12.1', undefined]);
    assert.deepEqual([coreDns?.version, coreDns?.enabledPlugins], ['1.15.0', ['errors', 'forward']]);
  });

  it('keeps each thing that was observed until it is observed anew, and tells of changes only', async () => {
    const kube = new InMemoryKube();
    fillCluster(kube);
    const clock = new ManualClock();
    const model = new ClusterModel({ kube, clock });
    model.start();
    await model.whenReady();
    await clock.advance(1000);
    let changes = 0;
    model.onDidChange(() => changes++);
    const silent = { address: '10.224.0.92', port: 53, queries: 4, answered: 0 };
    model.observe({ unreachableUpstreams: [silent] });
    model.observe({ coreDnsBuild: { version: '1.13.0' } });
    model.observe({ unreachableUpstreams: [{ ...silent }] });
    await clock.advance(1000);
    assert.equal(changes, 1);
    assert.deepEqual(model.clusterFacts().unreachableUpstreams, [silent]);
    assert.equal(model.clusterFacts().coreDns?.version, '1.13.0');
    model.observe({ unreachableUpstreams: undefined });
    assert.equal(model.clusterFacts().unreachableUpstreams, undefined);
    assert.equal(model.clusterFacts().coreDns?.version, '1.13.0');
  });

  it('knows NodeLocal, the kubelet’s cluster domain and the servers of a pod that asks cluster DNS', async () => {
    const model = await modelOf((kube) => {
      kube.put(
        'pods',
        podObject('kube-system', 'node-local-dns-x', {
          labels: { 'k8s-app': 'node-local-dns' },
          spec: {
            hostNetwork: true,
            dnsPolicy: 'Default',
            containers: [
              {
                name: 'node-cache',
                image: 'registry.k8s.io/dns/k8s-dns-node-cache:1.26.4',
                args: ['-localip', '169.254.20.10,10.96.0.10', '-conf', '/etc/Corefile'],
              },
            ],
          },
        }),
      );
      const namespace = 'kube-system';
      kube.put('configmaps', { metadata: { namespace, name: 'node-local-dns' }, data: { Corefile: '.:53 {\n}\n' } });
      kube.put('configmaps', {
        metadata: { namespace, name: 'kubelet-config' },
        data: { kubelet: 'cgroupDriver: systemd\nclusterDomain: corp.local\n' },
      });
      kube.put('configmaps', {
        metadata: { namespace, name: 'kubeadm-config' },
        data: { ClusterConfiguration: 'networking:\n  dnsDomain: cluster.local\n  serviceSubnet: 10.96.0.0/16\n' },
      });
    });
    const facts = model.clusterFacts();
    assert.deepEqual(facts.nodeLocal?.bindAddresses, ['169.254.20.10', '10.96.0.10']);
    assert.deepEqual(
      [facts.nodeLocal.corefile, facts.nodeLocal.version, facts.nodeLocal.hostNetwork, facts.nodeLocal.resolvers],
      ['.:53 {\n}\n', undefined, true, undefined],
    );
    assert.deepEqual(
      [facts.clusterDomain, facts.serviceRanges, facts.platform?.name],
      ['corp.local', ['10.96.0.0/16'], 'kubeadm'],
    );
    assert.deepEqual(facts.coreDns?.resolvers, ['10.96.0.10']);
    assert.deepEqual(facts.configMaps?.map(({ name }) => name).sort(), ['coredns', 'node-local-dns']);
  });

  it('leaves out counts and Services where not every namespace is seen', async () => {
    const model = await modelOf((kube) => {
      kube.refuse = (verb, _resource, namespace) =>
        verb === 'watch' && namespace === undefined ? { code: 'forbidden', detail: 'Missing permission' } : undefined;
    });
    const facts = model.clusterFacts();
    assert.deepEqual([facts.podCount, facts.serviceCount, facts.services], [undefined, undefined, undefined]);
    assert.equal(facts.coreDns?.version, '1.12.1');
  });

  it('says nothing of a cluster it knows nothing of', () => {
    const model = new ClusterModel({ kube: new InMemoryKube(), clock: new ManualClock() });
    assert.deepEqual(model.clusterFacts(), { configMaps: [] });
  });
});

describe('recognisePlatform', () => {
  const node = (labels: Record<string, string>, kubeletVersion = 'v1.34.4') => ({
    metadata: { name: 'node-1', labels },
    status: { nodeInfo: { kubeletVersion } },
  });

  it('goes by marks that only the platform leaves', () => {
    const nameOf = (...nodes: Parameters<typeof recognisePlatform>[0]) => recognisePlatform(nodes, [], [])?.name;
    assert.equal(nameOf(node({ 'kubernetes.azure.com/cluster': 'x' })), 'aks');
    assert.equal(nameOf(node({}, 'v1.34.1+k3s1')), 'k3s');
    assert.equal(nameOf(node({}, 'v1.34.1+rke2r1')), 'rke2');
    assert.equal(nameOf(node({}, 'v1.33.5-eks-113cf36')), 'eks');
    assert.equal(
      nameOf({ metadata: { name: 'kind-worker' }, spec: { providerID: 'kind://docker/kind/kind' } }),
      'kind',
    );
    assert.equal(nameOf(node({ 'example.org/eks.amazonaws.com': 'x' })), undefined);
  });
});

describe('versionOfImage', () => {
  it('reads release tags of CoreDNS images only', () => {
    assert.equal(versionOfImage('mcr.microsoft.com/oss/kubernetes/coredns:v1.9.4-hotfix.20240704'), '1.9.4');
    assert.equal(versionOfImage('eks/coredns:v1.11.4-eksbuild.2@sha256:00ff'), '1.11.4');
    assert.equal(versionOfImage('rancher/hardened-coredns:v1.12.0-build20250101@sha256:abc'), '1.12.0');
    assert.equal(versionOfImage('localhost:5000/coredns'), undefined);
    assert.equal(versionOfImage('coredns:latest'), undefined);
    assert.equal(versionOfImage('dnscope-lab/coredns:1'), undefined);
    assert.equal(versionOfImage('dns/k8s-dns-node-cache:1.26.4'), undefined);
  });
});

describe('coveringRange', () => {
  it('is the smallest range that holds all, and nothing for addresses that lie far apart', () => {
    assert.equal(coveringRange(['10.96.0.1', '10.96.0.10', '10.96.201.7']), '10.96.0.0/16');
    assert.equal(coveringRange(['10.96.0.1', '10.96.0.10']), '10.96.0.0/28');
    assert.equal(coveringRange(['10.96.0.1', '10.200.0.1']), undefined);
    assert.equal(coveringRange(['10.96.0.1', 'fd00::1']), undefined);
  });
});
