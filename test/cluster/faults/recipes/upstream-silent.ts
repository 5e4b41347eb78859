import { network, upstreamNamespace } from '../../lab/places.ts';
import type { Recipe } from '../recipe.ts';
import { everyday } from '../traffic.ts';

export const recipe: Recipe = {
  about: 'A firewall in front of the only upstream drops everything for port 53.',
  healthy: 'healthy-everyday',
  expected: [
    'error upstream-no-answer upstream upstream-silent',
    'info servfail-from-cache coredns servfail-from-cache',
  ],
  apply: async (lab) => {
    await lab.coredns();
    await lab.rule(upstreamNamespace, 'INPUT', ['-d', network.healthyUpstream, '-p', 'udp', '--dport', '53', 'DROP']);
    await lab.rule(upstreamNamespace, 'INPUT', ['-d', network.healthyUpstream, '-p', 'tcp', '--dport', '53', 'DROP']);
  },
  traffic: everyday,
};
