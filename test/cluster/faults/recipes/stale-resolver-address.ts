import { clientPod } from '../faultLab.ts';
import type { Recipe } from '../recipe.ts';
import { everyday } from '../traffic.ts';

export const recipe: Recipe = {
  about: 'The resolv.conf of a pod names 10.96.0.53, which is no Service of this cluster.',
  healthy: 'healthy-everyday',
  expected: ['error stale-resolver-address config stale-resolver-address'],
  pod: 'stale',
  apply: async (lab) => {
    await lab.coredns();
    const dnsConfig = { nameservers: ['10.96.0.53'], searches: ['shop.svc.cluster.local'] };
    await lab.objects([clientPod('stale', { dnsPolicy: 'None', dnsConfig })]);
  },
  traffic: everyday,
};
