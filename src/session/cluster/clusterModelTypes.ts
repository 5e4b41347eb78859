import type { Problem } from '../../base/problem.ts';
import type { TopologyUpstream } from '../../core/topology/topology.ts';

/** The DNS of one cluster as the tree shows it. Strings come from the cluster: hostile text. */
export interface ClusterDnsView {
  readonly context: string;
  readonly server: string;
  /** `loading` until every watch told something once; `degraded` when some resource cannot be watched. */
  readonly state: 'loading' | 'live' | 'degraded' | 'unreachable';
  readonly coreDns?: CoreDnsView;
  readonly corefile?: CorefileView;
  /** The platform's `coredns-custom` ConfigMap, one entry a key. */
  readonly customCorefiles: readonly CorefileView[];
  readonly upstreams: readonly TopologyUpstream[];
  readonly namespaces: readonly NamespaceView[];
  readonly nodeLocal: readonly DnsPodView[];
  /** One for each thing that cannot be seen, with what it costs. */
  readonly problems: readonly Problem[];
}

export interface CoreDnsView {
  readonly namespace: string;
  readonly deployment?: string;
  readonly service?: { readonly name: string; readonly addresses: readonly string[] };
  readonly pods: readonly DnsPodView[];
  readonly isCoreDns: boolean;
}

export interface DnsPodView {
  readonly namespace: string;
  readonly name: string;
  readonly ready: boolean;
  readonly phase: string;
  readonly node?: string;
  readonly addresses: readonly string[];
  /** RFC 3339, as the API gives it. */
  readonly created?: string;
  readonly restarts: number;
  readonly image?: string;
}

/** One key of one ConfigMap. */
export interface CorefilePlace {
  readonly namespace: string;
  readonly name: string;
  readonly key: string;
}

export interface CorefileView extends CorefilePlace {
  readonly text: string;
  readonly resourceVersion?: string;
}

export interface NamespaceView {
  readonly name: string;
  readonly pods: readonly PodView[];
}

export interface PodView {
  readonly namespace: string;
  readonly name: string;
  readonly phase: string;
  readonly ready: boolean;
  readonly node?: string;
  readonly addresses: readonly string[];
  readonly hostNetwork: boolean;
  /** `Deployment`'s ReplicaSet, StatefulSet, DaemonSet, …: what its owner reference says. */
  readonly owner?: { readonly kind: string; readonly name: string };
}
