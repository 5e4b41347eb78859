/**
 * A topology whose IPv6 addresses are written as packets' are (RFC 5952): the API takes other ways of writing them, and addresses are compared as texts.
 * Cost: a look at each address; only those that may be written otherwise are read.
 */
import { parseIp } from '../corefile/ipAddress.ts';
import { addressText } from '../packet/address.ts';
import type { Topology } from './topology.ts';

/** Capital letters, or a group that begins with zero. */
const MAYBE_OTHERWISE = /[A-F]|(?:^|:)0|\./u;

export function canonicalTopology(topology: Topology): Topology {
  const { pods, services, nodes } = topology;
  const all = [...pods, ...services, ...nodes].flatMap(({ addresses }) => addresses);
  for (const { endpoints, unready = [] } of services) all.push(...endpoints, ...unready);
  if (all.every((address) => canonicalAddress(address) === address)) return topology;
  return {
    ...topology,
    pods: pods.map((pod) => ({ ...pod, addresses: pod.addresses.map(canonicalAddress) })),
    services: services.map((service) => ({
      ...service,
      addresses: service.addresses.map(canonicalAddress),
      endpoints: service.endpoints.map(canonicalAddress),
      ...(service.unready === undefined ? {} : { unready: service.unready.map(canonicalAddress) }),
    })),
    nodes: nodes.map((node) => ({ ...node, addresses: node.addresses.map(canonicalAddress) })),
  };
}

function canonicalAddress(text: string): string {
  if (!text.includes(':') || !MAYBE_OTHERWISE.test(text)) return text;
  const ip = parseIp(text);
  return ip === undefined ? text : addressText(Uint8Array.from(ip.bytes), 0, ip.bytes.length);
}
