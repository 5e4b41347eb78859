/** What is known of NodeLocal's node-cache: a build of CoreDNS with few plugins, run on the network of each node. */
import { isLinkLocal } from '../addressRange.ts';
import { subjectServer } from '../clusterFacts.ts';
import { oncePer } from '../oncePer.ts';
import { listenAddresses } from './keyOverlap.ts';
import { type RuleContext, liveBlocks } from './rule.ts';

/** cmd/node-cache/main.go of kubernetes/dns at 1.26; older releases lack dns64, bufsize and timeouts. */
export const NODE_CACHE_PLUGINS: ReadonlySet<string> = new Set([
  'bind',
  'bufsize',
  'cache',
  'debug',
  'dns64',
  'errors',
  'forward',
  'health',
  'hosts',
  'loadbalance',
  'log',
  'loop',
  'pprof',
  'prometheus',
  'reload',
  'rewrite',
  'template',
  'timeouts',
  'trace',
  'whoami',
]);

/** What the cluster says, else whether some block listens on a link-local address, or waits for one to be filled in. */
export const isNodeLocal = oncePer((context: RuleContext): boolean => {
  const { cluster, purpose } = context;
  if (cluster?.subject !== undefined) return cluster.subject.server === 'nodelocal';
  if (purpose !== 'corefile') return false;
  return liveBlocks(context).some(
    (block) =>
      block.plugins.get('bind')?.some(({ args }) => args.some(({ text }) => text.startsWith('__PILLAR__'))) === true ||
      (listenAddresses(context, block) ?? []).some(isLinkLocal),
  );
});

/** True when the image is certainly the node-cache of kubernetes/dns. */
export function runsNodeCache({ cluster }: RuleContext): boolean {
  if (cluster?.subject?.server !== 'nodelocal') return false;
  return /k8s-dns-node-cache[:@]/u.test(subjectServer(cluster)?.image ?? '');
}
