import { network } from '../../lab/places.ts';
import type { Recipe } from '../recipe.ts';
import { everyday } from '../traffic.ts';

export const recipe: Recipe = {
  about:
    'One of two CoreDNS pods cannot reach the upstream: its node drops the answers. Nothing is cached, so that both pods have to ask.',
  healthy: 'healthy-everyday',
  expected: ['error one-coredns-bad coredns replica-failing'],
  apply: async (lab) => {
    await lab.coredns({ without: ['cache'] });
    const [first] = await lab.corednsPods();
    await lab.nodeRule('FORWARD', ['-s', network.healthyUpstream, '-d', first?.status.podIP ?? '', 'DROP']);
  },
  traffic: everyday,
};
