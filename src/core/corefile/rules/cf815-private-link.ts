import { isPrivate } from '../addressRange.ts';
import { parseIp } from '../ipAddress.ts';
import { isWithin } from './pluginStanzas.ts';
import { type Rule, liveBlocks, shown } from './rule.ts';

const AZURE_DNS = '168.63.129.16';

/** A zone of Azure Private Link at a public server: it knows the public address only. */
export const privateLink: Rule = {
  code: 'CF815',
  title: 'Private Link zone is forwarded to a public server',
  *check(context) {
    for (const block of liveBlocks(context)) {
      for (const { from, to } of block.forwards) {
        const zone = [...block.zones, from].find(
          (name) => name.startsWith('privatelink.') && isNarrow(name, from, block.zones),
        );
        if (zone === undefined) continue;
        const foreign = to.find(
          ({ target }) =>
            'address' in target &&
            target.address !== AZURE_DNS &&
            parseIp(target.address) !== undefined &&
            !isPrivate(target.address),
        );
        if (foreign === undefined || !('address' in foreign.target)) continue;
        yield {
          severity: 'warning',
          message: `${shown(foreign.target.address)} is a public server and knows only the public address of names in ${shown(zone.slice(0, -1))}. Ask ${AZURE_DNS} or a resolver inside the virtual network`,
          at: foreign.token,
        };
      }
    }
  },
};

/** True when the forward is asked for names of the zone. */
function isNarrow(zone: string, from: string, zones: readonly string[]): boolean {
  return isWithin(zone, from) && zones.some((own) => isWithin(zone, own));
}
