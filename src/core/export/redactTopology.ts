/** Who is behind the addresses, and what was watched, under pseudonyms. */
import type { Topology } from '../topology/topology.ts';
import type { CaptureLoss, Vantage } from '../trace/vantage.ts';
import type { Pseudonyms } from './pseudonyms.ts';

export function redactTopology(topology: Topology, pseudonyms: Pseudonyms): Topology {
  const name = (text: string): string => pseudonyms.name(text);
  const object = (text: string): string => pseudonyms.object(text);
  const addresses = (list: readonly string[]): readonly string[] => list.map((text) => pseudonyms.address(text));
  return {
    clusterDomain: name(topology.clusterDomain),
    pods: topology.pods.map(({ node, ...pod }) => ({
      ...pod,
      namespace: object(pod.namespace),
      name: object(pod.name),
      ...(node === undefined ? {} : { node: name(node) }),
      addresses: addresses(pod.addresses),
    })),
    services: topology.services.map((service) => ({
      ...service,
      namespace: object(service.namespace),
      name: object(service.name),
      addresses: addresses(service.addresses),
      endpoints: addresses(service.endpoints),
      ...(service.unready === undefined ? {} : { unready: addresses(service.unready) }),
      ...(service.earlier === undefined ? {} : { earlier: addresses(service.earlier) }),
    })),
    nodes: topology.nodes.map((node) => ({ name: name(node.name), addresses: addresses(node.addresses) })),
    // What the Corefile says (server blocks, lines, labels) stays behind.
    upstreams: topology.upstreams.map(({ address, port, transport, zone }) => ({
      address: pseudonyms.address(address),
      port,
      transport,
      zone: name(zone),
    })),
    // Without it, answers of other plugins would be told as wrong.
    ...(topology.leavesServicesOut === true ? { leavesServicesOut: true } : {}),
  };
}

/** A capture file's name tells who it is about: it becomes a number. */
export function redactVantage(vantage: Vantage, index: number, pseudonyms: Pseudonyms): Vantage {
  const { role, namespace, pod, node } = vantage;
  const hidden = (text: string | undefined): string | undefined =>
    text === undefined ? undefined : pseudonyms.object(text);
  const [inNamespace, ofPod] = [hidden(namespace), hidden(pod)];
  const onNode = node === undefined ? undefined : pseudonyms.name(node);
  return {
    name: ofPod === undefined ? `capture-${String(index + 1)}` : `${inNamespace ?? ''}/${ofPod}`,
    role,
    ...(inNamespace === undefined ? {} : { namespace: inNamespace }),
    ...(ofPod === undefined ? {} : { pod: ofPod }),
    ...(onNode === undefined ? {} : { node: onNode }),
    addresses: vantage.addresses.map((address) => pseudonyms.address(address)),
  };
}

/** `namespace/pod`. */
export function redactPodKey(key: string, pseudonyms: Pseudonyms): string {
  return key
    .split('/')
    .map((part) => pseudonyms.object(part))
    .join('/');
}

const REASONS: Readonly<Record<CaptureLoss['kind'], string>> = {
  kernel: 'Packets were dropped where they were captured',
  gap: 'The capture was interrupted',
  truncated: 'The file ends inside a packet',
};

/** Reasons are sentences with names in them. */
export function redactLoss(loss: CaptureLoss): CaptureLoss {
  return { ...loss, reason: REASONS[loss.kind] };
}
