import type { Recipe } from '../recipe.ts';
import { everyday } from '../traffic.ts';

export const recipe: Recipe = {
  about: 'Everything works.',
  expected: [],
  apply: (lab) => lab.coredns(),
  traffic: everyday,
};
