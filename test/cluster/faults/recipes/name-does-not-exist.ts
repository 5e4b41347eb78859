import type { Recipe } from '../recipe.ts';
import { secondUpstream, serverLike } from '../servers.ts';
import { everyday } from '../traffic.ts';

export const recipe: Recipe = {
  about: 'A record is gone: the upstream answers NXDOMAIN for api.example.org.',
  healthy: 'healthy-everyday',
  expected: ['warning unsuccessful-response name name-does-not-exist'],
  apply: async (lab) => {
    await lab.server('names', serverLike(secondUpstream, { 'api.example.org.': 'nxdomain' }));
    await lab.coredns({ forward: secondUpstream });
  },
  traffic: everyday,
};
