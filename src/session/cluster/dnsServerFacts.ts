import type { DnsServerFacts, EnvironmentFact, MountFact, ProbeFact } from '../../core/corefile/clusterFacts.ts';
import type { ConfigMapSource, ContainerView, Pod, PortReference, ProbeView } from '../../core/topology/kubeTypes.ts';
import { isVersion } from '../../core/corefile/pluginCatalogue.ts';
import { podAddresses } from './coreDns.ts';
import { quantityBytes } from '../quantity.ts';

/** What a running CoreDNS tells of itself: its metrics `coredns_build_info` and `coredns_plugin_enabled` (coreDnsObserver.ts). */
export interface CoreDnsBuild {
  readonly version?: string;
  readonly enabledPlugins?: readonly string[];
}

export interface DnsServerSource {
  /** What new pods get: the Deployment's template, or a pod's own spec. */
  readonly spec: Pod['spec'];
  readonly pods: readonly Pod[];
  readonly container: (container: ContainerView) => boolean;
  readonly build?: CoreDnsBuild | undefined;
  readonly corefile?: string | undefined;
  readonly replicas?: number | undefined;
  /** Addresses of the cluster's DNS Service: what pods with the usual DNS policy ask. */
  readonly dnsServiceAddresses: readonly string[];
}

/** The facts of the container that runs CoreDNS or node-cache. */
export function dnsServerFacts(source: DnsServerSource): DnsServerFacts | undefined {
  const { spec, pods, build, corefile, replicas } = source;
  const container = spec?.containers?.find(source.container) ?? spec?.containers?.[0];
  if (spec === undefined || container === undefined) return undefined;
  const version = build?.version ?? versionOfImage(container.image);
  const limit = container.resources?.limits?.['memory'];
  const memoryLimitBytes = limit === undefined ? undefined : quantityBytes(limit);
  const liveness = probe(container.livenessProbe, container);
  const readiness = probe(container.readinessProbe, container);
  const corefilePath = flag(container, 'conf');
  const localIps = flag(container, 'localip');
  const resolvers = resolversOf(spec, source.dnsServiceAddresses);
  const hostNetwork = spec.hostNetwork === true;
  return {
    ...(container.image === undefined ? {} : { image: container.image }),
    ...(version === undefined ? {} : { version }),
    ...(build?.enabledPlugins === undefined ? {} : { enabledPlugins: build.enabledPlugins }),
    ...(corefile === undefined ? {} : { corefile }),
    ...(corefilePath === undefined ? {} : { corefilePath }),
    containerPorts: (container.ports ?? []).flatMap(({ name, containerPort, protocol = 'TCP' }) =>
      containerPort === undefined ? [] : [{ ...(name === undefined ? {} : { name }), port: containerPort, protocol }],
    ),
    ...(liveness === undefined ? {} : { liveness }),
    ...(readiness === undefined ? {} : { readiness }),
    ...(memoryLimitBytes === undefined ? {} : { memoryLimitBytes }),
    environment: environmentOf(container),
    mounts: mountsOf(spec, container),
    ...(spec.terminationGracePeriodSeconds === undefined
      ? {}
      : { terminationGracePeriodSeconds: spec.terminationGracePeriodSeconds }),
    hostNetwork,
    addresses: hostNetwork ? [] : pods.flatMap(podAddresses),
    replicas: replicas ?? pods.length,
    ...(localIps === undefined ? {} : { bindAddresses: localIps.split(',').map((text) => text.trim()) }),
    ...(resolvers === undefined ? {} : { resolvers }),
  };
}

/** A port as a number; a name is looked up among the container's ports. */
export function resolvePort(port: PortReference | undefined, container: ContainerView | undefined): number | undefined {
  if (typeof port === 'number') return port;
  if (port === undefined) return undefined;
  return container?.ports?.find(({ name }) => name === port)?.containerPort;
}

function probe(view: ProbeView | undefined, container: ContainerView): ProbeFact | undefined {
  const get = view?.httpGet;
  if (get === undefined) return undefined;
  const port = resolvePort(get.port, container);
  return {
    path: get.path ?? '/',
    ...(port === undefined ? {} : { port }),
    ...(get.host === undefined || get.host === '' ? {} : { host: get.host }),
  };
}

/** `registry.example/coredns:v1.11.3`, also with a digest behind it; builds such as `v1.11.1-eksbuild.4` keep the release only. */
export function versionOfImage(image: string | undefined): string | undefined {
  const path = (image ?? '').replace(/@.*$/u, '');
  const tag = /:([^:/]+)$/u.exec(path)?.[1];
  // node-cache is numbered by kubernetes/dns, not by the CoreDNS inside.
  if (tag === undefined || !isVersion(tag) || !/coredns[^/]*$/iu.test(path)) return undefined;
  return /^v?(\d+\.\d+\.\d+)/u.exec(tag)?.[1];
}

/** The value of a flag in Go's notation: `-name value`, `-name=value`, one dash or two. */
function flag({ command = [], args = [] }: ContainerView, name: string): string | undefined {
  const words = [...command, ...args];
  for (const [index, word] of words.entries()) {
    if (word === `-${name}` || word === `--${name}`) return words[index + 1];
    for (const prefix of [`-${name}=`, `--${name}=`]) if (word.startsWith(prefix)) return word.slice(prefix.length);
  }
  return undefined;
}

function environmentOf({ env = [], envFrom = [] }: ContainerView): EnvironmentFact {
  const values: Record<string, string> = {};
  const unknown: string[] = [];
  for (const { name, value, valueFrom } of env) {
    if (name === undefined) continue;
    // `$(NAME)` is replaced by the kubelet.
    if (valueFrom !== undefined || value?.includes('$(') === true) unknown.push(name);
    else Object.defineProperty(values, name, { value: value ?? '', enumerable: true, configurable: true });
  }
  return { values, unknown, complete: envFrom.length === 0 };
}

function mountsOf(spec: NonNullable<Pod['spec']>, { volumeMounts = [] }: ContainerView): readonly MountFact[] {
  return volumeMounts.flatMap(({ name, mountPath }): readonly MountFact[] => {
    if (mountPath === undefined) return [];
    const volume = spec.volumes?.find((one) => one.name === name);
    const projected = (volume?.projected?.sources ?? []).flatMap(({ configMap }) =>
      configMap === undefined ? [] : [configMap],
    );
    const sources = volume?.configMap === undefined ? projected : [volume.configMap];
    return sources.length === 0 ? [{ path: mountPath }] : sources.map((source) => mountOf(mountPath, source));
  });
}

function mountOf(path: string, { name, optional, items }: ConfigMapSource & { readonly name?: string }): MountFact {
  return {
    path,
    ...(name === undefined ? {} : { configMap: name }),
    ...(optional === undefined ? {} : { optional }),
    ...(items === undefined ? {} : { keys: items.flatMap(({ key }) => (key === undefined ? [] : [key])) }),
  };
}

/** The servers the kubelet writes into resolv.conf; `undefined` where they are the node's own. */
function resolversOf(
  { dnsPolicy = 'ClusterFirst', dnsConfig, hostNetwork }: NonNullable<Pod['spec']>,
  cluster: readonly string[],
): readonly string[] | undefined {
  const own = dnsConfig?.nameservers ?? [];
  if (dnsPolicy === 'None') return own;
  const first = dnsPolicy === 'ClusterFirstWithHostNet' || (dnsPolicy === 'ClusterFirst' && hostNetwork !== true);
  return first && cluster.length > 0 ? [...cluster, ...own] : undefined;
}
