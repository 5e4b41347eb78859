import type { Recipe } from '../recipe.ts';
import { everyday } from '../traffic.ts';

export const recipe: Recipe = {
  about: 'A leftover hosts block of the Corefile answers for the Service cart, with an address of a cluster of before.',
  healthy: 'healthy-everyday',
  expected: ['error answers-not-endpoints coredns not-in-topology-other-address'],
  apply: (lab) =>
    lab.coredns({ lines: ['hosts {', '   10.96.250.250 cart.shop.svc.cluster.local', '   fallthrough', '}'] }),
  traffic: everyday,
};
