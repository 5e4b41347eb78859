import type { Recipe } from '../recipe.ts';
import { everyday } from '../traffic.ts';

export const recipe: Recipe = {
  about: 'The nodes drop what CoreDNS answers.',
  healthy: 'healthy-everyday',
  expected: ['error unanswered coredns-client lost-on-return'],
  wrong: {
    'warning unsuccessful-response name name-does-not-exist':
      'A query that CoreDNS answered, and that the client repeated since it never got that answer, is a second exchange seen in CoreDNS alone',
  },
  apply: async (lab) => {
    await lab.coredns();
    for (const { status } of await lab.corednsPods())
      await lab.nodeRule('FORWARD', ['-s', status.podIP ?? '', '-p', 'udp', '--sport', '53', 'DROP']);
  },
  traffic: everyday,
};
