import { setTimeout as sleep } from 'node:timers/promises';
import { firstNode } from '../../lab/places.ts';
import type { Recipe } from '../recipe.ts';
import { pairs } from '../traffic.ts';

export const recipe: Recipe = {
  about: 'Of A and AAAA, sent at once from one socket, the node of the pod drops AAAA; five seconds later both pass.',
  provoked:
    'The race in connection tracking comes too seldom to record: a rule drops every AAAA in the first two and a half seconds.',
  healthy: 'healthy-pairs',
  // On a busy machine AAAA may leave only after the answer to A: that proves no race, and is told beside the others.
  expected: ['error conntrack-race client-coredns conntrack-race'],
  apply: async (lab) => {
    await lab.coredns();
    const aaaa = ['-m', 'string', '--algo', 'bm', '--hex-string', '|00001c0001|'];
    for (const { status } of await lab.corednsPods())
      await lab.rule(firstNode.namespace, 'FORWARD', [
        '-d',
        status.podIP ?? '',
        '-p',
        'udp',
        '--dport',
        '53',
        ...aaaa,
        'DROP',
      ]);
  },
  traffic: pairs,
  meanwhile: async (lab) => {
    await sleep(2500);
    await lab.removeRules(firstNode.namespace);
  },
};
