import type { Recipe } from '../recipe.ts';
import { secondUpstream, serverOf } from '../servers.ts';
import { burst } from '../traffic.ts';

export const recipe: Recipe = {
  about:
    'The upstream takes 1.5 s for each answer, and the only CoreDNS pod lets twelve queries wait (max_concurrent): more come at once.',
  healthy: 'healthy-burst',
  expected: ['error coredns-overloaded coredns max-concurrent', 'warning slow upstream slow'],
  apply: async (lab) => {
    await lab.server('slow', serverOf(secondUpstream, 'erratic {\n drop 0\n delay 1 1500ms\n }'));
    await lab.scaleCoredns(1);
    await lab.coredns({ forward: secondUpstream, forwardOptions: ['max_concurrent 12'] });
  },
  traffic: burst,
};
