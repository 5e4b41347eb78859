import { normalizeName } from '../serverKey.ts';
import { stanzasOf } from './pluginStanzas.ts';
import { type Rule, liveBlocks, replaceToken, shown, valueOf } from './rule.ts';

/** Pods look for names under the kubelet's domain; kubernetes serves another one. */
export const clusterDomain: Rule = {
  code: 'CF803',
  title: "kubernetes doesn't serve the cluster's domain",
  *check(context) {
    const { cluster, purpose } = context;
    if (cluster?.clusterDomain === undefined || purpose !== 'corefile' || cluster.subject?.server === 'nodelocal')
      return;
    const domain = normalizeName(cluster.clusterDomain);
    const blocks = liveBlocks(context);
    if (context.model.corefile.incomplete || blocks.some(({ incomplete }) => incomplete)) return;
    if (blocks.some(({ kubernetesZones }) => kubernetesZones.includes(domain))) return;
    for (const { block, stanza } of stanzasOf(context, 'kubernetes')) {
      const names = stanza.args.filter((token) => valueOf(context, token)?.endsWith('.arpa') !== true);
      if (block.kubernetesZones.length === 0 || stanza.args.some((token) => valueOf(context, token) === undefined))
        continue;
      const only = names.length === 1 ? names[0] : undefined;
      yield {
        severity: 'warning',
        message: `The kubelet tells pods that the cluster's domain is ${shown(cluster.clusterDomain)}, but kubernetes doesn't serve it: short names of Services fail. Write ${shown(cluster.clusterDomain)}`,
        at: names[0] ?? stanza.name,
        fixes:
          only?.file !== ''
            ? []
            : [{ title: `Write ${cluster.clusterDomain}`, edits: [replaceToken(only, cluster.clusterDomain)] }],
      };
      return;
    }
  },
};
