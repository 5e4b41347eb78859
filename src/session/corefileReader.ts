import { readCorefile, upstreamsOf } from '../core/corefile/model.ts';
import type { TopologyUpstream } from '../core/topology/topology.ts';
import type { CorefileReader } from './clusterModelTypes.ts';

const TRANSPORTS: ReadonlySet<string> = new Set<TopologyUpstream['transport']>([
  'dns',
  'tls',
  'https',
  'https3',
  'quic',
  'grpc',
]);

/** The Corefile as topology: what CoreDNS forwards to, and the cluster's domain. Resolver files (`/etc/resolv.conf`) name no address here. */
export const corefileReader: CorefileReader = {
  upstreamsOf: (corefile) =>
    upstreamsOf(readCorefile(corefile)).flatMap(({ from, to, line }) => {
      if ('file' in to || !isTransport(to.transport)) return [];
      return [{ address: to.address, port: to.port, transport: to.transport, zone: from, line }];
    }),
  clusterDomainOf: (corefile) => {
    const zones = readCorefile(corefile).blocks.flatMap((block) => block.kubernetesZones);
    // Reverse zones (in-addr.arpa, ip6.arpa) stand in the same list.
    return zones.find((zone) => !zone.endsWith('.arpa.') && !zone.endsWith('.arpa'))?.replace(/\.$/, '');
  },
};

function isTransport(text: string): text is TopologyUpstream['transport'] {
  return TRANSPORTS.has(text);
}
