import { isServerPart } from './parts.ts';
import { type Rule, liveBlocks, shown } from './rule.ts';

/** Zones that AKS answers with NXDOMAIN by template in its root block, to spare upstreams the search list. */
const ZONES: readonly string[] = ['reddog.microsoft.com.', 'internal.cloudapp.net.'];

export const azureInternalZone: Rule = {
  code: 'CF816',
  title: 'Block replaces what AKS answers itself',
  *check(context) {
    const aks = context.cluster?.platform?.name === 'aks';
    for (const block of liveBlocks(context)) {
      if (!aks && !isServerPart(context, block)) continue;
      for (const { token, key } of block.keys) {
        const zone = key?.zones.find((name) => ZONES.includes(name));
        if (zone === undefined) continue;
        yield {
          severity: 'info',
          message: `AKS answers ${shown(zone.slice(0, -1))} with NXDOMAIN in its root block; this block switches that off, so lookups with the node's search list go upstream. Keep it only if you mean that`,
          at: token,
        };
      }
    }
  },
};
