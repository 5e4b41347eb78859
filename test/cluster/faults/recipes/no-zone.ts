import type { Recipe } from '../recipe.ts';
import { everyday } from '../traffic.ts';

export const recipe: Recipe = {
  about:
    'The Corefile has no forward: CoreDNS answers SERVFAIL for every name outside the cluster. In the first ten seconds that may come from its cache, so that the finding names no cause.',
  healthy: 'healthy-everyday',
  expected: ['error unsuccessful-response coredns server-error', 'error unsuccessful-response coredns server-error'],
  apply: (lab) => lab.coredns({ without: ['forward', 'loop'] }),
  traffic: everyday,
};
