/** Look-ups by address over a {@link Topology}; rebuilt whole when the topology changes, a few milliseconds at 10,000 pods. */
import type { Topology, TopologyPod, TopologyService } from './topology.ts';

export type AddressOwner =
  | { readonly kind: 'pod'; readonly pod: TopologyPod }
  | { readonly kind: 'service'; readonly service: TopologyService }
  | { readonly kind: 'node'; readonly name: string };

/** A Service's name in the cluster's DNS: `name.namespace.svc.cluster.local.`, absolute and in lower case. */
export function serviceName({ name, namespace }: TopologyService, clusterDomain: string): string {
  return `${name}.${namespace}.svc.${clusterDomain}.`.toLowerCase();
}

export class TopologyIndex {
  readonly topology: Topology;
  readonly #owners = new Map<string, AddressOwner>();
  readonly #names: ReadonlyMap<string, string>;
  /** By name, made when it is first asked for. */
  #services: ReadonlyMap<string, TopologyService> | undefined;

  /** @param names of addresses that nobody in the topology owns, as capture files name them; may grow later */
  constructor(topology: Topology, names: ReadonlyMap<string, string> = new Map()) {
    this.topology = topology;
    this.#names = names;
    // Nodes first: a pod or Service that claims the same address says more about it.
    for (const node of topology.nodes) {
      for (const address of node.addresses) this.#owners.set(address, { kind: 'node', name: node.name });
    }
    for (const service of topology.services) {
      for (const address of service.addresses) this.#owners.set(address, { kind: 'service', service });
    }
    for (const pod of topology.pods) {
      if (pod.hostNetwork) continue;
      for (const address of pod.addresses) this.#owners.set(address, { kind: 'pod', pod });
    }
  }

  /** The Service whose {@link serviceName} this is. */
  serviceNamed(name: string): TopologyService | undefined {
    this.#services ??= new Map(
      this.topology.services.map((service) => [serviceName(service, this.topology.clusterDomain), service]),
    );
    return this.#services.get(name);
  }

  ownerOf(address: string): AddressOwner | undefined {
    return this.#owners.get(address);
  }

  /** `p/namespace/pod`, `s/namespace/service`, `n/node` or `r/address` (seed 001). */
  notation(address: string): string {
    const owner = this.#owners.get(address);
    switch (owner?.kind) {
      case 'pod':
        return `p/${owner.pod.namespace}/${owner.pod.name}`;
      case 'service':
        return `s/${owner.service.namespace}/${owner.service.name}`;
      case 'node':
        return `n/${owner.name}`;
      case undefined:
        return `r/${address}`;
    }
  }

  /** `namespace/name` of a pod or Service, a node's name, what a capture file calls the address, else the address. */
  shortName(address: string): string {
    const owner = this.#owners.get(address);
    switch (owner?.kind) {
      case 'pod':
        return `${owner.pod.namespace}/${owner.pod.name}`;
      case 'service':
        return `${owner.service.namespace}/${owner.service.name}`;
      case 'node':
        return owner.name;
      case undefined:
        return this.#names.get(address) ?? address;
    }
  }

  isResolver(address: string): boolean {
    const owner = this.#owners.get(address);
    return owner?.kind === 'pod' && owner.pod.role !== 'workload';
  }

  isDnsService(address: string): boolean {
    const owner = this.#owners.get(address);
    return owner?.kind === 'service' && owner.service.isDns;
  }
}
