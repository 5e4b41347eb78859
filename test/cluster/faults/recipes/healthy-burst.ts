import type { Recipe } from '../recipe.ts';
import { burst } from '../traffic.ts';

export const recipe: Recipe = {
  about: 'Everything works, and many names are asked at once.',
  expected: [],
  apply: (lab) => lab.coredns(),
  traffic: burst,
};
