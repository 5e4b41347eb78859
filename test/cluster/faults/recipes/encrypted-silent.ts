import { upstreamNamespace } from '../../lab/places.ts';
import type { Recipe } from '../recipe.ts';
import { overTls } from '../traffic.ts';
import { recipe as open } from './encrypted.ts';

export const recipe: Recipe = {
  about: 'A pod asks a server outside over TLS, and a firewall drops port 853.',
  healthy: 'encrypted',
  expected: ['warning encrypted-dns client encrypted-and-silent'],
  apply: async (lab) => {
    await open.apply(lab);
    await lab.rule(upstreamNamespace, 'INPUT', ['-p', 'tcp', '--dport', '853', 'DROP']);
  },
  traffic: overTls,
};
