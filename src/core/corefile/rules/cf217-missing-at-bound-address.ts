/**
 * CoreDNS opens one server for each address and port, and that server knows the blocks bound to it and no others
 * (core/dnsserver/register.go groupConfigsByListenAddr): a block without `bind` listens "everywhere", but is not known at an
 * address that another block binds. Zones are looked up upwards, label by label.
 */
import type { BlockKey, ServerBlockModel } from '../model.ts';
import { isNodeLocal } from './nodeLocal.ts';
import { type Finding, type Rule, type RuleContext, insertPlugin, liveBlocks, shown } from './rule.ts';
import { parentZones } from './zones.ts';

/** A block with bind and one without, of which one serves a zone below the other's. */
export const missingAtBoundAddress: Rule = {
  code: 'CF217',
  title: 'Block is missing at an address that another binds',
  *check(context) {
    // CF823 speaks of NodeLocal's.
    if (context.purpose === 'override' || isNodeLocal(context)) return;
    const blocks = liveBlocks(context).filter(({ incomplete, plugins }) => !incomplete && !plugins.has('view'));
    const bound = servedBy(blocks.filter(({ plugins }) => plugins.has('bind')));
    if (bound.size === 0) return;
    const unbound = servedBy(blocks.filter(({ plugins }) => !plugins.has('bind')));
    for (const block of blocks) {
      const finding = block.plugins.has('bind')
        ? leftAlone(block, bound, unbound)
        : unknownThere(context, block, bound);
      if (finding !== undefined) yield finding;
    }
  },
};

interface Served {
  readonly block: ServerBlockModel;
  readonly blockKey: BlockKey;
}

type ServedZones = ReadonlyMap<string, Served>;

/** By transport, port and zone; the first block of each. */
function servedBy(blocks: readonly ServerBlockModel[]): ServedZones {
  const served = new Map<string, Served>();
  for (const block of blocks) {
    for (const blockKey of block.keys) {
      for (const name of namesOf(blockKey)) if (!served.has(name.own)) served.set(name.own, { block, blockKey });
    }
  }
  return served;
}

function namesOf({ key }: BlockKey): readonly { readonly own: string; readonly above: readonly string[] }[] {
  if (key === undefined) return [];
  const { transport, port, zones } = key;
  const named = (zone: string): string => `${transport} ${port} ${zone}`;
  return zones.map((zone) => ({ own: named(zone), above: [...parentZones(zone)].map(named) }));
}

/** The first key whose zone lies below one that `others` serve, and the nearest of those. */
function below(
  block: ServerBlockModel,
  others: ServedZones,
): { readonly own: BlockKey; readonly other: Served } | undefined {
  for (const own of block.keys) {
    for (const { above } of namesOf(own)) {
      for (const name of above) {
        const other = others.get(name);
        if (other !== undefined) return { own, other };
      }
    }
  }
  return undefined;
}

/** Names of the block are answered by the one above, where that is bound. */
function unknownThere(context: RuleContext, block: ServerBlockModel, bound: ServedZones): Finding | undefined {
  const found = below(block, bound);
  if (found === undefined) return undefined;
  const { own, other } = found;
  const line = `bind ${addressesOf(other.block)}`;
  const edit = insertPlugin(context, block, line);
  return {
    severity: 'warning',
    message: `At ${shown(addressesOf(other.block))} CoreDNS knows only the blocks bound to it: there ${shown(other.blockKey.token.text)} gets the queries for ${shown(own.token.text)}, not this block. Give it the same bind`,
    at: own.token,
    mentions: placesOf(other.block),
    fixes: edit === undefined ? [] : [{ title: `Add ${shown(line)}`, edits: [edit] }],
  };
}

/** Whoever asks at its address gets REFUSED for all other names. That may be meant so. */
function leftAlone(block: ServerBlockModel, bound: ServedZones, unbound: ServedZones): Finding | undefined {
  const found = below(block, unbound);
  const name = block.plugins.get('bind')?.[0]?.name;
  if (found === undefined || name === undefined || below(block, bound) !== undefined) return undefined;
  const { own, other } = found;
  return {
    severity: 'info',
    message: `At ${shown(addressesOf(block))} CoreDNS knows only the blocks bound to it: names outside of ${shown(own.token.text)} are refused there, and ${shown(other.blockKey.token.text)} doesn't get them. Bind that block there too if they should be answered`,
    at: name,
    mentions: [{ at: other.blockKey.token, message: 'Has no bind' }],
  };
}

function addressesOf({ plugins }: ServerBlockModel): string {
  return (plugins.get('bind') ?? []).flatMap(({ args }) => args.map(({ text }) => text)).join(' ');
}

function placesOf({ plugins }: ServerBlockModel): NonNullable<Finding['mentions']> {
  return (plugins.get('bind') ?? []).slice(0, 1).map(({ name }) => ({ at: name, message: 'Bound here' }));
}
