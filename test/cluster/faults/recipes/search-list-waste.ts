import type { Recipe } from '../recipe.ts';
import { withoutDot } from '../traffic.ts';

export const recipe: Recipe = {
  about: 'ndots:5, the default in pods: a name outside is tried with every search domain first.',
  healthy: 'healthy-ndots',
  expected: ['info search-list-waste client ndots'],
  apply: (lab) => lab.coredns(),
  traffic: withoutDot,
};
