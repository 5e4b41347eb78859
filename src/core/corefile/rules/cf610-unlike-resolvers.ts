import { isPrivate } from '../addressRange.ts';
import { parseIp } from '../ipAddress.ts';
import type { ForwardModel } from '../model.ts';
import { type Rule, liveBlocks, shown } from './rule.ts';

const AZURE_DNS = '168.63.129.16';

/** A server of one's own network and a public one in one forward: they know different names, and NXDOMAIN is final. */
export const unlikeResolvers: Rule = {
  code: 'CF610',
  title: 'Servers that know different names share one forward',
  *check(context) {
    for (const block of liveBlocks(context)) {
      for (const { stanza, to, policy } of block.forwards) {
        if (to.length < 2 || stanza.uncertain || handsOn(stanza)) continue;
        const addresses = to.flatMap(({ target }) => ('address' in target ? [target.address] : []));
        // Azure's own address among others: CF814.
        if (addresses.includes(AZURE_DNS)) continue;
        const own = addresses.find((address) => parseIp(address) !== undefined && isPrivate(address));
        const foreign = to.find(
          ({ target }) => 'address' in target && parseIp(target.address) !== undefined && !isPrivate(target.address),
        );
        if (own === undefined || foreign === undefined || !('address' in foreign.target)) continue;
        const pair = `${shown(own)} is in a private network, ${shown(foreign.target.address)} is public`;
        if (policy === 'sequential')
          yield {
            severity: 'info',
            message: `${pair}: the later one is asked only when the earlier is down, never after NXDOMAIN. Give private zones a server block of their own`,
            at: foreign.token,
          };
        else
          yield {
            severity: 'warning',
            message: `${pair}, and chance decides which one is asked: private names fail now and then, for NXDOMAIN is final. Give them a server block of their own`,
            at: foreign.token,
          };
      }
    }
  },
};

/** True when some answers go on to another server. */
function handsOn({ options }: ForwardModel['stanza']): boolean {
  return options.some(({ name: { text } }) => text === 'failover' || text === 'next' || text === 'next_on_nodata');
}
