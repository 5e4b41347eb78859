import type { Recipe } from '../recipe.ts';
import { everyday } from '../traffic.ts';

export const recipe: Recipe = {
  about: 'No CoreDNS pod runs: the Deployment was scaled to zero, and the nodes reject what goes to the DNS Service.',
  healthy: 'healthy-everyday',
  expected: ['error no-coredns-endpoints client-coredns no-endpoints'],
  apply: async (lab) => {
    await lab.coredns();
    await lab.scaleCoredns(0);
  },
  traffic: everyday,
};
