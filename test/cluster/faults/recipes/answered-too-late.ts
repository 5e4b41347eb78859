import type { Recipe } from '../recipe.ts';
import { secondUpstream, serverOf } from '../servers.ts';
import { impatient } from '../traffic.ts';

export const recipe: Recipe = {
  about:
    'The upstream takes 1.5 s for each answer, and the clients wait one second: their sockets are closed when it comes.',
  healthy: 'healthy-impatient',
  expected: ['error answered-too-late upstream answered-too-late'],
  apply: async (lab) => {
    await lab.server('late', serverOf(secondUpstream, 'erratic {\n drop 0\n delay 1 1500ms\n }'));
    await lab.coredns({ forward: secondUpstream });
  },
  traffic: impatient,
};
