import { type ServerBlockModel, parseUpstream, readCorefile, upstreamsOf } from '../../core/corefile/model.ts';
import { nameChanges } from '../../core/corefile/nameChanges.ts';
import { isIncomplete, ownPlugins, rewrittenZones } from '../../core/corefile/ownPlugins.ts';
import { zonesOfArgument } from '../../core/corefile/serverKey.ts';
import {
  type Topology,
  type TopologyServerBlock,
  type TopologyUpstream,
  emptyTopology,
} from '../../core/topology/topology.ts';

/** The part of a topology that the Corefile tells. */
export type CorefileTopology = Pick<Topology, 'clusterDomain' | 'upstreams' | 'leavesServicesOut'> &
  Required<Pick<Topology, 'servers'>>;

const CHOICES: ReadonlySet<string> = new Set(['namespaces', 'labels', 'namespace_labels']);

const TRANSPORTS: ReadonlySet<string> = new Set<TopologyUpstream['transport']>([
  'dns',
  'tls',
  'https',
  'https3',
  'quic',
  'grpc',
]);

/** What CoreDNS forwards to, what its blocks serve, and the cluster's domain. Resolver files (`/etc/resolv.conf`) name no upstream here. */
export function corefileTopology(corefile: string | undefined): CorefileTopology {
  if (corefile === undefined) return { clusterDomain: emptyTopology.clusterDomain, upstreams: [], servers: [] };
  const model = readCorefile(corefile);
  // Reverse zones (in-addr.arpa, ip6.arpa) stand in the same list.
  const domain = model.blocks
    .flatMap((block) => block.kubernetesZones)
    .find((zone) => !zone.endsWith('.arpa.') && !zone.endsWith('.arpa'));
  const leavesOut = model.blocks.some(({ plugins }) =>
    plugins.get('kubernetes')?.some(({ options }) => options.some(({ name }) => CHOICES.has(name.text))),
  );
  return {
    ...(leavesOut ? { leavesServicesOut: true as const } : {}),
    clusterDomain: domain?.replace(/\.$/, '') ?? emptyTopology.clusterDomain,
    upstreams: [
      ...upstreamsOf(model).flatMap(({ from, to, line }) => {
        if ('file' in to || !isTransport(to.transport)) return [];
        return [{ address: to.address, port: to.port, transport: to.transport, zone: from, line }];
      }),
      ...model.blocks.flatMap(grpcUpstreams),
    ],
    servers: model.blocks.filter(({ node }) => node.keys.length > 0).map(serverBlock),
  };
}

function isTransport(text: string): text is TopologyUpstream['transport'] {
  return TRANSPORTS.has(text);
}

/** Of the plugin `grpc`, which is another `forward`. Its addresses are written without a transport. */
function grpcUpstreams({ plugins }: ServerBlockModel): readonly TopologyUpstream[] {
  return (plugins.get('grpc') ?? []).flatMap(({ args: [from, ...to] }) => {
    const [zone] = from === undefined ? [] : zonesOfArgument(from.text);
    if (zone === undefined) return [];
    return to.flatMap(({ text, line }) => {
      const target = parseUpstream(text);
      if ('file' in target) return [];
      return [{ address: target.address, port: target.port, transport: 'grpc' as const, zone, line }];
    });
  });
}

function mayFilter({ plugins }: ServerBlockModel): boolean {
  return (plugins.get('acl') ?? []).some(({ options }) => options.some(({ name }) => name.text === 'filter'));
}

function serverBlock(block: ServerBlockModel): TopologyServerBlock {
  const { node, keys, forwards, plugins, kubernetesZones } = block;
  const kubernetes = plugins.get('kubernetes')?.[0];
  const own = ownPlugins(block);
  const rewrites = rewrittenZones(block);
  const changes = nameChanges(block);
  const cache = plugins.get('cache')?.[0]?.name.line;
  return {
    line: node.keys[0]?.token.line ?? 1,
    label: node.keys.map(({ value, token }) => value ?? token.text).join(' '),
    keys: keys.flatMap(({ key }) => {
      const encrypted = key === undefined || key.transport === 'dns' ? {} : { encrypted: true as const };
      return (key?.zones ?? []).map((zone) => ({ zone, port: Number(key?.port), ...encrypted }));
    }),
    forwards: forwards.map(({ stanza, from, except, to }) => ({
      line: stanza.name.line,
      from,
      except,
      addresses: to.flatMap(({ target }) => ('address' in target ? [target.address] : [])),
      fromFile: to.some(({ target }) => 'file' in target),
    })),
    ...(kubernetes === undefined ? {} : { kubernetes: { line: kubernetes.name.line, zones: kubernetesZones } }),
    ...(own.length === 0 ? {} : { own }),
    ...(cache === undefined ? {} : { cache }),
    ...(rewrites.length === 0 ? {} : { rewrites }),
    ...(changes.length === 0 ? {} : { nameChanges: changes }),
    ...(plugins.has('view') ? { hasView: true as const } : {}),
    ...(mayFilter(block) ? { filters: true as const } : {}),
    ...(isIncomplete(block) ? { incomplete: true as const } : {}),
  };
}
