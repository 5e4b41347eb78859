import type { Recipe } from '../recipe.ts';
import { secondUpstream, serverOf } from '../servers.ts';
import { manyNames } from '../traffic.ts';

export const recipe: Recipe = {
  about: 'The upstream takes 150 ms for each answer.',
  healthy: 'healthy-many-names',
  expected: ['warning slow upstream slow'],
  apply: async (lab) => {
    await lab.server('slow', serverOf(secondUpstream, 'erratic {\n drop 0\n delay 1 150ms\n }'));
    await lab.coredns({ forward: secondUpstream });
  },
  traffic: manyNames,
};
