import type { Recipe } from '../recipe.ts';
import { secondUpstream, serverOf } from '../servers.ts';
import { everyday } from '../traffic.ts';

export const recipe: Recipe = {
  about: 'The upstream answers REFUSED: its access list lacks the cluster.',
  healthy: 'healthy-everyday',
  expected: ['error unsuccessful-response upstream upstream-error'],
  apply: async (lab) => {
    await lab.server('refusing', serverOf(secondUpstream, 'template IN ANY . {\n rcode REFUSED\n }'));
    await lab.coredns({ forward: secondUpstream });
  },
  traffic: everyday,
};
