import { network } from '../../lab/places.ts';
import type { Recipe } from '../recipe.ts';
import { serverLike } from '../servers.ts';
import { everyday } from '../traffic.ts';

const azure = '168.63.129.16';

export const recipe: Recipe = {
  about:
    'CoreDNS forwards to a custom DNS server that knows api.example.org and to 168.63.129.16, which does not. It caches nothing, so that it asks each time.',
  provoked: 'A server of the lab has the address of the platform’s resolver.',
  healthy: 'healthy-everyday',
  expected: ['error custom-dns-mixed config mixed-with-azure-dns'],
  apply: async (lab) => {
    await lab.outsideAddress(azure);
    await lab.server('azure', serverLike(azure, { 'api.example.org.': 'nxdomain' }));
    await lab.coredns({ forward: `${network.healthyUpstream} ${azure}`, without: ['cache', 'loop'] });
  },
  traffic: everyday,
};
