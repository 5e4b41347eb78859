/** Objects of a small cluster as its API serves them: one application pod, two CoreDNS pods behind kube-dns. */
import type { ConfigMap, Deployment, EndpointSlice, Pod, Service } from '../../src/core/topology/kubeTypes.ts';
import type { InMemoryKube } from './inMemoryKube.ts';

export const corefile = '.:53 {\n    errors\n    kubernetes cluster.local in-addr.arpa\n    forward . 10.224.0.92\n}\n';

export function podObject(
  namespace: string,
  name: string,
  more: {
    readonly labels?: Record<string, string>;
    readonly spec?: Pod['spec'];
    readonly uid?: string;
    readonly ip?: string;
  } = {},
): Pod {
  return {
    metadata: { namespace, name, uid: more.uid ?? `uid-${name}`, labels: more.labels ?? { app: name } },
    spec: { nodeName: 'node-1', containers: [{ name: 'main', image: 'shop:1' }], ...more.spec },
    status: {
      phase: 'Running',
      podIP: more.ip ?? '10.244.0.7',
      podIPs: [{ ip: more.ip ?? '10.244.0.7' }],
      conditions: [{ type: 'Ready', status: 'True' }],
      containerStatuses: [{ name: 'main', ready: true, restartCount: 2 }],
    },
  };
}

export const corednsPod = (name: string, ip: string): Pod =>
  podObject('kube-system', name, {
    labels: { 'k8s-app': 'kube-dns' },
    ip,
    spec: {
      nodeName: 'node-1',
      containers: [
        {
          name: 'coredns',
          image: 'registry.k8s.io/coredns/coredns:v1.12.1',
          resources: { limits: { memory: '170Mi' } },
        },
      ],
    },
  });

/** Of the DaemonSet that Kubernetes ships; it has the node's network, and so its address. */
export const nodeLocalPod = (name: string, node = 'node-1'): Pod =>
  podObject('kube-system', name, {
    labels: { 'k8s-app': 'node-local-dns' },
    ip: '192.0.2.10',
    spec: {
      nodeName: node,
      hostNetwork: true,
      containers: [{ name: 'node-cache', image: 'registry.k8s.io/dns/k8s-dns-node-cache:1.26.4' }],
    },
  });

export const kubeDns: Service = {
  metadata: { namespace: 'kube-system', name: 'kube-dns', labels: { 'k8s-app': 'kube-dns' } },
  spec: {
    clusterIP: '10.96.0.10',
    clusterIPs: ['10.96.0.10'],
    selector: { 'k8s-app': 'kube-dns' },
    ports: [{ name: 'dns', port: 53, protocol: 'UDP' }],
  },
};

export const kubeDnsSlice = (pods: readonly Pod[]): EndpointSlice => ({
  metadata: { namespace: 'kube-system', name: 'kube-dns-abc', labels: { 'kubernetes.io/service-name': 'kube-dns' } },
  endpoints: pods.map((pod) => ({
    addresses: [pod.status?.podIP ?? ''],
    conditions: { ready: true },
    targetRef: { kind: 'Pod', name: pod.metadata?.name ?? '', namespace: 'kube-system' },
  })),
});

export const corednsDeployment: Deployment = {
  metadata: { namespace: 'kube-system', name: 'coredns', generation: 1 },
  spec: { replicas: 2, selector: { matchLabels: { 'k8s-app': 'kube-dns' } } },
  status: { observedGeneration: 1, replicas: 2, updatedReplicas: 2, readyReplicas: 2, availableReplicas: 2 },
};

export const corednsConfigMap: ConfigMap = {
  metadata: { namespace: 'kube-system', name: 'coredns', resourceVersion: '7' },
  data: { Corefile: corefile },
};

export function fillCluster(kube: InMemoryKube): void {
  const dns = [corednsPod('coredns-a', '10.244.0.2'), corednsPod('coredns-b', '10.244.1.2')];
  for (const pod of dns) kube.put('pods', pod);
  kube.put('pods', podObject('shop', 'order-service'));
  kube.put('services', kubeDns);
  kube.put('endpointslices', kubeDnsSlice(dns));
  kube.put('deployments', corednsDeployment);
  kube.put('configmaps', corednsConfigMap);
  kube.put('namespaces', { metadata: { name: 'shop' } });
  kube.put('namespaces', { metadata: { name: 'kube-system' } });
  kube.put('nodes', {
    metadata: { name: 'node-1' },
    status: {
      addresses: [{ type: 'InternalIP', address: '192.0.2.10' }],
      nodeInfo: { containerRuntimeVersion: 'containerd://2.1.4' },
    },
  });
}
