/**
 * Finds the cluster's DNS: its Service, the pods behind it, their Deployment and Corefile. From the objects alone, so
 * that it works for kubeadm, RKE2, k3s, OpenShift and others, whose names differ: Service by name or label first, then its
 * EndpointSlices, then labels, then the image. Nothing here waits or fails; what cannot be found is absent.
 */
import { mainKeysOf, type Workload, workloadsOf } from '../../core/corefile/manifest/mounts.ts';
import { DNS_PORT } from '../../core/dns/ports.ts';
import type {
  ConfigMap,
  ContainerView,
  Deployment,
  EndpointSlice,
  Pod,
  Service,
} from '../../core/topology/kubeTypes.ts';

export interface DnsObjects {
  readonly pods: readonly Pod[];
  readonly services: readonly Service[];
  readonly endpointSlices: readonly EndpointSlice[];
  readonly deployments: readonly Deployment[];
  readonly configMaps: readonly ConfigMap[];
}

export interface CoreDnsDiscovery {
  readonly namespace: string;
  readonly service?: Service;
  readonly pods: readonly Pod[];
  /** The pods run an image named coredns. False for kube-dns (dnsmasq) and unknown servers. */
  readonly isCoreDns: boolean;
  readonly nodeLocalPods: readonly Pod[];
  readonly deployment?: Deployment;
  /** The Corefile that the pods start with. */
  readonly main?: MainCorefile;
  /** The `-custom` ConfigMap where the platform has it. */
  readonly customConfigMap?: ConfigMap;
}

/** One key of one ConfigMap, which is there. */
export interface MainCorefile {
  readonly map: ConfigMap;
  readonly key: string;
}

export const NODE_LOCAL_MAP = 'node-local-dns';

/** Where cluster DNS lives on the platforms we know; the first with a DNS Service wins. */
export const DNS_NAMESPACES: readonly string[] = ['kube-system', 'openshift-dns', 'coredns'];
const SERVICE_NAMES: readonly string[] = ['kube-dns', 'coredns', 'rke2-coredns-rke2-coredns', 'dns-default'];
const COREDNS_IMAGE = /(^|[/_-])coredns([:@/_-]|$)/i;

export const podKey = (namespace: string | undefined, name: string | undefined): string =>
  `${namespace ?? ''}/${name ?? ''}`;

export function isCoreDnsPod(pod: Pod): boolean {
  return (pod.spec?.containers ?? []).some((container) => COREDNS_IMAGE.test(container.image ?? ''));
}

/** The container that runs CoreDNS: by name, then by image, then the first. */
export function coreDnsContainer(spec: Pod['spec']): ContainerView | undefined {
  const containers = spec?.containers ?? [];
  return (
    containers.find(({ name }) => name === 'coredns') ??
    containers.find(({ image }) => COREDNS_IMAGE.test(image ?? '')) ??
    containers[0]
  );
}

export function isNodeLocalPod(pod: Pod): boolean {
  return pod.metadata?.labels?.['k8s-app'] === 'node-local-dns';
}

export function matchesLabels(
  labels: Readonly<Record<string, string>> | undefined,
  selector: Readonly<Record<string, string>> | undefined,
): boolean {
  const entries = Object.entries(selector ?? {});
  return entries.length > 0 && entries.every(([key, value]) => labels?.[key] === value);
}

/** Lower is better; `undefined` is no DNS Service. */
function serviceRank(service: Service): number | undefined {
  const { name, namespace, labels } = service.metadata ?? {};
  const place = DNS_NAMESPACES.indexOf(namespace ?? '');
  if (place < 0 || !(service.spec?.ports ?? []).some((port) => port.port === DNS_PORT)) return undefined;
  const known = SERVICE_NAMES.indexOf(name ?? '');
  if (known >= 0) return place * 10 + known;
  return labels?.['k8s-app'] === 'kube-dns' ? place * 10 + 8 : undefined;
}

export function findDnsService(services: readonly Service[]): Service | undefined {
  let best: Service | undefined;
  let bestRank = Infinity;
  for (const service of services) {
    const rank = serviceRank(service);
    if (rank !== undefined && rank < bestRank) {
      best = service;
      bestRank = rank;
    }
  }
  return best;
}

/** Slices of one Service, by the label that the endpoint slice controller sets. */
export function slicesOf(service: Service, slices: readonly EndpointSlice[]): readonly EndpointSlice[] {
  const { name, namespace } = service.metadata ?? {};
  return slices.filter(
    (slice) =>
      slice.metadata?.namespace === namespace && slice.metadata?.labels?.['kubernetes.io/service-name'] === name,
  );
}

function dnsPods(objects: DnsObjects, service: Service | undefined, namespace: string): readonly Pod[] {
  const candidates = objects.pods.filter((pod) => pod.metadata?.namespace === namespace && !isNodeLocalPod(pod));
  if (service !== undefined) {
    const named = new Set(
      slicesOf(service, objects.endpointSlices)
        .flatMap((slice) => slice.endpoints ?? [])
        .filter((endpoint) => endpoint.targetRef?.kind === 'Pod')
        .map((endpoint) => podKey(endpoint.targetRef?.namespace ?? namespace, endpoint.targetRef?.name)),
    );
    const behind = candidates.filter(
      (pod) =>
        named.has(podKey(pod.metadata?.namespace, pod.metadata?.name)) ||
        matchesLabels(pod.metadata?.labels, service.spec?.selector),
    );
    if (behind.length > 0) return behind;
  }
  const labelled = candidates.filter((pod) => pod.metadata?.labels?.['k8s-app'] === 'kube-dns');
  return labelled.length > 0 ? labelled : candidates.filter(isCoreDnsPod);
}

export function discoverCoreDns(objects: DnsObjects): CoreDnsDiscovery | undefined {
  const service = findDnsService(objects.services);
  const namespace = service?.metadata?.namespace ?? objects.pods.find((pod) => isCoreDnsPod(pod))?.metadata?.namespace;
  if (namespace === undefined) return undefined;
  const pods = dnsPods(objects, service, namespace);
  const first = pods[0];
  const deployment =
    first === undefined
      ? objects.deployments.find(
          (one) => one.metadata?.namespace === namespace && one.metadata?.labels?.['k8s-app'] === 'kube-dns',
        )
      : objects.deployments.find(
          (one) =>
            one.metadata?.namespace === namespace &&
            matchesLabels(first.metadata?.labels, one.spec?.selector?.matchLabels),
        );
  const here = objects.configMaps.filter((map) => map.metadata?.namespace === namespace);
  const main = mountedCorefile(here, coreDnsWorkload(deployment?.spec?.template?.spec ?? first?.spec, namespace));
  const customConfigMap = here.find(isCustom);
  return {
    namespace,
    pods,
    isCoreDns: pods.some(isCoreDnsPod),
    nodeLocalPods: objects.pods.filter(isNodeLocalPod),
    ...(service === undefined ? {} : { service }),
    ...(deployment === undefined ? {} : { deployment }),
    ...(main === undefined ? {} : { main }),
    ...(customConfigMap === undefined ? {} : { customConfigMap }),
  };
}

const isCustom = (map: ConfigMap): boolean => map.metadata?.name === 'coredns-custom';

/** The main Corefile: of the DNS that was found, or, where nothing but ConfigMaps may be read, the one that its name speaks for. */
export function mainCorefile(
  discovery: CoreDnsDiscovery | undefined,
  configMaps: readonly ConfigMap[],
): MainCorefile | undefined {
  return discovery === undefined ? corefileByName(configMaps) : discovery.main;
}

export const corefileText = (main: MainCorefile | undefined): string | undefined => main?.map.data?.[main.key];

/** What CoreDNS's container mounts; `undefined` where no spec says so. */
export function coreDnsWorkload(spec: Pod['spec'], namespace: string): Workload | undefined {
  const container = coreDnsContainer(spec);
  if (container?.volumeMounts === undefined) return undefined;
  const [workload] = workloadsOf({ ...spec, containers: [container] }, namespace);
  return workload ?? { namespace, corefile: '', mounts: [] };
}

function mountedCorefile(maps: readonly ConfigMap[], workload: Workload | undefined): MainCorefile | undefined {
  if (workload === undefined) return corefileByName(maps);
  const mapOf = (name: string): ConfigMap | undefined => maps.find(({ metadata }) => metadata?.name === name);
  const found = mainKeysOf(workload).flatMap(({ configMap, key }) => {
    const map = mapOf(configMap);
    return map?.data?.[key] === undefined ? [] : [{ map, key }];
  });
  // A mount inside another one hides what stands there.
  const mounted = found.at(-1);
  // No path in the arguments, or one that the kubelet fills in: a script of the image may name it.
  if (mounted !== undefined || !['', '/Corefile'].includes(workload.corefile)) return mounted;
  return corefileByName(
    maps.filter(({ metadata }) => workload.mounts.some(({ configMap }) => configMap === metadata?.name)),
  );
}

function corefileByName(maps: readonly ConfigMap[]): MainCorefile | undefined {
  const key = 'Corefile';
  const able = maps.filter(
    (map) => map.data?.[key] !== undefined && !isCustom(map) && map.metadata?.name !== NODE_LOCAL_MAP,
  );
  const map = able.find(({ metadata }) => metadata?.name === 'coredns') ?? able[0];
  return map === undefined ? undefined : { map, key };
}

export function podReady(pod: Pod): boolean {
  return (pod.status?.conditions ?? []).some((condition) => condition.type === 'Ready' && condition.status === 'True');
}

export const podRunning = (pod: Pod): boolean =>
  pod.status?.phase === 'Running' && pod.metadata?.deletionTimestamp === undefined;

export function podAddresses(pod: Pod): readonly string[] {
  const many = (pod.status?.podIPs ?? [])
    .map((entry) => entry.ip)
    .filter((ip): ip is string => ip !== undefined && ip !== '');
  if (many.length > 0) return many;
  const one = pod.status?.podIP;
  return one === undefined || one === '' ? [] : [one];
}
