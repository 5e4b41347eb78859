import { subjectServer } from '../clusterFacts.ts';
import { optionNamed, stanzasOf } from './pluginStanzas.ts';
import { type Rule, valueOf } from './rule.ts';

const MEBIBYTE = 1_048_576;

/** Memory of CoreDNS by the rule of thumb of its Kubernetes deployment for autopath, which needs `pods verified`. */
function estimatedMebibytes(objects: number): number {
  return Math.round(objects / 250) + 56;
}

/** CoreDNS then watches every pod of the cluster. */
export const podsVerified: Rule = {
  code: 'CF507',
  title: 'pods verified keeps every pod in memory',
  *check(context) {
    const pods = context.cluster?.podCount;
    const needed = pods === undefined ? undefined : estimatedMebibytes(pods + (context.cluster?.serviceCount ?? 0));
    const limit = subjectServer(context.cluster)?.memoryLimitBytes;
    const available = limit === undefined ? undefined : Math.round(limit / MEBIBYTE);
    for (const { stanza } of stanzasOf(context, 'kubernetes')) {
      const token = optionNamed(context, stanza, 'pods')?.args[0];
      if (token === undefined || valueOf(context, token) !== 'verified') continue;
      if (needed === undefined) {
        yield {
          severity: 'info',
          message:
            'CoreDNS watches every pod of the cluster and keeps it in memory, about 1 MiB for 250 pods and Services. Raise its memory limit with the cluster, or write pods disabled',
          at: token,
        };
      } else if (available !== undefined && needed > available) {
        yield {
          severity: 'warning',
          message: `CoreDNS keeps all ${pods ?? 0} pods in memory: about ${needed} MiB, its limit is ${available} MiB. Raise the limit, or write pods disabled`,
          at: token,
        };
      }
    }
  },
};
