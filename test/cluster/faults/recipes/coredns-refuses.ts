import type { Recipe } from '../recipe.ts';
import { everyday } from '../traffic.ts';

export const recipe: Recipe = {
  about: 'A server block of the Corefile refuses one zone to everybody (acl block).',
  healthy: 'healthy-everyday',
  expected: ['error unsuccessful-response coredns coredns-error', 'error unsuccessful-response coredns coredns-error'],
  apply: (lab) => lab.coredns({ blocks: 'example.org:53 {\n    acl {\n        block\n    }\n}\n' }),
  traffic: everyday,
};
