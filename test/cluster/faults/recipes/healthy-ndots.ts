import { clientPod } from '../faultLab.ts';
import type { Recipe } from '../recipe.ts';
import { withoutDot } from '../traffic.ts';

export const recipe: Recipe = {
  about: 'ndots:1 in the dnsConfig of the pod: a name with a dot is tried as it is.',
  expected: [],
  pod: 'thrifty',
  apply: async (lab) => {
    await lab.coredns();
    await lab.objects([clientPod('thrifty', { dnsConfig: { options: [{ name: 'ndots', value: '1' }] } })]);
  },
  traffic: withoutDot,
};
