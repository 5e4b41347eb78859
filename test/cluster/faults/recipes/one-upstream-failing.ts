import { network } from '../../lab/places.ts';
import type { Recipe } from '../recipe.ts';
import { secondUpstream, serverOf } from '../servers.ts';
import { everyday } from '../traffic.ts';

export const recipe: Recipe = {
  about:
    'Of two upstreams, asked in turn, one answers SERVFAIL to everything. CoreDNS caches nothing, so that it asks each time.',
  healthy: 'healthy-everyday',
  expected: ['error one-of-several-upstreams-bad upstream one-upstream-failing'],
  apply: async (lab) => {
    await lab.server('second', serverOf(secondUpstream, 'template IN ANY . {\n rcode SERVFAIL\n }'));
    await lab.coredns({
      forward: `${network.healthyUpstream} ${secondUpstream}`,
      forwardOptions: ['policy round_robin'],
      without: ['cache', 'loop'],
    });
  },
  traffic: everyday,
};
