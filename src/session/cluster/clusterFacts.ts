/**
 * The cluster as Corefile rules see it (core/corefile/clusterFacts.ts), from the objects that are watched anyway. One pass
 * over Services, slices and pods; nothing here waits, reads or fails. What cannot be seen stays out.
 */
import type {
  ClusterFacts,
  ConfigMapFact,
  ServiceFact,
  ServicePortFact,
  UnreachableUpstreamFact,
} from '../../core/corefile/clusterFacts.ts';
import type { ConfigMap, ContainerView, Node, Service } from '../../core/topology/kubeTypes.ts';
import {
  corefileText,
  isCoreDnsPod,
  NODE_LOCAL_MAP,
  podKey,
  type CoreDnsDiscovery,
  type DnsObjects,
} from './coreDns.ts';
import { type CoreDnsBuild, dnsServerFacts, resolvePort } from './dnsServerFacts.ts';
import { recognisePlatform } from './recognisePlatform.ts';
import { coveringRange } from './serviceRange.ts';

export interface ClusterFactsInput {
  readonly objects: DnsObjects & { readonly nodes: readonly Node[] };
  readonly discovery: CoreDnsDiscovery | undefined;
  /** True when a kind is seen in every namespace: only then a count or an absence means something. */
  readonly sees: { readonly pods: boolean; readonly services: boolean; readonly endpoints: boolean };
  readonly observed?: ObservedFacts | undefined;
}

/** What no object tells: read from running containers, or seen in a trace. */
export interface ObservedFacts {
  readonly coreDnsBuild?: CoreDnsBuild | undefined;
  readonly nodeLocalBuild?: CoreDnsBuild | undefined;
  readonly unreachableUpstreams?: readonly UnreachableUpstreamFact[] | undefined;
}

export function clusterFactsOf(input: ClusterFactsInput): ClusterFacts {
  const { objects, discovery, sees, observed } = input;
  const unreachableUpstreams = observed?.unreachableUpstreams;
  const namespace = discovery?.namespace;
  const here = objects.configMaps.filter((map) => map.metadata?.namespace === namespace);
  const platform = recognisePlatform(objects.nodes, discovery?.pods ?? [], objects.configMaps);
  const clusterDomain = kubeletDomain(objects.configMaps) ?? (platform?.name === 'aks' ? 'cluster.local' : undefined);
  const dnsServiceAddresses = discovery?.service === undefined ? [] : addressesOf(discovery.service);
  const nodeLocalMap = objects.configMaps.find((map) => map.metadata?.name === NODE_LOCAL_MAP);
  const coreDns =
    discovery?.isCoreDns !== true
      ? undefined
      : dnsServerFacts({
          spec: discovery.deployment?.spec?.template?.spec ?? discovery.pods[0]?.spec,
          pods: discovery.pods,
          container: (container) => isCoreDnsPod({ spec: { containers: [container] } }),
          build: observed?.coreDnsBuild,
          corefile: corefileText(discovery.main),
          replicas: discovery.deployment?.spec?.replicas,
          dnsServiceAddresses,
        });
  const nodeLocal = dnsServerFacts({
    spec: discovery?.nodeLocalPods[0]?.spec,
    pods: discovery?.nodeLocalPods ?? [],
    container: isNodeCache,
    build: observed?.nodeLocalBuild,
    corefile: nodeLocalMap?.data?.['Corefile'],
    dnsServiceAddresses,
  });
  const services = sees.services ? serviceFacts(objects, sees.endpoints) : undefined;
  const ranges = serviceRanges(objects.configMaps, services ?? []);
  return {
    ...(platform === undefined ? {} : { platform }),
    ...(clusterDomain === undefined ? {} : { clusterDomain }),
    ...(discovery?.service === undefined
      ? {}
      : { dnsServiceAddresses, dnsServicePorts: servicePorts(discovery.service, discovery) }),
    ...(coreDns === undefined ? {} : { coreDns }),
    ...(nodeLocal === undefined ? {} : { nodeLocal }),
    ...(sees.pods ? { podCount: objects.pods.length } : {}),
    ...(services === undefined ? {} : { serviceCount: services.length, services }),
    ...(ranges.length === 0 ? {} : { serviceRanges: ranges }),
    ...(unreachableUpstreams === undefined ? {} : { unreachableUpstreams }),
    configMaps: here.filter((map) => isAboutDns(map, discovery)).map(configMapFact),
  };
}

const isNodeCache = ({ image }: ContainerView): boolean => /node-?(local-?)?(dns-?)?cache/iu.test(image ?? '');

function isAboutDns(map: ConfigMap, discovery: CoreDnsDiscovery | undefined): boolean {
  const { name = '' } = map.metadata ?? {};
  return map === discovery?.main?.map || map === discovery?.customConfigMap || /^(coredns|node-local-dns)/u.test(name);
}

function configMapFact(map: ConfigMap): ConfigMapFact {
  const { namespace = '', name = '', labels = {} } = map.metadata ?? {};
  return { namespace, name, labels, keys: Object.keys(map.data ?? {}).sort() };
}

/** The kubelet's cluster domain as kubeadm writes it down: `kubelet-config` (older: with the release behind), else `kubeadm-config`. */
function kubeletDomain(configMaps: readonly ConfigMap[]): string | undefined {
  return (
    lineOf(configMaps, /^kubelet-config(-1\.\d+)?$/u, /^clusterDomain:[ \t]*"?([a-z0-9.-]{1,253})"?[ \t]*$/mu) ??
    lineOf(configMaps, /^kubeadm-config$/u, /^[ \t]+dnsDomain:[ \t]*"?([a-z0-9.-]{1,253})"?[ \t]*$/mu)
  );
}

function lineOf(configMaps: readonly ConfigMap[], name: RegExp, line: RegExp): string | undefined {
  for (const { metadata, data } of configMaps) {
    if (metadata?.namespace !== 'kube-system' || !name.test(metadata.name ?? '')) continue;
    for (const text of Object.values(data ?? {})) {
      const found = line.exec(text)?.[1];
      if (found !== undefined) return found;
    }
  }
  return undefined;
}

function serviceRanges(configMaps: readonly ConfigMap[], services: readonly ServiceFact[]): readonly string[] {
  const told = lineOf(configMaps, /^kubeadm-config$/u, /^[ \t]+serviceSubnet:[ \t]*"?([0-9a-f.:/,]{1,100})"?[ \t]*$/mu);
  if (told !== undefined) return told.split(',');
  const range = coveringRange(services.flatMap(({ addresses }) => addresses));
  return range === undefined ? [] : [range];
}

function addressesOf(service: Service): readonly string[] {
  const { clusterIPs, clusterIP } = service.spec ?? {};
  return (clusterIPs ?? [clusterIP ?? '']).filter((address) => address !== '' && address !== 'None');
}

function servicePorts(service: Service, discovery: CoreDnsDiscovery): readonly ServicePortFact[] {
  const spec = discovery.deployment?.spec?.template?.spec ?? discovery.pods[0]?.spec;
  const containers = spec?.containers ?? [];
  return (service.spec?.ports ?? []).flatMap(({ port, protocol = 'TCP', targetPort }) => {
    if (port === undefined) return [];
    const holder = containers.find(({ ports = [] }) => ports.some(({ name }) => name === targetPort));
    const target = resolvePort(targetPort ?? port, holder);
    return [{ port, protocol, ...(target === undefined ? {} : { targetPort: target }) }];
  });
}

function serviceFacts(objects: DnsObjects, seesEndpoints: boolean): readonly ServiceFact[] {
  const ready = new Map<string, number>();
  for (const { metadata, endpoints = [] } of objects.endpointSlices) {
    const key = podKey(metadata?.namespace, metadata?.labels?.['kubernetes.io/service-name']);
    const count = endpoints.filter((endpoint) => endpoint.conditions?.ready !== false).length;
    ready.set(key, (ready.get(key) ?? 0) + count);
  }
  return objects.services.map((service) => {
    const { namespace = '', name = '' } = service.metadata ?? {};
    const addresses = addressesOf(service);
    return {
      namespace,
      name,
      addresses,
      ...(seesEndpoints ? { readyEndpoints: ready.get(podKey(namespace, name)) ?? 0 } : {}),
    };
  });
}
