import { network, upstreamNamespace } from '../../lab/places.ts';
import type { Recipe } from '../recipe.ts';
import { manyNames } from '../traffic.ts';

export const recipe: Recipe = {
  about: 'Every third packet to the upstream is lost, whatever the name.',
  healthy: 'healthy-many-names',
  expected: ['error upstream-lossy upstream upstream-lossy'],
  apply: async (lab) => {
    await lab.coredns();
    const every = ['-m', 'statistic', '--mode', 'nth', '--every', '3', '--packet', '0'];
    const toUpstream = ['-d', network.healthyUpstream, '-p', 'udp', '--dport', '53'];
    await lab.rule(upstreamNamespace, 'INPUT', [...toUpstream, ...every, 'DROP']);
  },
  traffic: manyNames,
};
