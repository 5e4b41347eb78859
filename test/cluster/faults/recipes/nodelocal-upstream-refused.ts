import type { Recipe } from '../recipe.ts';
import { secondUpstream, serverOf } from '../servers.ts';
import { everydayBriefly } from '../traffic.ts';

export const recipe: Recipe = {
  about:
    'The upstream answers REFUSED, two hops behind the pod: NodeLocal DNSCache asks CoreDNS over TCP, and that asks the upstream.',
  provoked:
    'NodeLocal’s own program cannot be had: a CoreDNS with its Corefile, its address and its place on the node stands in.',
  healthy: 'healthy-nodelocal',
  expected: ['error unsuccessful-response upstream upstream-error'],
  pod: 'cached',
  apply: async (lab) => {
    await lab.server('refusing', serverOf(secondUpstream, 'template IN ANY . {\n rcode REFUSED\n }'));
    await lab.coredns({ forward: secondUpstream });
    await lab.nodeLocal();
    await lab.cachedPod('cached');
  },
  traffic: everydayBriefly,
};
