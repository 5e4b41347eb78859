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
  /** Server blocks of the live Corefile, in its order; without them a row can't say what served it. */
  readonly servers?: readonly TopologyServerBlock[];
  /** A `kubernetes` block leaves Services out: by namespaces, labels or namespace_labels. */
  readonly leavesServicesOut?: true;
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
  /** Ready endpoint addresses; all of them where the Service publishes those that are not ready. */
  readonly endpoints: readonly string[];
  /** Endpoint addresses that are not ready; absent when there are none. */
  readonly unready?: readonly string[];
  /** Addresses of any kind that it had earlier in the trace, none when it came meanwhile; absent for one that was the same all the time. */
  readonly earlier?: readonly string[];
  /** A headless Service is answered with its endpoints, an ExternalName with another name; absent for one with addresses of its own. */
  readonly kind?: 'headless' | 'external-name';
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

/** What of a server block tells which names it serves. Zones are absolute and lower case, lines 1-based. */
export interface TopologyServerBlock {
  readonly line: number;
  /** As the block's keys are written, for showing. */
  readonly label: string;
  readonly keys: readonly {
    readonly zone: string;
    readonly port: number;
    /** Listens for TLS, HTTPS, QUIC or gRPC there. */
    readonly encrypted?: true;
  }[];
  readonly forwards: readonly {
    readonly line: number;
    readonly from: string;
    readonly except: readonly string[];
    readonly addresses: readonly string[];
    /** Some of its upstreams come from a file such as /etc/resolv.conf. */
    readonly fromFile: boolean;
  }[];
  readonly kubernetes?: { readonly line: number; readonly zones: readonly string[] };
  /** Further plugins that answer from data of their own, with the zones (or single names) they may answer for. */
  readonly own?: readonly { readonly name: string; readonly line: number; readonly zones: readonly string[] }[];
  /** Line of the `cache` plugin. */
  readonly cache?: number;
  /** Zones (or single names) for which it may answer another question than was asked: `rewrite`, `autopath`. */
  readonly rewrites?: readonly string[];
  /** What gives the question another name before anything in the block is asked, in the order it is done. */
  readonly nameChanges?: readonly NameChange[];
  /** Serves only what the expression of its `view` takes. */
  readonly hasView?: true;
  /** Its `acl` may answer with nothing instead of an answer. */
  readonly filters?: true;
  /** Something in it is not known (an import, a plugin from elsewhere), so that what it lacks proves nothing. */
  readonly incomplete?: true;
}

/** A rule of a server block that changes names. Names are absolute and lower case, lines 1-based. */
export type NameChange =
  | {
      readonly by: 'name';
      readonly line: number;
      readonly match: NameMatch;
      /** As CoreDNS reads them: a name or part of one; of `regex` the pattern, and what it is replaced with. */
      readonly from: string;
      readonly to: string;
      /** The rules behind it are asked, too. */
      readonly goesOn?: true;
    }
  /** Targets of CNAMEs are changed in answers, and asked for; `to` of an exact rule. */
  | { readonly by: 'cname'; readonly line: number; readonly to?: string }
  /** Goes through the search list for the client; that of its pod where `ofPods`, else one that is not known. */
  | { readonly by: 'autopath'; readonly line: number; readonly zones: readonly string[]; readonly ofPods?: true }
  /** A rule that changes something else, or after which no other may be asked any more. */
  | { readonly by: 'unknown'; readonly line: number };

export type NameMatch = 'exact' | 'prefix' | 'suffix' | 'substring' | 'regex';

export const emptyTopology: Topology = {
  clusterDomain: 'cluster.local',
  pods: [],
  services: [],
  nodes: [],
  upstreams: [],
};
