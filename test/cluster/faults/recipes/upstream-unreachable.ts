import type { Recipe } from '../recipe.ts';
import { everyday } from '../traffic.ts';

export const recipe: Recipe = {
  about: 'CoreDNS forwards to an address in the segment of the nodes that no host has: nobody answers ARP.',
  healthy: 'healthy-everyday',
  expected: ['error upstream-refuses upstream upstream-unreachable'],
  apply: (lab) => lab.coredns({ forward: '192.168.77.99' }),
  traffic: everyday,
};
