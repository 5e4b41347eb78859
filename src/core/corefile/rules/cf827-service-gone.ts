import { addressKey, inRange } from '../addressRange.ts';
import type { ServiceFact } from '../clusterFacts.ts';
import { oncePer } from '../oncePer.ts';
import { type Rule, liveBlocks, shown } from './rule.ts';

/** forward to the address of a Service that is gone, or that has nothing behind it. */
export const serviceGone: Rule = {
  code: 'CF827',
  title: 'Upstream is a Service that is gone or empty',
  *check(context) {
    const { services, serviceRanges = [], dnsServiceAddresses = [] } = context.cluster ?? {};
    if (services === undefined) return;
    for (const block of liveBlocks(context)) {
      for (const { token, target } of block.forwards.flatMap(({ to }) => to)) {
        if (!('address' in target) || dnsServiceAddresses.includes(target.address)) continue;
        const { address } = target;
        const service = byAddress(services).get(addressKey(address));
        if (service === undefined && serviceRanges.some((range) => inRange(address, range)))
          yield {
            severity: 'warning',
            message: `${shown(address)} is in the range of Service addresses, but no Service has it: these names get SERVFAIL. Write the address of the Service that is meant`,
            at: token,
          };
        if (service?.readyEndpoints === 0)
          yield {
            severity: 'warning',
            message: `Service ${shown(`${service.namespace}/${service.name}`)} has no ready pods behind ${shown(address)}: these names get SERVFAIL. Look at its pods and its selector`,
            at: token,
          };
      }
    }
  },
};

/** Clusters have thousands of Services; the list stays the same from one keystroke to the next. */
const byAddress = oncePer(
  (services: readonly ServiceFact[]): ReadonlyMap<string, ServiceFact> =>
    new Map(services.flatMap((service) => service.addresses.map((one) => [addressKey(one), service] as const))),
);
