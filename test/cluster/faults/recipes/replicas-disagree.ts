import type { Recipe } from '../recipe.ts';
import { everyday } from '../traffic.ts';

export const recipe: Recipe = {
  about:
    'One of two CoreDNS pods has not taken in a changed Corefile (no reload): it denies api.example.org, which the other knows by now.',
  healthy: 'healthy-everyday',
  expected: ['error replicas-disagree coredns replicas-disagree'],
  apply: async (lab) => {
    const before = ['template ANY ANY api.example.org {', '   rcode NXDOMAIN', '}'];
    await lab.coredns({ without: ['reload'], lines: before });
    const [first] = await lab.corednsPods();
    await lab.writeCorefile({ without: ['reload'] });
    await lab.replaceCorednsPod(first?.metadata.name ?? '');
  },
  traffic: everyday,
};
