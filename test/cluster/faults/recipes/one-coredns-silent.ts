import type { Recipe } from '../recipe.ts';
import { everyday } from '../traffic.ts';

export const recipe: Recipe = {
  about: 'One of two CoreDNS pods takes queries and answers none.',
  provoked: 'A hung process is made by a rule inside that pod, behind the point where captures see packets.',
  healthy: 'healthy-everyday',
  expected: ['error one-coredns-bad coredns replica-silent'],
  apply: async (lab) => {
    await lab.coredns();
    const [first] = await lab.corednsPods();
    if (first !== undefined) await lab.podRule(first, 'INPUT', ['-p', 'udp', '--dport', '53', 'DROP']);
  },
  traffic: everyday,
};
