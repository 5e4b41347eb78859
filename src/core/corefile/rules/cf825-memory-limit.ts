import { subjectServer } from '../clusterFacts.ts';
import { type Rule, liveBlocks, valueOf } from './rule.ts';

const MEGABYTE = 1_000_000;

/**
 * Memory the kubernetes plugin needs, by the formula of CoreDNS's own measurements (coredns/deployment, Scaling_CoreDNS.md):
 * (pods + Services) / 1000 + 54 MB; where every pod is watched (`pods verified`, and so autopath): / 250 + 56 MB.
 */
export const memoryLimit: Rule = {
  code: 'CF825',
  title: 'Memory limit is too small for this cluster',
  *check(context) {
    const { cluster } = context;
    const limit = subjectServer(cluster)?.memoryLimitBytes;
    if (limit === undefined || cluster?.podCount === undefined || cluster.serviceCount === undefined) return;
    if (context.purpose !== 'corefile' || cluster.subject?.server === 'nodelocal') return;
    const objects = cluster.podCount + cluster.serviceCount;
    for (const block of liveBlocks(context)) {
      const stanza = block.plugins.get('kubernetes')?.[0];
      if (stanza === undefined) continue;
      const pods = stanza.options.findLast(({ name }) => name.text === 'pods')?.args[0];
      const watchesPods = pods !== undefined && valueOf(context, pods) === 'verified';
      const needed = watchesPods ? objects / 250 + 56 : objects / 1000 + 54;
      if (limit >= needed * MEGABYTE) continue;
      yield {
        severity: 'warning',
        message: `With ${cluster.podCount} pods and ${cluster.serviceCount} Services, CoreDNS needs about ${Math.ceil(needed)} MB, but its limit is ${Math.floor(limit / MEGABYTE)} MB: it may be killed for lack of memory. Raise the limit${watchesPods ? ', or do without pods verified' : ''}`,
        at: watchesPods ? pods : stanza.name,
      };
      return;
    }
  },
};
