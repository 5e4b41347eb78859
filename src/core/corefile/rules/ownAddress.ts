/**
 * Whether a query that CoreDNS sends to an address comes back to the server block it was sent from. Not every loopback
 * address does: another block of the same file, or another program on another port, may listen there.
 */
import { isLoopback, sameAddress } from '../addressRange.ts';
import type { ServerBlockModel } from '../model.ts';
import { listenAddresses } from './keyOverlap.ts';
import { isWithin } from './pluginStanzas.ts';
import { type RuleContext, liveBlocks } from './rule.ts';

export interface Destination {
  readonly address: string;
  readonly port: number;
  readonly transport: string;
}

/** `from`: the zone of the forward that sends there. `isOwn`: the address certainly leads to this CoreDNS. */
export function comesBack(
  context: RuleContext,
  block: ServerBlockModel,
  from: string,
  destination: Destination,
  isOwn: boolean,
): boolean {
  // A rewritten name may belong to another block, and a view may choose one.
  if (block.plugins.has('rewrite') || block.incomplete) return false;
  const listening = liveBlocks(context).filter((candidate) => listensAt(context, candidate, destination, isOwn));
  if (!listening.includes(block) || listening.some(({ plugins }) => plugins.has('view'))) return false;
  return block.zones.some((zone) => {
    const asked = isWithin(from, zone) ? from : isWithin(zone, from) ? zone : undefined;
    return asked !== undefined && bestBlock(asked, listening) === block;
  });
}

function listensAt(
  context: RuleContext,
  block: ServerBlockModel,
  { address, port, transport }: Destination,
  isOwn: boolean,
): boolean {
  if (!block.keys.some(({ key }) => key?.transport === transport && Number(key.port) === port)) return false;
  const bound = listenAddresses(context, block) ?? [];
  return bound.some((own) => (own === '' ? isOwn || isLoopback(address) : sameAddress(own, address)));
}

function bestBlock(name: string, blocks: readonly ServerBlockModel[]): ServerBlockModel | undefined {
  let best: ServerBlockModel | undefined;
  let length = -1;
  for (const block of blocks) {
    for (const zone of block.zones) {
      if (zone.length <= length || !isWithin(name, zone)) continue;
      best = block;
      length = zone.length;
    }
  }
  return best;
}
