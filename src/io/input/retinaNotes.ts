/**
 * What the text files beside a Retina capture tell of the cluster: the node's own addresses (`ip -d -j addr show`, first in
 * ip-resources.txt) and the Services that kube-proxy's rules name, with their addresses and the endpoints behind them (`iptables-save`,
 * first in iptables-rules.txt). Both are other programs' output, and hostile: what is not as expected is passed over.
 */
import type { Topology, TopologyNode, TopologyService } from '../../core/topology/topology.ts';

export interface Note {
  /** Base name of the file. */
  readonly name: string;
  /** Node that the captures beside it were taken on, when their names say so. */
  readonly node: string | undefined;
  readonly text: string;
}

const MOST_RULES = 200_000;
const MOST_ADDRESSES = 1000;
const ADDRESS = /^[0-9a-f.:]{2,45}$/iu;
/** `-A KUBE-SERVICES -d 10.96.0.10/32 -p udp -m comment --comment "kube-system/kube-dns:dns cluster IP" -m udp --dport 53 -j …` */
const CLUSTER_IP =
  /^-A KUBE-SERVICES -d ([0-9a-f.:]+)\/\d+ .*--comment "([^\s"/]{1,253})\/([^\s":]{1,253})(?::[^\s"]+)? cluster IP".* --dport (\d+) /iu;
/** `-A KUBE-SEP-… -p udp -m comment --comment "kube-system/kube-dns:dns" -m udp -j DNAT --to-destination 10.244.0.5:53` */
const ENDPOINT =
  /^-A KUBE-SEP-.*--comment "([^\s"/]{1,253})\/([^\s":]{1,253})(?::[^\s"]+)?".*--to-destination \[?([0-9a-f.:]+?)\]?:\d+/iu;

export function topologyFromNotes(notes: readonly Note[], base: Topology): Topology {
  const services = new Map<string, ServiceFacts>();
  const nodes: TopologyNode[] = [];
  for (const { name, node, text } of notes) {
    if (name === 'iptables-rules.txt') readRules(text, services);
    else if (node !== undefined) nodes.push({ name: node, addresses: interfaceAddresses(text) });
  }
  return {
    ...base,
    services: [...base.services, ...[...services.values()].map(serviceOf)],
    nodes: [...base.nodes, ...nodes],
  };
}

interface ServiceFacts {
  readonly namespace: string;
  readonly name: string;
  readonly addresses: Set<string>;
  readonly endpoints: Set<string>;
  isDns: boolean;
}

function readRules(text: string, services: Map<string, ServiceFacts>): void {
  const of = (namespace: string, name: string): ServiceFacts => {
    const key = `${namespace}/${name}`;
    let facts = services.get(key);
    if (facts === undefined) {
      facts = { namespace, name, addresses: new Set(), endpoints: new Set(), isDns: false };
      services.set(key, facts);
    }
    return facts;
  };
  for (const line of text.split('\n', MOST_RULES)) {
    if (!line.startsWith('-A KUBE-S')) continue;
    const [, address, namespace, name, port] = CLUSTER_IP.exec(line) ?? [];
    if (address !== undefined) {
      const facts = of(namespace!, name!);
      facts.addresses.add(address);
      facts.isDns ||= port === '53' && namespace === 'kube-system';
      continue;
    }
    const [, ownNamespace, ownName, endpoint] = ENDPOINT.exec(line) ?? [];
    if (endpoint !== undefined) of(ownNamespace!, ownName!).endpoints.add(endpoint);
  }
}

function serviceOf({ addresses, endpoints, ...rest }: ServiceFacts): TopologyService {
  return { ...rest, addresses: [...addresses], endpoints: [...endpoints] };
}

/** Of all interfaces but loopback, pods' and bridges' link-local addresses left out. */
function interfaceAddresses(text: string): readonly string[] {
  const line = text.split('\n').find((one) => one.startsWith('[{'));
  const addresses: string[] = [];
  for (const one of records(line)) {
    for (const info of records(one['addr_info'])) {
      const { local, scope } = info;
      if (typeof local === 'string' && ADDRESS.test(local) && scope === 'global') addresses.push(local);
    }
  }
  return [...new Set(addresses)].slice(0, MOST_ADDRESSES);
}

/** The objects of an array, given as a value or as its JSON text. */
function records(value: unknown): readonly Readonly<Record<string, unknown>>[] {
  let parsed = value;
  if (typeof value === 'string') {
    try {
      parsed = JSON.parse(value);
    } catch {
      return [];
    }
  }
  return Array.isArray(parsed)
    ? parsed.filter((one): one is Record<string, unknown> => typeof one === 'object' && one !== null)
    : [];
}
