import { service } from '../faultLab.ts';
import type { Recipe } from '../recipe.ts';
import { twoNames } from '../traffic.ts';

export const recipe: Recipe = {
  about: 'The name of a Service is written with two letters swapped.',
  healthy: 'healthy-two-names',
  expected: ['warning missing-final-dot-or-typo name typo'],
  apply: async (lab) => {
    await lab.objects([service('checkout')]);
    await lab.coredns();
  },
  traffic: twoNames,
};
