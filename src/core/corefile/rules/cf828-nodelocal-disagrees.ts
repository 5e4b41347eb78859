import { sameAddress } from '../addressRange.ts';
import type { ClusterFacts } from '../clusterFacts.ts';
import { type CorefileModel, type ServerBlockModel, type UpstreamTarget, readCorefile } from '../model.ts';
import { isWithin } from './pluginStanzas.ts';
import { type Finding, type Rule, type RuleContext, liveBlocks, shown } from './rule.ts';

/** NodeLocal answers pods in place of CoreDNS; what it doesn't hand to CoreDNS, CoreDNS never sees. */
export const nodeLocalDisagrees: Rule = {
  code: 'CF828',
  title: 'NodeLocal and CoreDNS disagree',
  *check(context) {
    const { cluster, purpose } = context;
    if (cluster === undefined || purpose === 'override') return;
    if (cluster.subject?.server === 'nodelocal') yield* ofNodeLocal(context, cluster);
    else yield* ofCoreDns(context, cluster);
  },
};

/** A zone of CoreDNS's that NodeLocal sends elsewhere. */
function* ofCoreDns(context: RuleContext, cluster: ClusterFacts): Iterable<Finding> {
  const text = cluster.nodeLocal?.corefile;
  if (text === undefined) return;
  const cache = modelOf(text);
  for (const block of liveBlocks(context)) {
    for (const { token, key } of block.keys) {
      const zone = key?.transport === 'dns' && key.port === '53' ? key.zones.find((one) => isStub(one)) : undefined;
      const server = zone === undefined ? undefined : bestBlock(zone, cache.blocks);
      if (zone === undefined || server === undefined || asksCoreDns(server, cluster) !== false) continue;
      yield {
        severity: 'warning',
        message: `Pods ask NodeLocal first, and it sends ${shown(zone.slice(0, -1))} past CoreDNS, so this block is reached by few or none. Give NodeLocal a block for the zone that forwards to __PILLAR__CLUSTER__DNS__`,
        at: token,
      };
    }
  }
}

/** A zone of kubernetes that NodeLocal sends elsewhere. */
function* ofNodeLocal(context: RuleContext, cluster: ClusterFacts): Iterable<Finding> {
  const text = cluster.coreDns?.corefile;
  if (text === undefined) return;
  const zones = new Set(modelOf(text).blocks.flatMap(({ kubernetesZones }) => kubernetesZones));
  for (const zone of zones) {
    const block = bestBlock(zone, liveBlocks(context));
    const forward = block?.forwards[0];
    if (zone.endsWith('.arpa.') || zone === '.' || forward === undefined || block === undefined) continue;
    if (asksCoreDns(block, cluster) !== false) continue;
    yield {
      severity: 'warning',
      message: `CoreDNS serves ${shown(zone.slice(0, -1))} for the cluster, but NodeLocal sends it elsewhere: Services aren't found. Forward it to __PILLAR__CLUSTER__DNS__`,
      at: forward.stanza.name,
    };
  }
}

function isStub(zone: string): boolean {
  return zone !== '.' && !zone.endsWith('.arpa.');
}

/** Whether a block of NodeLocal's forwards to CoreDNS; `undefined` when that isn't known. */
function asksCoreDns(block: ServerBlockModel, cluster: ClusterFacts): boolean | undefined {
  const targets = block.forwards.flatMap(({ to }) => to);
  if (targets.length === 0 || block.incomplete) return undefined;
  const answers = targets.map(({ target }) => isCoreDns(target, cluster));
  if (answers.includes(true)) return true;
  return answers.every((answer) => answer === false) ? false : undefined;
}

function isCoreDns(
  target: UpstreamTarget,
  { coreDns, services, dnsServiceAddresses = [] }: ClusterFacts,
): boolean | undefined {
  // The node's own servers.
  if ('file' in target) return false;
  const { address } = target;
  if (address.includes('__PILLAR__')) return address.includes('__PILLAR__UPSTREAM__SERVERS__') ? false : true;
  const known = [...dnsServiceAddresses, ...(coreDns?.addresses ?? [])];
  if (known.some((one) => sameAddress(one, address))) return true;
  const service = services?.find(({ addresses }) => addresses.some((one) => sameAddress(one, address)));
  // A Service of another name in front of the same pods is how node-cache reaches CoreDNS.
  if (service !== undefined) return /dns/iu.test(service.name) ? true : undefined;
  return services === undefined ? undefined : false;
}

function bestBlock(zone: string, blocks: readonly ServerBlockModel[]): ServerBlockModel | undefined {
  let best: ServerBlockModel | undefined;
  let length = -1;
  for (const block of blocks) {
    for (const own of block.zones) {
      if (own.length <= length || !isWithin(zone, own)) continue;
      best = block;
      length = own.length;
    }
  }
  return best;
}

let last: { readonly text: string; readonly model: CorefileModel } | undefined;

/** The other server's Corefile stays the same from one keystroke to the next. */
function modelOf(text: string): CorefileModel {
  if (last?.text !== text) last = { text, model: readCorefile(text) };
  return last.model;
}
