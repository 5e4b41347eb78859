import type { Problem } from '../../base/problem.ts';
import type { ConfigMap, EndpointSlice, Namespace, Node, Pod, Service } from '../../core/topology/kubeTypes.ts';
import type { CorefileTopology } from './corefileTopology.ts';
import type { Topology, TopologyPod, TopologyService, TopologyUpstream } from '../../core/topology/topology.ts';
import type { ClusterDnsView, CorefileView, DnsPodView, NamespaceView, PodView } from './clusterModelTypes.ts';
import { podAddresses, podKey, podReady, slicesOf, type CoreDnsDiscovery, type DnsObjects } from './coreDns.ts';
import type { KubeContext } from '../ports.ts';

export function buildTopology(
  objects: DnsObjects & { readonly nodes: readonly Node[] },
  discovery: CoreDnsDiscovery | undefined,
  corefile: CorefileTopology,
): Topology {
  const keyOf = (pod: Pod): string => podKey(pod.metadata?.namespace, pod.metadata?.name);
  const dns = new Set((discovery?.pods ?? []).map(keyOf));
  const nodeLocal = new Set((discovery?.nodeLocalPods ?? []).map(keyOf));
  return {
    ...corefile,
    pods: objects.pods.map((pod) => topologyPod(pod, dns.has(keyOf(pod)), nodeLocal.has(keyOf(pod)))),
    services: objects.services.map((service) => topologyService(service, objects.endpointSlices, discovery)),
    nodes: objects.nodes.map((node) => ({
      name: node.metadata?.name ?? '',
      addresses: (node.status?.addresses ?? [])
        .filter((entry) => entry.type === 'InternalIP' || entry.type === 'ExternalIP')
        .flatMap((entry) => (entry.address === undefined ? [] : [entry.address])),
    })),
  };
}

function topologyService(
  service: Service,
  slices: readonly EndpointSlice[],
  discovery: CoreDnsDiscovery | undefined,
): TopologyService {
  const addresses = service.spec?.clusterIPs ?? [service.spec?.clusterIP ?? ''];
  const endpoints = slicesOf(service, slices).flatMap((slice) => slice.endpoints ?? []);
  // Of a Service that publishes addresses which are not ready, the slices call all of them ready.
  const unready = endpoints.filter((endpoint) => endpoint.conditions?.ready === false);
  // "None" marks a headless Service: no address of its own.
  const kind =
    service.spec?.type === 'ExternalName' ? 'external-name' : addresses.includes('None') ? 'headless' : undefined;
  return {
    namespace: service.metadata?.namespace ?? '',
    name: service.metadata?.name ?? '',
    addresses: addresses.filter((ip) => ip !== '' && ip !== 'None'),
    isDns: service === discovery?.service,
    endpoints: endpoints
      .filter((endpoint) => endpoint.conditions?.ready !== false)
      .flatMap((endpoint) => endpoint.addresses ?? []),
    ...(unready.length === 0 ? {} : { unready: unready.flatMap((endpoint) => endpoint.addresses ?? []) }),
    ...(kind === undefined ? {} : { kind }),
  };
}

function topologyPod(pod: Pod, isDns: boolean, isNodeLocal: boolean): TopologyPod {
  const hostNetwork = pod.spec?.hostNetwork === true;
  return {
    namespace: pod.metadata?.namespace ?? '',
    name: pod.metadata?.name ?? '',
    ...(pod.spec?.nodeName === undefined ? {} : { node: pod.spec.nodeName }),
    addresses: hostNetwork ? [] : podAddresses(pod),
    role: isNodeLocal ? 'nodelocal' : isDns ? 'coredns' : 'workload',
    hostNetwork,
    ready: podReady(pod),
  };
}

export interface DnsViewInput {
  readonly context: KubeContext;
  readonly state: ClusterDnsView['state'];
  readonly objects: DnsObjects;
  readonly discovery: CoreDnsDiscovery | undefined;
  readonly upstreams: readonly TopologyUpstream[];
  readonly namespaces: readonly Namespace[];
  readonly problems: readonly Problem[];
}

const byName = <T extends { readonly name: string }>(a: T, b: T): number =>
  a.name < b.name ? -1 : a.name > b.name ? 1 : 0;

export function buildDnsView(input: DnsViewInput): ClusterDnsView {
  const { discovery } = input;
  const corefile = discovery?.main === undefined ? undefined : corefileView(discovery.main.map, discovery.main.key);
  return {
    context: input.context.name,
    server: input.context.server,
    state: input.state,
    ...(discovery === undefined ? {} : { coreDns: coreDnsView(discovery) }),
    ...(corefile === undefined ? {} : { corefile }),
    customCorefiles: discovery?.customConfigMap === undefined ? [] : corefilesOf(discovery.customConfigMap),
    upstreams: input.upstreams,
    namespaces: namespaceViews(input.namespaces, input.objects.pods),
    nodeLocal: (discovery?.nodeLocalPods ?? []).map(dnsPodView).sort(byName),
    problems: input.problems,
  };
}

function coreDnsView(discovery: CoreDnsDiscovery): NonNullable<ClusterDnsView['coreDns']> {
  const { service, deployment } = discovery;
  return {
    namespace: discovery.namespace,
    ...(deployment?.metadata?.name === undefined ? {} : { deployment: deployment.metadata.name }),
    ...(service === undefined
      ? {}
      : {
          service: {
            name: service.metadata?.name ?? '',
            addresses: service.spec?.clusterIPs ?? [service.spec?.clusterIP ?? ''],
          },
        }),
    pods: discovery.pods.map(dnsPodView).sort(byName),
    isCoreDns: discovery.isCoreDns,
  };
}

export function dnsPodView(pod: Pod): DnsPodView {
  const image = pod.spec?.containers?.[0]?.image;
  return {
    namespace: pod.metadata?.namespace ?? '',
    name: pod.metadata?.name ?? '',
    ready: podReady(pod),
    phase: pod.metadata?.deletionTimestamp === undefined ? (pod.status?.phase ?? 'Unknown') : 'Terminating',
    ...(pod.spec?.nodeName === undefined ? {} : { node: pod.spec.nodeName }),
    addresses: podAddresses(pod),
    ...(pod.metadata?.creationTimestamp === undefined ? {} : { created: pod.metadata.creationTimestamp }),
    restarts: (pod.status?.containerStatuses ?? []).reduce((sum, status) => sum + (status.restartCount ?? 0), 0),
    ...(image === undefined ? {} : { image }),
  };
}

export function corefileView(map: ConfigMap, key: string): CorefileView {
  return {
    namespace: map.metadata?.namespace ?? '',
    name: map.metadata?.name ?? '',
    key,
    text: map.data?.[key] ?? '',
    ...(map.metadata?.resourceVersion === undefined ? {} : { resourceVersion: map.metadata.resourceVersion }),
  };
}

function corefilesOf(map: ConfigMap): readonly CorefileView[] {
  return Object.keys(map.data ?? {})
    .sort()
    .map((key) => corefileView(map, key));
}

function namespaceViews(namespaces: readonly Namespace[], pods: readonly Pod[]): readonly NamespaceView[] {
  const views = new Map<string, PodView[]>(namespaces.map((namespace) => [namespace.metadata?.name ?? '', []]));
  for (const pod of pods) {
    const namespace = pod.metadata?.namespace ?? '';
    const list = views.get(namespace) ?? [];
    list.push(podView(pod));
    views.set(namespace, list);
  }
  return [...views].map(([name, list]) => ({ name, pods: list.sort(byName) })).sort(byName);
}

function podView(pod: Pod): PodView {
  const owner = (pod.metadata?.ownerReferences ?? []).find((reference) => reference.controller === true);
  return {
    namespace: pod.metadata?.namespace ?? '',
    name: pod.metadata?.name ?? '',
    phase: pod.metadata?.deletionTimestamp === undefined ? (pod.status?.phase ?? 'Unknown') : 'Terminating',
    ready: podReady(pod),
    ...(pod.spec?.nodeName === undefined ? {} : { node: pod.spec.nodeName }),
    addresses: podAddresses(pod),
    hostNetwork: pod.spec?.hostNetwork === true,
    ...(owner?.kind === undefined || owner.name === undefined ? {} : { owner: { kind: owner.kind, name: owner.name } }),
  };
}
