import { isLinkLocal, sameAddress } from '../addressRange.ts';
import type { ServerBlockModel } from '../model.ts';
import { normalizeName } from '../serverKey.ts';
import { listenAddresses } from './keyOverlap.ts';
import { isNodeLocal } from './nodeLocal.ts';
import { addOptions, isWithin } from './pluginStanzas.ts';
import { type Finding, type Rule, type RuleContext, insertPlugin, liveBlocks, shown } from './rule.ts';

/** NodeLocal lives on the node's own network: what it doesn't bind to its addresses, it takes from the node. */
export const nodeLocalBlock: Rule = {
  code: 'CF823',
  title: 'NodeLocal block takes more of the node than it should',
  *check(context) {
    if (!isNodeLocal(context)) return;
    const blocks = liveBlocks(context);
    const bind = blocks.flatMap(({ plugins }) => plugins.get('bind') ?? [])[0];
    const addresses = blocks.flatMap((block) => listenAddresses(context, block) ?? []).filter((one) => one !== '');
    for (const block of blocks) {
      const key = block.node.keys[0]?.token;
      if (key !== undefined && !block.incomplete && !block.plugins.has('bind') && bind !== undefined) {
        const line = `bind ${bind.args.map(({ text }) => text).join(' ')}`;
        const edit = insertPlugin(context, block, line);
        yield {
          severity: 'warning',
          message:
            "This block has no bind: on the node's network it takes the port on every address. Bind it like the others",
          at: key,
          fixes: edit === undefined ? [] : [{ title: `Add ${shown(line)}`, edits: [edit] }],
        };
      }
      yield* health(block, addresses);
      yield* forceTcp(context, block);
    }
  },
};

function* health({ health: endpoint }: ServerBlockModel, addresses: readonly string[]): Iterable<Finding> {
  if (endpoint?.port === undefined || addresses.length === 0) return;
  if (addresses.some((address) => sameAddress(address, endpoint.host)) || endpoint.host.includes('__PILLAR__')) return;
  const local = addresses.find(isLinkLocal) ?? addresses[0] ?? '';
  yield {
    severity: 'warning',
    message: `health isn't on NodeLocal's own address: on the node's network its port clashes with others. Write health ${shown(local)}:${endpoint.port}`,
    at: endpoint.token,
  };
}

/** Names of the cluster go to CoreDNS over UDP: entries of connection tracking run full, and packets are lost. */
function* forceTcp(context: RuleContext, block: ServerBlockModel): Iterable<Finding> {
  const domain = normalizeName(context.cluster?.clusterDomain ?? 'cluster.local');
  if (!block.zones.some((zone) => isWithin(zone, domain))) return;
  for (const { stanza, forceTcp: forced } of block.forwards) {
    if (forced || stanza.uncertain) continue;
    yield {
      severity: 'warning',
      message:
        'Queries for names of the cluster go to CoreDNS over UDP, where the node may drop them unseen (connection tracking). Add force_tcp',
      at: stanza.name,
      fixes: addOptions(context, stanza, ['force_tcp'], 'Add force_tcp'),
    };
  }
}
