import type { Recipe } from '../recipe.ts';
import { everydayBriefly } from '../traffic.ts';

export const recipe: Recipe = {
  about:
    'NodeLocal DNSCache answers a pod whose resolv.conf names it, and asks CoreDNS over TCP for what it does not have.',
  provoked:
    'Its own program cannot be had: a CoreDNS with its Corefile, its address and its place on the node stands in.',
  expected: [],
  pod: 'cached',
  apply: async (lab) => {
    await lab.coredns();
    await lab.nodeLocal();
    await lab.cachedPod('cached');
  },
  traffic: everydayBriefly,
};
