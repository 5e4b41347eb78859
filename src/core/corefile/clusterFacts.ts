/**
 * What rules may know of the cluster a Corefile runs in. Plain data (it survives JSON), so that it can be written down in a
 * fixture; the session room fills it from the API (session/cluster/clusterFacts.ts). Everything that could not be read is left
 * out, and rules then say nothing: an empty list says "there is none", an absent one "not known".
 * Names and addresses come from the cluster: hostile text.
 */
export interface ClusterFacts {
  readonly platform?: PlatformFact;
  /** The kubelet's cluster domain, without final dot. */
  readonly clusterDomain?: string;
  /** Addresses of the cluster's DNS Service. */
  readonly dnsServiceAddresses?: readonly string[];
  readonly dnsServicePorts?: readonly ServicePortFact[];
  /** Which server the text that is linted belongs to; CoreDNS when absent. */
  readonly subject?: SubjectFact;
  readonly coreDns?: DnsServerFacts;
  /** NodeLocal's node-cache, where the cluster runs it. */
  readonly nodeLocal?: DnsServerFacts;
  readonly podCount?: number;
  readonly serviceCount?: number;
  /** Every Service that can be seen; absent when they cannot be listed in all namespaces. */
  readonly services?: readonly ServiceFact[];
  /** Ranges (CIDR) from which Service addresses certainly come; there may be more. */
  readonly serviceRanges?: readonly string[];
  /** Upstreams that answer none of CoreDNS's queries at present, from a running trace. */
  readonly unreachableUpstreams?: readonly UnreachableUpstreamFact[];
  /** ConfigMaps around cluster DNS: the Corefile's own, `coredns-custom`, NodeLocal's. */
  readonly configMaps?: readonly ConfigMapFact[];
}

export type PlatformName =
  'aks' | 'eks' | 'gke' | 'openshift' | 'rke2' | 'k3s' | 'kind' | 'minikube' | 'microk8s' | 'kubeadm';

export interface PlatformFact {
  readonly name: PlatformName;
  /** What it was recognised by, for people: `node label kubernetes.azure.com/cluster`. */
  readonly evidence: string;
}

export interface ServicePortFact {
  readonly port: number;
  readonly protocol: string;
  /** Port of the pods behind it. A name is resolved where the container's ports are known, else absent. */
  readonly targetPort?: number;
}

export interface SubjectFact {
  readonly server: 'coredns' | 'nodelocal';
  /** The ConfigMap the text stands in, when it stands in one. */
  readonly configMap?: { readonly namespace: string; readonly name: string; readonly key: string };
}

/** The container that runs CoreDNS or node-cache: from its Deployment where there is one, else from a pod. */
export interface DnsServerFacts {
  readonly image?: string;
  /** CoreDNS release without leading v: build info of a running pod, else the image's tag. */
  readonly version?: string;
  /** Plugins that a running configuration was seen to use: they are in the image. Others may be as well. */
  readonly enabledPlugins?: readonly string[];
  /** Every plugin in the image (`coredns -plugins`). */
  readonly builtInPlugins?: readonly string[];
  /** The main Corefile as its ConfigMap holds it. */
  readonly corefile?: string;
  /** Path given by `-conf`. */
  readonly corefilePath?: string;
  readonly containerPorts?: readonly { readonly name?: string; readonly port: number; readonly protocol: string }[];
  readonly liveness?: ProbeFact;
  readonly readiness?: ProbeFact;
  readonly memoryLimitBytes?: number;
  readonly environment?: EnvironmentFact;
  readonly mounts?: readonly MountFact[];
  readonly terminationGracePeriodSeconds?: number;
  readonly hostNetwork?: boolean;
  /** Pods' own addresses, host addresses left out. */
  readonly addresses?: readonly string[];
  readonly replicas?: number;
  /** Addresses node-cache is told to listen on (`-localip`). */
  readonly bindAddresses?: readonly string[];
  /** Servers in the container's /etc/resolv.conf. */
  readonly resolvers?: readonly string[];
}

/** An HTTP probe; one of another kind is absent. */
export interface ProbeFact {
  readonly path: string;
  /** Absent when it is a name that no container port has. */
  readonly port?: number;
  /** Address the kubelet asks, when it isn't the pod's own. */
  readonly host?: string;
}

export interface EnvironmentFact {
  readonly values: Readonly<Record<string, string>>;
  /** Names that are set from somewhere that was not read (Secrets, ConfigMaps, fields). */
  readonly unknown: readonly string[];
  /** False when whole ConfigMaps or Secrets are taken in (`envFrom`): then any name may be set. */
  readonly complete: boolean;
}

export interface MountFact {
  readonly path: string;
  readonly configMap?: string;
  /** True when the pod starts without that ConfigMap. */
  readonly optional?: boolean;
  /** Keys that are mounted, when not all are. */
  readonly keys?: readonly string[];
}

export interface ServiceFact {
  readonly namespace: string;
  readonly name: string;
  readonly addresses: readonly string[];
  /** Absent when endpoints cannot be seen. */
  readonly readyEndpoints?: number;
}

export interface UnreachableUpstreamFact {
  readonly address: string;
  readonly port: number;
  readonly queries: number;
  readonly answered: number;
}

export interface ConfigMapFact {
  readonly namespace: string;
  readonly name: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly keys: readonly string[];
}

/** The server the linted text belongs to. */
export function subjectServer(cluster: ClusterFacts | undefined): DnsServerFacts | undefined {
  return cluster?.subject?.server === 'nodelocal' ? cluster.nodeLocal : cluster?.coreDns;
}
