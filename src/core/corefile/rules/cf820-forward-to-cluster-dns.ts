import { sameAddress } from '../addressRange.ts';
import { comesBack } from './ownAddress.ts';
import { isServerPart } from './parts.ts';
import { type Rule, type RuleContext, liveBlocks, shown } from './rule.ts';

/** CoreDNS asks the Service that it stands behind itself. */
export const forwardToClusterDns: Rule = {
  code: 'CF820',
  title: "forward asks the cluster's own DNS Service",
  *check(context) {
    const { cluster } = context;
    const addresses = cluster?.dnsServiceAddresses ?? [];
    if (addresses.length === 0 || cluster?.subject?.server === 'nodelocal') return;
    for (const block of liveBlocks(context)) {
      for (const { from, to } of block.forwards) {
        for (const { token, target } of to) {
          if (!('address' in target) || !addresses.some((address) => sameAddress(address, target.address))) continue;
          const port = targetPort(context, target.port);
          if (target.transport !== 'dns' || port === undefined) continue;
          const destination = { address: target.address, port, transport: 'dns' };
          if (!comesBack(context, block, from, destination, true)) continue;
          yield {
            severity: 'warning',
            message: `${shown(target.address)} is the DNS Service of this cluster, behind which this very block answers: queries go in circles. Name the server that knows ${isServerPart(context, block) ? 'the zone' : 'these names'}`,
            at: token,
          };
        }
      }
    }
  },
};

/** Where the Service hands a query over; the same port where that isn't known. */
function targetPort({ cluster }: RuleContext, port: number): number | undefined {
  const ports = cluster?.dnsServicePorts;
  return ports === undefined ? port : ports.find((one) => one.port === port)?.targetPort;
}
