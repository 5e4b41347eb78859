/**
 * Server keys that get in each other's way, found in CoreDNS's own order (core/dnsserver/address.go zoneOverlap): keys are
 * registered one by one under transport, zone, port and address. Blocks with a `view` may share and aren't registered.
 */
import { parseIp } from '../ipAddress.ts';
import type { BlockKey, ServerBlockModel } from '../model.ts';
import { oncePer } from '../oncePer.ts';
import { type RuleContext, liveBlocks, valueOf } from './rule.ts';

export interface KeyOverlap {
  /** `shadowed`: allowed, but a block without `view` before this one answers every query of the zone. */
  readonly kind: 'same' | 'overlap' | 'shadowed';
  readonly token: BlockKey['token'];
  /** The key registered before. */
  readonly first: BlockKey;
  /** As CoreDNS prints it, `dns://example.org.:53 on 127.0.0.1`. */
  readonly name: string;
}

export const overlappingKeys = oncePer((context: RuleContext): readonly KeyOverlap[] => [...findOverlaps(context)]);

function* findOverlaps(context: RuleContext): Iterable<KeyOverlap> {
  const registered = new Map<string, BlockKey>();
  /** Any registered key of this transport, zone and port, whatever its address. */
  const anyAddress = new Map<string, BlockKey>();
  for (const block of liveBlocks(context)) {
    const addresses = listenAddresses(context, block);
    if (addresses === undefined) continue;
    const filtered = block.plugins.has('view');
    for (const { blockKey, name } of namesOf(block)) {
      for (const address of addresses) {
        const bound = address === '' ? name : `${name} on ${address}`;
        const same = registered.get(bound);
        const unbound = address === '' ? anyAddress.get(name) : registered.get(name);
        const first = same ?? unbound;
        if (first === undefined) {
          if (filtered) continue;
          registered.set(bound, blockKey);
          anyAddress.set(name, blockKey);
        } else {
          const kind = same === undefined ? 'overlap' : filtered ? 'shadowed' : 'same';
          yield { kind, token: blockKey.token, first, name: bound };
        }
      }
    }
  }
}

/** CoreDNS appends the further zones of a CIDR key behind all other keys of the block. */
function namesOf(block: ServerBlockModel): readonly { readonly blockKey: BlockKey; readonly name: string }[] {
  return block.keys.flatMap((blockKey) => {
    const { key } = blockKey;
    if (key === undefined || key.transport === 'unix') return [];
    return key.zones.map((zone) => ({ blockKey, name: `${key.transport}://${zone}:${key.port}` }));
  });
}

/** Addresses of `bind`; one empty entry without it. `undefined` when an interface or a variable decides. */
export function listenAddresses(context: RuleContext, block: ServerBlockModel): readonly string[] | undefined {
  const binds = block.plugins.get('bind');
  if (binds === undefined) return [''];
  const addresses: string[] = [];
  for (const bind of binds) {
    const except = new Set<string>();
    if (bind.uncertain) return undefined;
    for (const token of bind.options.flatMap(({ args }) => args)) {
      const value = valueOf(context, token);
      if (value === undefined || parseIp(value) === undefined) return undefined;
      except.add(value);
    }
    for (const token of bind.args) {
      const value = valueOf(context, token);
      if (value === undefined || parseIp(value) === undefined) return undefined;
      if (!except.has(value)) addresses.push(value);
    }
  }
  return addresses;
}
