/**
 * What a saved capture carries beside its packets, as pcapng comments, so that it reopens with its names and roles and
 * still opens in Wireshark: `dnscope:vantage:{…}` on an interface, `dnscope:topology:{…}` on the section.
 * A file may come from anywhere: what does not fit the shapes below is ignored, never trusted.
 */
import type {
  Topology,
  TopologyNode,
  TopologyPod,
  TopologyService,
  TopologyUpstream,
} from '../core/topology/topology.ts';
import type { Vantage, VantageRole } from '../core/trace/vantage.ts';

const VANTAGE_MARK = 'dnscope:vantage:';
const TOPOLOGY_MARK = 'dnscope:topology:';
/** A pcapng option holds at most 65,535 bytes; names are ASCII in Kubernetes, so characters are close enough to bytes. */
export const LONGEST_COMMENT = 60_000;

type Json = Readonly<Record<string, unknown>>;

export function vantageComment(vantage: Vantage): string {
  return VANTAGE_MARK + JSON.stringify(vantage);
}

/** The topology of the addresses in `seen`, cut to what fits one comment. */
export function topologyComment(topology: Topology, seen: ReadonlySet<string>): string {
  const known = (addresses: readonly string[]): boolean => addresses.some((address) => seen.has(address));
  let pods = topology.pods.filter((pod) => pod.role !== 'workload' || known(pod.addresses));
  const slim = {
    clusterDomain: topology.clusterDomain,
    services: topology.services.filter((service) => service.isDns || known(service.addresses)),
    nodes: topology.nodes.slice(0, 50),
    upstreams: topology.upstreams,
  };
  for (;;) {
    const text = TOPOLOGY_MARK + JSON.stringify({ ...slim, pods });
    if (text.length <= LONGEST_COMMENT) return text;
    if (pods.length === 0) return TOPOLOGY_MARK + JSON.stringify({ ...slim, services: [], nodes: [], pods });
    pods = pods.slice(0, Math.floor(pods.length / 2));
  }
}

export function parseVantageComment(comments: readonly string[] | undefined): Vantage | undefined {
  const value = findMarked(comments, VANTAGE_MARK);
  if (value === undefined || typeof value['name'] !== 'string' || !isRole(value['role'])) return undefined;
  return {
    name: value['name'].slice(0, 512),
    role: value['role'],
    ...optionalText(value, 'namespace'),
    ...optionalText(value, 'pod'),
    ...optionalText(value, 'node'),
    addresses: texts(value['addresses']),
  };
}

export function parseTopologyComment(comments: readonly string[] | undefined): Topology | undefined {
  const value = findMarked(comments, TOPOLOGY_MARK);
  if (value === undefined) return undefined;
  return {
    clusterDomain: text(value['clusterDomain']) ?? 'cluster.local',
    pods: records(value['pods']).map(podOf),
    services: records(value['services']).map(serviceOf),
    nodes: records(value['nodes']).map((node): TopologyNode => ({
      name: text(node['name']) ?? '',
      addresses: texts(node['addresses']),
    })),
    upstreams: records(value['upstreams']).flatMap(upstreamOf),
  };
}

function podOf(value: Json): TopologyPod {
  const role = value['role'];
  return {
    namespace: text(value['namespace']) ?? '',
    name: text(value['name']) ?? '',
    ...optionalText(value, 'node'),
    addresses: texts(value['addresses']),
    role: role === 'coredns' || role === 'nodelocal' ? role : 'workload',
    hostNetwork: value['hostNetwork'] === true,
    ready: value['ready'] === true,
  };
}

function serviceOf(value: Json): TopologyService {
  return {
    namespace: text(value['namespace']) ?? '',
    name: text(value['name']) ?? '',
    addresses: texts(value['addresses']),
    isDns: value['isDns'] === true,
    endpoints: texts(value['endpoints']),
  };
}

const TRANSPORTS: readonly TopologyUpstream['transport'][] = ['dns', 'tls', 'https', 'https3', 'quic', 'grpc'];

function upstreamOf(value: Json): readonly TopologyUpstream[] {
  const address = text(value['address']);
  const transport = TRANSPORTS.find((known) => known === value['transport']);
  const port = value['port'];
  if (address === undefined || transport === undefined || typeof port !== 'number' || !Number.isInteger(port))
    return [];
  return [{ address, port, transport, zone: text(value['zone']) ?? '.' }];
}

function findMarked(comments: readonly string[] | undefined, mark: string): Json | undefined {
  const comment = comments?.find((candidate) => candidate.startsWith(mark));
  if (comment === undefined || comment.length > 2 * LONGEST_COMMENT) return undefined;
  try {
    const value: unknown = JSON.parse(comment.slice(mark.length));
    return isRecord(value) ? value : undefined;
  } catch {
    return undefined;
  }
}

function isRole(value: unknown): value is VantageRole {
  return value === 'client' || value === 'coredns' || value === 'nodelocal' || value === 'node' || value === 'unknown';
}

function isRecord(value: unknown): value is Json {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function records(value: unknown): readonly Json[] {
  return Array.isArray(value) ? value.filter(isRecord).slice(0, 20_000) : [];
}

function text(value: unknown): string | undefined {
  return typeof value === 'string' ? value.slice(0, 512) : undefined;
}

function texts(value: unknown): readonly string[] {
  return Array.isArray(value) ? value.flatMap((item) => text(item) ?? []).slice(0, 1000) : [];
}

function optionalText<K extends string>(value: Json, key: K): Partial<Record<K, string>> {
  const found = text(value[key]);
  return found === undefined ? {} : ({ [key]: found } as Partial<Record<K, string>>);
}
