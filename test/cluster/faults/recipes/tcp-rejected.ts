import type { Recipe } from '../recipe.ts';
import { largeTxt, secondUpstream, serverOf } from '../servers.ts';
import { largeAnswers } from '../traffic.ts';

export const recipe: Recipe = {
  about:
    'The answers are larger than a client without EDNS takes over UDP, and the nodes reject TCP port 53 from pods to CoreDNS, as a policy for UDP alone makes firewalls do.',
  healthy: 'healthy-large',
  expected: ['error tcp-blocked client-coredns tcp-blocked'],
  apply: async (lab) => {
    await lab.server('large', serverOf(secondUpstream, largeTxt(700)));
    await lab.coredns({ forward: secondUpstream });
    for (const { status } of await lab.corednsPods())
      await lab.nodeRule('FORWARD', ['-d', status.podIP ?? '', '-p', 'tcp', '--dport', '53', 'REJECT']);
  },
  traffic: largeAnswers,
};
