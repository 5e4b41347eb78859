import type { Recipe } from '../recipe.ts';
import { pairs } from '../traffic.ts';

export const recipe: Recipe = {
  about: 'A and AAAA from one socket, and both arrive.',
  expected: [],
  apply: (lab) => lab.coredns(),
  traffic: pairs,
};
