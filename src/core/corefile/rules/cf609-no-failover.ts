import { inRange, isLinkLocal, isLoopback } from '../addressRange.ts';
import { subjectServer } from '../clusterFacts.ts';
import type { ServerBlockModel } from '../model.ts';
import { listenAddresses } from './keyOverlap.ts';
import { integerOf, optionNamed } from './pluginStanzas.ts';
import { type Rule, type RuleContext, liveBlocks } from './rule.ts';

/** Answers in every Azure network, from many machines. */
const AZURE_DNS = '168.63.129.16';

/** One upstream for the whole of a cluster's outside names and no other, or several whose failure nobody notices. */
export const noFailover: Rule = {
  code: 'CF609',
  title: 'forward has no server to fall back on',
  *check(context) {
    const blocks = liveBlocks(context);
    const inCluster = context.cluster !== undefined || blocks.some(({ plugins }) => plugins.has('kubernetes'));
    for (const block of blocks) {
      for (const { stanza, to, from } of block.forwards) {
        if (stanza.uncertain || to.length !== stanza.args.length - 1) continue;
        const fails = optionNamed(context, stanza, 'max_fails');
        if (to.length > 1 && fails !== undefined && integerOf(context, fails.args[0]) === 0)
          yield {
            severity: 'warning',
            message: `max_fails 0 switches health checks off: a dead server keeps getting its share of queries, though there are ${to.length}. Remove it`,
            at: fails.name,
          };
        const only = to.length === 1 && inCluster && from === '.' && block.zones.includes('.') ? to[0] : undefined;
        if (only !== undefined && 'address' in only.target && isOneMachine(context, block, only.target.address))
          yield {
            severity: 'info',
            message:
              'This is the only server for all names outside the cluster: while it is down, each of them gets SERVFAIL. Add a second one',
            at: only.token,
          };
      }
    }
  },
};

/** False for addresses that stand for several servers, and where NodeLocal asks CoreDNS. */
function isOneMachine(context: RuleContext, block: ServerBlockModel, address: string): boolean {
  const { cluster } = context;
  if (address === AZURE_DNS || isLinkLocal(address) || isLoopback(address)) return false;
  if (!/^[0-9a-f.:]+$/iu.test(address) || cluster?.serviceRanges?.some((range) => inRange(address, range)) === true)
    return false;
  if (cluster?.services?.some(({ addresses }) => addresses.includes(address)) === true) return false;
  if (subjectServer(cluster)?.bindAddresses !== undefined) return false;
  const bound = listenAddresses(context, block) ?? [];
  return !bound.some(isLinkLocal);
}
