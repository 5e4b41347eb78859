import type { Recipe } from '../recipe.ts';
import { everydayBriefly } from '../traffic.ts';

export const recipe: Recipe = {
  about:
    'NodeLocal DNSCache answers at its own address alone, as with kube-proxy in IPVS mode, and the resolv.conf of a pod on its node still names the DNS Service.',
  provoked:
    'Its own program cannot be had: a CoreDNS with its Corefile, its address and its place on the node stands in.',
  healthy: 'healthy-nodelocal',
  expected: ['warning nodelocal-bypassed nodelocal nodelocal-bypassed'],
  apply: async (lab) => {
    await lab.coredns();
    await lab.nodeLocal();
  },
  traffic: everydayBriefly,
};
