import type { Vantage } from '../trace/vantage.ts';
import type { TopologyIndex } from './topologyIndex.ts';

/** Who is behind a client's address, empty where it is not known. Hostile text. */
export interface WhoAsked {
  readonly namespace: string;
  readonly pod: string;
  readonly node: string;
  /** `namespace/pod`, a Service, a node, or the address. */
  readonly label: string;
}

/**
 * The topology says whose an address is. In a pod's own capture an address that nobody claims, or that is the node's, is the pod's:
 * hostNetwork, loopback, a pod that is gone.
 * @param vantage where it was seen; without one only the address counts
 */
export function whoAsked(topology: TopologyIndex, address: string, vantage?: Vantage): WhoAsked {
  const owner = topology.ownerOf(address);
  const own = vantage?.role === 'client' && ownsUnclaimed(owner?.kind) ? vantage : undefined;
  const pod = owner?.kind === 'pod' ? owner.pod : undefined;
  const namespace = pod?.namespace ?? own?.namespace ?? '';
  const name = pod?.name ?? own?.pod ?? '';
  return {
    namespace,
    pod: name,
    node: pod?.node ?? own?.node ?? (owner?.kind === 'node' ? owner.name : ''),
    label: name === '' ? topology.shortName(address) : `${namespace}/${name}`,
  };
}

/** Whether a pod's own capture may claim an address with such an owner. */
export function ownsUnclaimed(owner: 'pod' | 'service' | 'node' | undefined): boolean {
  return owner === undefined || owner === 'node';
}
