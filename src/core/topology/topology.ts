/**
 * Who is behind an address. A plain snapshot (it crosses process borders and goes into session files); look-ups by
 * address are built from it in `topologyIndex.ts`.
 */
export interface Topology {
  /** DNS domain of the cluster without final dot, `cluster.local` unless known otherwise. */
  readonly clusterDomain: string;
  readonly pods: readonly TopologyPod[];
  readonly services: readonly TopologyService[];
  readonly nodes: readonly TopologyNode[];
  /** Servers that CoreDNS forwards to, from the live Corefile. */
  readonly upstreams: readonly TopologyUpstream[];
}

export interface TopologyPod {
  readonly namespace: string;
  readonly name: string;
  readonly node?: string;
  /** Pod IPs as the API writes them (RFC 5952 for IPv6). Empty for pods without one and for hostNetwork pods. */
  readonly addresses: readonly string[];
  readonly role: 'workload' | 'coredns' | 'nodelocal';
  readonly hostNetwork: boolean;
  readonly ready: boolean;
}

export interface TopologyService {
  readonly namespace: string;
  readonly name: string;
  readonly addresses: readonly string[];
  /** The cluster's DNS Service (named kube-dns nearly everywhere, whatever answers behind it). */
  readonly isDns: boolean;
  /** Ready endpoint addresses. */
  readonly endpoints: readonly string[];
}

export interface TopologyNode {
  readonly name: string;
  readonly addresses: readonly string[];
}

export interface TopologyUpstream {
  /** IP address, or host name as written. */
  readonly address: string;
  readonly port: number;
  readonly transport: 'dns' | 'tls' | 'https' | 'https3' | 'quic' | 'grpc';
  /** Zone of the `forward` FROM argument, as written. */
  readonly zone: string;
  /** 1-based line in the Corefile. */
  readonly line?: number;
}

export const emptyTopology: Topology = {
  clusterDomain: 'cluster.local',
  pods: [],
  services: [],
  nodes: [],
  upstreams: [],
};
