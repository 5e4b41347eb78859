/**
 * Which part of the Corefile served a name: the server block with the longest zone that holds it (core/dnsserver/server.go
 * ServeDNS), and in it the `forward` whose upstream was asked, the `kubernetes` that owns the name, or the first `forward`
 * that would be asked (plugin/forward: FROM holds the name, no `except` does). Names are matched once each by the caller.
 *
 * Why not the whole plugin chain: hosts, file, template and rewrite answer by their data, which the Corefile doesn't hold.
 */
import type { TopologyServerBlock } from './topology.ts';
import { inZone } from './zone.ts';

export interface ServedBy {
  readonly block: TopologyServerBlock;
  /** The plugin that answered or was asked; `undefined` when the block has several that could have. */
  readonly plugin?: { readonly name: 'forward' | 'kubernetes'; readonly line: number };
}

/**
 * @param name absolute, any case
 * @param port where CoreDNS was asked; blocks on other ports count only when none listens there
 * @param upstream address that CoreDNS asked for this lookup, if it was seen
 */
export function servedBy(
  servers: readonly TopologyServerBlock[],
  name: string,
  port?: number,
  upstream?: string,
): ServedBy | undefined {
  const asked = absolute(name).toLowerCase();
  const listening = servers.filter((server) => server.keys.some((key) => key.port === port));
  let block: TopologyServerBlock | undefined;
  let longest = -1;
  for (const server of listening.length > 0 ? listening : servers) {
    for (const key of server.keys) {
      if (listening.length > 0 && key.port !== port) continue;
      // The first of equals: views of one zone are tried from top to bottom.
      if (key.zone.length > longest && inZone(asked, key.zone)) {
        longest = key.zone.length;
        block = server;
      }
    }
  }
  if (block === undefined) return undefined;
  const plugin = pluginOf(block, asked, upstream);
  return plugin === undefined ? { block } : { block, plugin };
}

function pluginOf(block: TopologyServerBlock, asked: string, upstream: string | undefined): ServedBy['plugin'] {
  const open = block.forwards.filter(
    ({ from, except }) => inZone(asked, from) && !except.some((zone) => inZone(asked, zone)),
  );
  if (upstream !== undefined) {
    // A forward that reads a resolv.conf names no address: it is the one when no other names this upstream.
    const forward = open.find(({ addresses }) => addresses.includes(upstream)) ?? open.find(({ fromFile }) => fromFile);
    return forward === undefined ? undefined : { name: 'forward', line: forward.line };
  }
  const { kubernetes } = block;
  if (kubernetes?.zones.some((zone) => inZone(asked, zone)) === true)
    return { name: 'kubernetes', line: kubernetes.line };
  const [first] = open;
  return first === undefined ? undefined : { name: 'forward', line: first.line };
}

function absolute(name: string): string {
  return name.endsWith('.') ? name : `${name}.`;
}
