import type { Recipe } from '../recipe.ts';
import { everyday } from '../traffic.ts';

export const recipe: Recipe = {
  about: 'The nodes drop DNS from pods to CoreDNS, as a NetworkPolicy without a rule for DNS makes them do.',
  provoked: 'The lab’s network knows no NetworkPolicy: iptables on the nodes does what one would.',
  healthy: 'healthy-everyday',
  expected: ['error dropped-before-coredns client-coredns dropped-before-coredns'],
  apply: async (lab) => {
    await lab.coredns();
    for (const { status } of await lab.corednsPods())
      await lab.nodeRule('FORWARD', ['-d', status.podIP ?? '', '-p', 'udp', '--dport', '53', 'DROP']);
  },
  traffic: everyday,
};
