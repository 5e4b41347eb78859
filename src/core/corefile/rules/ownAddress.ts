/**
 * Whether a query that CoreDNS sends to an address comes back to the server block it was sent from. Not every loopback
 * address does: another block of the same file, or another program on another port, may listen there.
 */
import { addressKey, isLoopback, sameAddress } from '../addressRange.ts';
import type { CorefileModel, ServerBlockModel } from '../model.ts';
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
  const { bound, listeners } = tableOf(context);
  const unbound = isOwn || isLoopback(destination.address);
  if (!unbound && !bound.has(addressKey(destination.address))) return false;
  // A rewritten name may belong to another block, and a view may choose one.
  if (block.plugins.has('rewrite') || block.incomplete) return false;
  const listening = (listeners.get(`${destination.transport} ${destination.port}`) ?? [])
    .filter(({ addresses }) => addresses.some((own) => (own === '' ? unbound : sameAddress(own, destination.address))))
    .map((listener) => listener.block);
  if (!listening.includes(block) || listening.some(({ plugins }) => plugins.has('view'))) return false;
  return block.zones.some((zone) => {
    const asked = isWithin(from, zone) ? from : isWithin(zone, from) ? zone : undefined;
    return asked !== undefined && bestBlock(asked, listening) === block;
  });
}

interface Listener {
  readonly block: ServerBlockModel;
  /** Empty text: all addresses. */
  readonly addresses: readonly string[];
}

interface Table {
  readonly bound: ReadonlySet<string>;
  /** By transport and port. */
  readonly listeners: ReadonlyMap<string, readonly Listener[]>;
}

const tables = new WeakMap<CorefileModel, Table>();

/** Who listens where; asked for each upstream, so it is built once. */
function tableOf(context: RuleContext): Table {
  const known = tables.get(context.model);
  if (known !== undefined) return known;
  const bound = new Set<string>();
  const listeners = new Map<string, Listener[]>();
  for (const block of liveBlocks(context)) {
    const addresses = listenAddresses(context, block) ?? [];
    for (const address of addresses) if (address !== '') bound.add(addressKey(address));
    for (const place of new Set(block.keys.map(({ key }) => `${key?.transport ?? ''} ${Number(key?.port)}`))) {
      const list = listeners.get(place);
      if (list === undefined) listeners.set(place, [{ block, addresses }]);
      else list.push({ block, addresses });
    }
  }
  const table = { bound, listeners };
  tables.set(context.model, table);
  return table;
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
