import type { Recipe } from '../recipe.ts';
import { largeTxt, secondUpstream, serverOf } from '../servers.ts';
import { largeAnswers } from '../traffic.ts';

export const recipe: Recipe = {
  about: 'The answers fit into UDP packets of 512 bytes.',
  expected: [],
  apply: async (lab) => {
    await lab.server('small', serverOf(secondUpstream, largeTxt(200)));
    await lab.coredns({ forward: secondUpstream });
  },
  traffic: largeAnswers,
};
