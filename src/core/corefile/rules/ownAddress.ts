/**
 * Whether a query that CoreDNS sends to an address comes back to the server block it was sent from. Not every loopback
 * address does: another block of the same file, or another program on another port, may listen there.
 *
 * Listeners stand in a table made once per lint, by transport, port and address, each with its zones: an upstream is looked
 * up by its address and the labels of a name.
 * Why not: ask every block about every upstream. A thousand blocks would take a million answers on every keystroke.
 */
import { isLoopback } from '../addressRange.ts';
import { type IpAddress, parseIp } from '../ipAddress.ts';
import type { ServerBlockModel } from '../model.ts';
import { oncePer } from '../oncePer.ts';
import { listenAddresses } from './keyOverlap.ts';
import { isWithin } from './pluginStanzas.ts';
import { type RuleContext, liveBlocks } from './rule.ts';
import { parentZones } from './zones.ts';

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
  { address, port, transport }: Destination,
  isOwn: boolean,
): boolean {
  // A rewritten name may belong to another block, and a view may choose one.
  if (block.plugins.has('rewrite') || block.incomplete) return false;
  const all = listeners(context);
  const everywhere = isOwn || isLoopback(address) ? all.get(listenerName(transport, port, undefined)) : undefined;
  const ip = parseIp(address);
  const bound = ip === undefined ? undefined : all.get(listenerName(transport, port, ip));
  if (everywhere === undefined && bound === undefined) return false;
  const listening = [everywhere, bound].filter((listener) => listener !== undefined);
  const own = listening.map(({ blocks }) => blocks.get(block)).find((number) => number !== undefined);
  if (own === undefined || listening.some(({ hasView }) => hasView)) return false;
  return block.zones.some((zone) => {
    const asked = isWithin(from, zone) ? from : isWithin(zone, from) ? zone : undefined;
    return asked !== undefined && bestBlock(asked, listening) === own;
  });
}

/** What listens at one address. */
interface Listener {
  /** Each with its number in the file. */
  readonly blocks: Map<ServerBlockModel, number>;
  /** The first block of each zone, as its number in the file. */
  readonly zones: Map<string, number>;
  hasView: boolean;
}

const listeners = oncePer((context: RuleContext): ReadonlyMap<string, Listener> => {
  const all = new Map<string, Listener>();
  for (const [index, block] of liveBlocks(context).entries()) {
    const addresses = listenAddresses(context, block) ?? [];
    const names = block.keys.flatMap(({ key }) =>
      key === undefined
        ? []
        : addresses.map((address) => listenerName(key.transport, Number(key.port), parseIp(address))),
    );
    for (const name of new Set(names)) {
      let listener = all.get(name);
      if (listener === undefined) all.set(name, (listener = { blocks: new Map(), zones: new Map(), hasView: false }));
      listener.blocks.set(block, index);
      listener.hasView ||= block.plugins.has('view');
      for (const zone of block.zones) if (!listener.zones.has(zone)) listener.zones.set(zone, index);
    }
  }
  return all;
});

/** Without an address: all of them. Two ways to write one address give one name. */
function listenerName(transport: string, port: number, address: IpAddress | undefined): string {
  return `${transport} ${port} ${address?.bytes.join('.') ?? ''}`;
}

/** Number of the block with the longest zone that holds `name`, the first of several. */
function bestBlock(name: string, listening: readonly Listener[]): number | undefined {
  for (const zone of [name, ...parentZones(name)]) {
    const blocks = listening.flatMap(({ zones }) => zones.get(zone) ?? []);
    if (blocks.length > 0) return Math.min(...blocks);
  }
  return undefined;
}
