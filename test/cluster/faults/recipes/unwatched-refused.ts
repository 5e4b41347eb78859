import { recipe as watched } from './upstream-refused.ts';
import type { Recipe } from '../recipe.ts';

export const recipe: Recipe = {
  ...watched,
  about: 'The upstream answers REFUSED, and CoreDNS is not watched.',
  expected: ['error unsuccessful-response coredns server-error'],
  trace: ['pod/client', '--no-coredns'],
};
