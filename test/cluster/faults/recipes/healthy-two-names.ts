import { service } from '../faultLab.ts';
import type { Recipe } from '../recipe.ts';
import { twoNames } from '../traffic.ts';

export const recipe: Recipe = {
  about: 'Two Services whose names differ by two letters swapped: both exist.',
  expected: [],
  apply: async (lab) => {
    await lab.objects([service('checkout'), service('chekcout')]);
    await lab.coredns();
  },
  traffic: twoNames,
};
