import type { ServerBlockModel } from '../model.ts';
import { normalizeName } from '../serverKey.ts';
import { isServerPart, mainCorefile } from './parts.ts';
import { type Rule, type RuleContext, liveBlocks, shown } from './rule.ts';

/** A .server file takes the root or the cluster's zone from the main block. */
export const serverTakesZone: Rule = {
  code: 'CF810',
  title: 'Server file takes over a zone of the main block',
  *check(context) {
    const blocks = liveBlocks(context);
    const owned = clusterZones(context, blocks);
    for (const block of blocks) {
      if (!isServerPart(context, block) || block.plugins.has('view')) continue;
      for (const { token, key } of block.keys) {
        if (key?.transport !== 'dns') continue;
        const root = key.zones.includes('.') && context.purpose === 'server' && takenPorts(context).has(key.port);
        const zone = key.zones.find((one) => owned.has(one));
        if (root)
          yield {
            severity: 'warning',
            message: `The main Corefile serves all names on port ${key.port} already: CoreDNS then doesn't start. Put the plugins into an .override, or name the zone you mean`,
            at: token,
          };
        else if (zone !== undefined && !block.plugins.has('kubernetes'))
          yield {
            severity: 'warning',
            message: `This block takes ${shown(zone.slice(0, -1))} from the one with kubernetes: Services and pods are no longer found. Name a zone below it, or use an .override`,
            at: token,
          };
      }
    }
  },
};

/** The zones of kubernetes in the main file; `cluster.local` where that isn't known. */
function clusterZones(context: RuleContext, blocks: readonly ServerBlockModel[]): ReadonlySet<string> {
  const main = context.purpose === 'server' ? mainCorefile(context.cluster)?.blocks : blocks;
  const zones = (main ?? [])
    .filter((block) => main !== blocks || !isServerPart(context, block))
    .flatMap(({ kubernetesZones }) => kubernetesZones);
  if (zones.length > 0 || context.purpose !== 'server') return new Set(zones.filter((zone) => zone !== '.'));
  return new Set([normalizeName(context.cluster?.clusterDomain ?? 'cluster.local')]);
}

/** Ports on which the main file serves the root zone; 53 where that isn't known. */
function takenPorts({ cluster }: RuleContext): ReadonlySet<string> {
  const keys = mainCorefile(cluster)?.blocks.flatMap((block) => block.keys);
  if (keys === undefined) return new Set(['53']);
  return new Set(keys.flatMap(({ key }) => (key?.zones.includes('.') === true ? [key.port] : [])));
}
