import type { Recipe } from '../recipe.ts';
import { everyday } from '../traffic.ts';

export const recipe: Recipe = {
  about: 'A server block of the Corefile drops one zone on purpose (acl).',
  healthy: 'healthy-everyday',
  expected: [
    'error dropped-in-coredns coredns dropped-in-coredns',
    'error dropped-in-coredns coredns dropped-in-coredns',
  ],
  apply: (lab) => lab.coredns({ blocks: 'example.org:53 {\n    acl {\n        drop\n    }\n}\n' }),
  traffic: everyday,
};
