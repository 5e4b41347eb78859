import { isLoopback, sameAddress } from '../addressRange.ts';
import { subjectServer } from '../clusterFacts.ts';
import type { ForwardModel, ServerBlockModel, UpstreamTarget } from '../model.ts';
import { comesBack } from './ownAddress.ts';
import { type Rule, type RuleContext, liveBlocks, shown } from './rule.ts';

/** forward to an address at which this very block listens: each query goes in circles until loop stops CoreDNS. */
export const forwardToItself: Rule = {
  code: 'CF603',
  title: 'forward leads back to CoreDNS itself',
  *check(context) {
    for (const block of liveBlocks(context)) {
      for (const forward of block.forwards) {
        for (const { token, target } of forward.to) {
          const own = ownAddress(context, block, forward, target);
          if (own === undefined) continue;
          const where = 'file' in target ? `${shown(target.file)} names ${own}` : own;
          yield {
            severity: 'warning',
            message: `${where}, where this block itself answers: queries go in circles, and loop would stop CoreDNS. Name the real upstream`,
            at: token,
          };
        }
      }
    }
  },
};

/** The address among those of `target` that leads back here. The DNS Service's own is left to CF820, unless a file names it. */
function ownAddress(
  context: RuleContext,
  block: ServerBlockModel,
  { from }: ForwardModel,
  target: UpstreamTarget,
): string | undefined {
  const { cluster } = context;
  const server = subjectServer(cluster);
  const isPod = (address: string): boolean =>
    server?.addresses?.some((one) => sameAddress(one, address)) === true ||
    server?.bindAddresses?.some((one) => sameAddress(one, address)) === true;
  if (!('file' in target)) {
    const back = comesBack(context, block, from, target, isPod(target.address));
    return back ? shown(target.address) : undefined;
  }
  if (target.file !== '/etc/resolv.conf') return undefined;
  const isService = (address: string): boolean =>
    cluster?.subject?.server !== 'nodelocal' &&
    cluster?.dnsServiceAddresses?.some((one) => sameAddress(one, address)) === true;
  return server?.resolvers?.find((address) => {
    const service = isService(address);
    const port = service ? (cluster?.dnsServicePorts?.find((one) => one.port === 53)?.targetPort ?? 53) : 53;
    const isOwn = service || isPod(address) || isLoopback(address);
    return comesBack(context, block, from, { address, port, transport: 'dns' }, isOwn);
  });
}
