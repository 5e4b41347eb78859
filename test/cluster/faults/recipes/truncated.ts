import type { Recipe } from '../recipe.ts';
import { largeTxt, secondUpstream, serverOf } from '../servers.ts';
import { largeAnswers } from '../traffic.ts';

export const recipe: Recipe = {
  about: 'The answers are larger than a client without EDNS takes over UDP, and come over TCP.',
  healthy: 'healthy-large',
  expected: ['info truncated-or-fragmented coredns-client truncated'],
  apply: async (lab) => {
    await lab.server('large', serverOf(secondUpstream, largeTxt(700)));
    await lab.coredns({ forward: secondUpstream });
  },
  traffic: largeAnswers,
};
