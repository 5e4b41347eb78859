import { network } from '../../lab/places.ts';
import type { Recipe } from '../recipe.ts';
import { everyday } from '../traffic.ts';

export const recipe: Recipe = {
  about: 'CoreDNS forwards to the address of the cluster’s own DNS Service, and no plugin loop stops it.',
  healthy: 'healthy-everyday',
  expected: ['error loop config forwards-to-itself'],
  apply: (lab) => lab.coredns({ forward: network.clusterDns, forwardOptions: ['max_concurrent 2'], without: ['loop'] }),
  traffic: everyday,
};
