import { network } from '../../lab/places.ts';
import type { Recipe } from '../recipe.ts';
import { secondUpstream, serverOf } from '../servers.ts';
import { everyday } from '../traffic.ts';

export const recipe: Recipe = {
  about: 'Of two upstreams, asked in turn, one never answers. CoreDNS caches nothing, so that it asks each time.',
  healthy: 'healthy-everyday',
  expected: ['warning one-of-several-upstreams-bad upstream one-upstream-silent'],
  apply: async (lab) => {
    await lab.server('second', serverOf(secondUpstream, 'erratic {\n drop 1\n }'));
    await lab.coredns({
      forward: `${network.healthyUpstream} ${secondUpstream}`,
      forwardOptions: ['policy round_robin', 'max_fails 0'],
      without: ['cache', 'loop'],
    });
  },
  traffic: everyday,
};
