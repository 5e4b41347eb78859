/**
 * CoreDNS pods in memory that follow their ConfigMap as the real ones do: the kubelet brings the file late, reload looks at
 * intervals, takes it or refuses it, and says so in metrics and log. Time is the test's clock.
 */
import { ProblemError } from '../../src/base/problem.ts';
import type { ConfigMap, Deployment, Pod } from '../../src/core/topology/kubeTypes.ts';
import { readCorefile } from '../../src/core/corefile/model.ts';
import { reloadHash } from '../../src/core/corefile/reloadHash.ts';
import { corednsPod, kubeDns, kubeDnsSlice } from './clusterObjects.ts';
import type { InMemoryKube, ManualClock } from './inMemoryKube.ts';

export const kubeadmCorefile = [
  '.:53 {',
  '    errors',
  '    health',
  '    ready',
  '    kubernetes cluster.local in-addr.arpa',
  '    prometheus :9153',
  '    forward . 10.224.0.92',
  '    cache 30',
  '    loop',
  '    reload',
  '}',
  '',
].join('\n');

export const corednsSpec: NonNullable<Pod['spec']> = {
  nodeName: 'node-1',
  serviceAccountName: 'coredns',
  dnsPolicy: 'Default',
  containers: [
    {
      name: 'coredns',
      image: 'registry.k8s.io/coredns/coredns:v1.12.1',
      args: ['-conf', '/etc/coredns/Corefile'],
      resources: { limits: { memory: '170Mi' } },
      volumeMounts: [{ name: 'config-volume', mountPath: '/etc/coredns', readOnly: true }],
    },
  ],
  volumes: [{ name: 'config-volume', configMap: { name: 'coredns', items: [{ key: 'Corefile', path: 'Corefile' }] } }],
};

interface Replica {
  readonly startedAt: number;
  /** Hash of what it runs; a reload shows it in the metrics. */
  running: string;
  /** Text that it looked at last. */
  looked: string;
  hasReloaded: boolean;
  failures: number;
  responses: number;
  errors: number;
  readonly log: string[];
}

const LOOK_MS = 30_000;

export class CorednsReplicas {
  readonly #kube: InMemoryKube;
  readonly #clock: ManualClock;
  readonly #replicas = new Map<string, Replica>();
  /** CoreDNS's refusal of a text; `undefined` takes it. */
  refuses: (text: string, pod: string) => string | undefined = () => undefined;
  /** Replicas that never look, by name. */
  readonly deaf = new Set<string>();
  /** Responses and errors that each look adds. */
  traffic = { responses: 100, errors: 0 };

  constructor(kube: InMemoryKube, clock: ManualClock, text = kubeadmCorefile, map: Partial<ConfigMap> = {}) {
    this.#kube = kube;
    this.#clock = clock;
    kube.put('configmaps', {
      data: { Corefile: text },
      ...map,
      metadata: { namespace: 'kube-system', name: 'coredns', resourceVersion: '7', ...map.metadata },
    });
    const deployment: Deployment = {
      metadata: { namespace: 'kube-system', name: 'coredns', generation: 1 },
      spec: { replicas: 2, selector: { matchLabels: { 'k8s-app': 'kube-dns' } }, template: { spec: corednsSpec } },
      status: { observedGeneration: 1, replicas: 2, updatedReplicas: 2, readyReplicas: 2, availableReplicas: 2 },
    };
    kube.put('deployments', deployment);
    const pods = ['coredns-a', 'coredns-b'].map((name, index) => this.add(name, `10.244.${String(index)}.2`));
    kube.put('services', kubeDns);
    kube.put('endpointslices', kubeDnsSlice(pods));
    kube.onHttpGet = ({ pod, port }) => this.#metrics(pod, port);
    kube.onLogs = ({ pod }) => this.#replicas.get(pod)?.log.join('\n') ?? '';
  }

  get text(): string {
    return this.#map().data?.['Corefile'] ?? '';
  }

  /** Writes as somebody else would. */
  edit(text: string, manager = 'kubectl-edit'): void {
    const map = this.#map();
    this.#kube.put('configmaps', {
      ...map,
      metadata: {
        ...map.metadata,
        resourceVersion: `other-${String(this.#clock.nowNs())}`,
        managedFields: [{ manager, operation: 'Update', time: '2027-01-15T08:00:07Z' }],
      },
      data: { ...map.data, Corefile: text },
    });
  }

  /** A pod that starts with what the ConfigMap holds now. */
  add(name: string, ip: string): Pod {
    const pod: Pod = { ...corednsPod(name, ip), spec: corednsSpec };
    this.#kube.put('pods', pod);
    const replica: Replica = {
      startedAt: Number(this.#clock.nowNs() / 1_000_000_000n),
      running: hash(this.text),
      looked: this.text,
      hasReloaded: false,
      failures: 0,
      responses: 1_000,
      errors: 0,
      log: [],
    };
    replica.log.push(this.#line(`[INFO] plugin/reload: Running configuration SHA512 = ${replica.running}`));
    this.#replicas.set(name, replica);
    this.#later(name);
    return pod;
  }

  remove(name: string): void {
    this.#replicas.delete(name);
    this.#kube.remove('pods', 'kube-system', name);
  }

  #later(name: string): void {
    this.#clock.after(LOOK_MS, () => {
      const replica = this.#replicas.get(name);
      if (replica === undefined) return;
      replica.responses += this.traffic.responses;
      replica.errors += this.traffic.errors;
      if (!this.deaf.has(name)) this.#look(name, replica);
      this.#later(name);
    });
  }

  #look(name: string, replica: Replica): void {
    const text = this.text;
    if (text === replica.looked) return;
    replica.looked = text;
    const refusal = this.refuses(text, name);
    replica.hasReloaded = true;
    if (refusal !== undefined) {
      replica.failures += 1;
      replica.log.push(this.#line(`[ERROR] plugin/reload: Corefile changed but reload failed: ${refusal}`));
      return;
    }
    replica.running = hash(text);
    replica.log.push(
      this.#line('[INFO] Reloading'),
      this.#line(`[INFO] plugin/reload: Running configuration SHA512 = ${replica.running}`),
    );
  }

  #line(text: string): string {
    return `${new Date(Number(this.#clock.nowNs() / 1_000_000n)).toISOString()} ${text}`;
  }

  #metrics(pod: string, port: number): string {
    const replica = this.#replicas.get(pod);
    if (replica === undefined || port !== 9153)
      throw new ProblemError({ code: 'cluster-error', detail: 'Nothing listens there' });
    return [
      `process_start_time_seconds ${String(replica.startedAt)}`,
      `coredns_reload_failed_total ${String(replica.failures)}`,
      ...(replica.hasReloaded ? [`coredns_reload_version_info{hash="sha512",value="${hash(replica.looked)}"} 1`] : []),
      `coredns_dns_responses_total{rcode="NOERROR"} ${String(replica.responses)}`,
      `coredns_dns_responses_total{rcode="SERVFAIL"} ${String(replica.errors)}`,
    ].join('\n');
  }

  #map(): ConfigMap {
    const map = this.#kube.peek('configmaps', 'kube-system', 'coredns');
    if (map === undefined) throw new Error('The ConfigMap is gone');
    return map;
  }
}

const hash = (text: string): string => reloadHash(readCorefile(text)) ?? 'f'.repeat(128);
