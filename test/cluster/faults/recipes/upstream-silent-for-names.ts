import type { Recipe } from '../recipe.ts';
import { secondUpstream, serverLike } from '../servers.ts';
import { everyday } from '../traffic.ts';

export const recipe: Recipe = {
  about: 'The upstream takes queries for one name and never answers them; other names it answers.',
  healthy: 'healthy-everyday',
  expected: [
    'error upstream-no-answer upstream upstream-silent-for-names',
    'info servfail-from-cache coredns servfail-from-cache',
  ],
  apply: async (lab) => {
    await lab.server('names', serverLike(secondUpstream, { 'api.example.org.': 'silent' }));
    await lab.coredns({ forward: secondUpstream });
  },
  traffic: everyday,
};
