import { recipe as watched } from './dropped-before-coredns.ts';
import type { Recipe } from '../recipe.ts';

export const recipe: Recipe = {
  ...watched,
  about: 'The nodes drop DNS from pods to CoreDNS, and CoreDNS is not watched.',
  expected: ['error unanswered client-coredns unanswered'],
  trace: ['pod/client', '--no-coredns'],
};
