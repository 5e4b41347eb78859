import type { Recipe } from '../recipe.ts';
import { everyday } from '../traffic.ts';

export const recipe: Recipe = {
  about: 'The nodes drop what CoreDNS answers.',
  healthy: 'healthy-everyday',
  expected: ['error unanswered coredns-client lost-on-return'],
  apply: async (lab) => {
    await lab.coredns();
    for (const { status } of await lab.corednsPods())
      await lab.nodeRule('FORWARD', ['-s', status.podIP ?? '', '-p', 'udp', '--sport', '53', 'DROP']);
  },
  traffic: everyday,
};
