import type { Recipe } from '../recipe.ts';
import { impatient } from '../traffic.ts';

export const recipe: Recipe = {
  about: 'Everything works, for clients that wait a second.',
  expected: [],
  apply: (lab) => lab.coredns(),
  traffic: impatient,
};
