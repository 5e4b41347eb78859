import { network, upstreamNamespace } from '../../lab/places.ts';
import type { Recipe } from '../recipe.ts';
import { everyday } from '../traffic.ts';

export const recipe: Recipe = {
  about: 'A firewall in front of the upstream rejects DNS and says so.',
  healthy: 'healthy-everyday',
  expected: ['error upstream-refuses upstream upstream-prohibited'],
  apply: async (lab) => {
    await lab.coredns();
    const reject = 'REJECT --reject-with icmp-admin-prohibited';
    await lab.rule(upstreamNamespace, 'INPUT', ['-d', network.healthyUpstream, '-p', 'udp', '--dport', '53', reject]);
  },
  traffic: everyday,
};
