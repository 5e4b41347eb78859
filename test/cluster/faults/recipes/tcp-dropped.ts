import type { Recipe } from '../recipe.ts';
import { largeTxt, secondUpstream, serverOf } from '../servers.ts';
import { largeAnswers } from '../traffic.ts';

export const recipe: Recipe = {
  about:
    'The answers are larger than a client without EDNS takes over UDP, and the nodes drop TCP port 53 from pods to CoreDNS without a word. A connection that never comes about carries no DNS message: what is left to tell is the truncation.',
  healthy: 'healthy-large',
  expected: ['info truncated-or-fragmented coredns-client truncated'],
  apply: async (lab) => {
    await lab.server('large', serverOf(secondUpstream, largeTxt(700)));
    await lab.coredns({ forward: secondUpstream });
    for (const { status } of await lab.corednsPods())
      await lab.nodeRule('FORWARD', ['-d', status.podIP ?? '', '-p', 'tcp', '--dport', '53', 'DROP']);
  },
  traffic: largeAnswers,
};
