import type { Recipe } from '../recipe.ts';
import { manyNames } from '../traffic.ts';

export const recipe: Recipe = {
  about: 'Everything works, with names that no cache holds.',
  expected: [],
  apply: (lab) => lab.coredns(),
  traffic: manyNames,
};
