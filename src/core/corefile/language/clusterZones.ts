import type { Topology } from '../../topology/topology.ts';

/** Zones that mean something in a cluster: its domain, then those of namespaces, then names of Services. */
export function clusterZones({ clusterDomain, pods, services }: Topology): readonly string[] {
  const domain = clusterDomain.replace(/\.$/u, '');
  const namespaces = new Set([...services, ...pods].map(({ namespace }) => namespace));
  return [
    domain,
    ...[...namespaces].sort().map((namespace) => `${namespace}.svc.${domain}`),
    ...services.map(({ name, namespace }) => `${name}.${namespace}.svc.${domain}`).sort(),
  ];
}
