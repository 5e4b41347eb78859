import { setTimeout as sleep } from 'node:timers/promises';
import { network, upstreamNamespace } from '../../lab/places.ts';
import type { Recipe } from '../recipe.ts';
import { manyNames } from '../traffic.ts';

export const recipe: Recipe = {
  about: 'The only upstream is away for two seconds, well for three, and away again.',
  healthy: 'healthy-many-names',
  expected: ['warning upstream-flapping upstream upstream-flapping'],
  apply: (lab) => lab.coredns(),
  traffic: manyNames,
  meanwhile: async (lab) => {
    for (let spell = 0; spell < 2; spell++) {
      await sleep(1500);
      await lab.rule(upstreamNamespace, 'INPUT', ['-d', network.healthyUpstream, '-p', 'udp', '--dport', '53', 'DROP']);
      await sleep(2000);
      await lab.removeRules(upstreamNamespace);
      await sleep(1500);
    }
  },
};
