import type { Recipe } from '../recipe.ts';
import { secondUpstream } from '../servers.ts';
import { everyday } from '../traffic.ts';

export const recipe: Recipe = {
  about: 'CoreDNS forwards to an address where no DNS server listens.',
  healthy: 'healthy-everyday',
  expected: ['error upstream-refuses upstream upstream-port-closed'],
  apply: (lab) => lab.coredns({ forward: secondUpstream }),
  traffic: everyday,
};
