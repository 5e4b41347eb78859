import { reachOf } from '../addressRange.ts';
import type { ServerBlockModel } from '../model.ts';
import { normalizeName } from '../serverKey.ts';
import { ANSWERING } from './backends.ts';
import { isWithin } from './pluginStanzas.ts';
import { type RewriteRule, rewriteRules } from './rewriteRules.ts';
import { type Rule, type RuleContext, liveBlocks, shown } from './rule.ts';

/** A rewritten query stays in its server block: plugins of the block that serves the new name are never asked. */
export const rewriteOtherBlock: Rule = {
  code: 'CF415',
  title: 'Rewritten name belongs to another server block',
  *check(context) {
    const rules = rewriteRules(context);
    if (rules.length === 0) return;
    const zones = servedZones(context);
    const own = new Map(liveBlocks(context).map((block) => [block, listeners(block)]));
    for (const rule of rules) {
      const target = literalTarget(rule);
      if (target === undefined || rule.block.incomplete || rule.target === undefined) continue;
      const zone = foreignZone(context, { block: rule.block, listening: own.get(rule.block) ?? [] }, target, zones);
      if (zone === undefined || knows(context, rule.block, zone)) continue;
      yield {
        severity: 'warning',
        message: `${shown(target)} is served by another block (${shown(zone)}), but a rewritten query stays in this one. Forward ${shown(zone)} from here to a server that knows it, or move the rule there`,
        at: rule.target.token,
      };
    }
  },
};

/** The end of the target that is certain: the name itself, or what follows the last group of a pattern. */
function literalTarget({ type, names, target }: RewriteRule): string | undefined {
  if (type !== 'name' || names === undefined || target === undefined) return undefined;
  const name = normalizeName(target.text);
  if (names.match === 'exact') return name;
  if (names.match === 'suffix') return name.replace(/^\.+/u, '');
  if (names.match !== 'regex') return undefined;
  const behind = name.slice(name.lastIndexOf('}') + 1);
  return name.includes('}') ? /^[^.]*\.(.+)$/u.exec(behind)?.[1] : name;
}

/** Blocks by transport, port and zone. */
type ServedZones = ReadonlyMap<string, ReadonlySet<ServerBlockModel>>;

function servedZones(context: RuleContext): ServedZones {
  const zones = new Map<string, Set<ServerBlockModel>>();
  for (const block of liveBlocks(context)) {
    for (const listener of listeners(block)) {
      for (const zone of [...block.zones, ...block.kubernetesZones]) {
        const known = zones.get(`${listener} ${zone}`);
        if (known === undefined) zones.set(`${listener} ${zone}`, new Set([block]));
        else known.add(block);
      }
    }
  }
  return zones;
}

function listeners({ keys }: ServerBlockModel): ReadonlySet<string> {
  return new Set(keys.flatMap(({ key }) => (key === undefined ? [] : [`${key.transport} ${key.port}`])));
}

/** The zone with which other blocks, and not this one, serve the name where this block listens. */
function foreignZone(
  context: RuleContext,
  { block, listening }: { readonly block: ServerBlockModel; readonly listening: Iterable<string> },
  name: string,
  zones: ServedZones,
): string | undefined {
  for (const listener of listening) {
    for (let zone = name; zone !== ''; zone = zone.slice(zone.indexOf('.') + 1)) {
      const blocks = zones.get(`${listener} ${zone}`);
      if (blocks?.has(block) === true) break;
      if (blocks !== undefined) return zone;
    }
  }
  // A file imported at top level: the cluster's zone is served by the block of the main file.
  const domain = normalizeName(context.cluster?.clusterDomain ?? 'cluster.local');
  const foreign = context.purpose === 'server' && isWithin(name, domain);
  return foreign && !block.zones.some((zone) => isWithin(zone, domain)) ? domain : undefined;
}

/** True when the block has its own way to the zone, or one that can't be judged from here. */
function knows(context: RuleContext, block: ServerBlockModel, zone: string): boolean {
  if (block.kubernetesZones.some((own) => isWithin(zone, own))) return true;
  if (ANSWERING.some((name) => name !== 'kubernetes' && block.plugins.has(name))) return true;
  const clusterDns = context.cluster?.dnsServiceAddresses;
  return block.forwards.some(
    ({ from, to }) =>
      isWithin(zone, from) &&
      (from !== '.' ||
        to.some(
          ({ target }) =>
            'address' in target &&
            (clusterDns === undefined ? reachOf(target.address) !== 'public' : clusterDns.includes(target.address)),
        )),
  );
}
