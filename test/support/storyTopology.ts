/** What a topology tells about those that stories are about (`story.ts`). */
import type { TopologyPod, TopologyService } from '../../src/core/topology/topology.ts';
import { COREDNS, VIP } from './story.ts';

/** A ready pod; the name is `namespace/name`, as of a vantage. */
export function placedPod(
  name: string,
  address: string,
  more: { readonly role?: TopologyPod['role']; readonly node?: string } = {},
): TopologyPod {
  const [namespace = '', pod = ''] = name.split('/');
  return { namespace, name: pod, addresses: [address], role: 'workload', hostNetwork: false, ready: true, ...more };
}

export const KUBE_DNS: TopologyService = {
  namespace: 'kube-system',
  name: 'kube-dns',
  addresses: [VIP],
  isDns: true,
  endpoints: [COREDNS],
};
