/**
 * The ports on which DNS of this cluster is spoken: 53, where the endpoints of the DNS Service listen, where the Corefile's server
 * blocks listen, and where it forwards to.
 * Why not 443: an encrypted upstream there can't be told from all other HTTPS, the API server's above all.
 */
import { DNS_PORT, HTTPS_PORT } from '../../core/dns/ports.ts';
import type { DnsObjects, CoreDnsDiscovery } from '../cluster/coreDns.ts';
import { corefileText, slicesOf } from '../cluster/coreDns.ts';
import { corefileTopology } from '../cluster/corefileTopology.ts';
import { MOST_CAPTURE_PORTS } from './traceTypes.ts';

export function capturePorts(objects?: DnsObjects, discovery?: CoreDnsDiscovery): readonly number[] {
  const { servers, upstreams } = corefileTopology(corefileText(discovery?.main));
  const ports = [
    DNS_PORT,
    ...(objects === undefined ? [] : endpointPorts(objects, discovery)),
    ...servers.flatMap(({ keys }) => keys.map(({ port }) => port)),
    ...upstreams.map(({ port }) => port),
  ];
  const usable = ports.filter((port) => Number.isInteger(port) && port > 0 && port <= 65_535 && port !== HTTPS_PORT);
  return [...new Set(usable)].slice(0, MOST_CAPTURE_PORTS);
}

/** A Service's port 53 is another one in the pods of some platforms; slices name it as the Service does. */
function endpointPorts({ endpointSlices }: DnsObjects, discovery: CoreDnsDiscovery | undefined): readonly number[] {
  const service = discovery?.service;
  if (service === undefined) return [];
  const dns = (service.spec?.ports ?? []).filter(({ port }) => port === DNS_PORT);
  const names = new Set(dns.map(({ name }) => name ?? ''));
  return slicesOf(service, endpointSlices)
    .flatMap((slice) => slice.ports ?? [])
    .flatMap(({ name, port }) => (names.has(name ?? '') && port !== undefined ? [port] : []));
}
