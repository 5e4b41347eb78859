import { type Rule, liveBlocks, shown } from './rule.ts';

/** A network that doesn't end at an octet (IPv6: nibble) is served as several reverse zones. */
export const networkOfManyZones: Rule = {
  code: 'CF209',
  title: 'Network is served as several zones',
  *check(context) {
    for (const { keys } of liveBlocks(context)) {
      for (const { token, key } of keys) {
        if (key === undefined || key.zones.length < 2) continue;
        const zones = key.zones.map((zone) => zone.slice(0, -1));
        const [first = '', second = ''] = zones;
        const list = zones.length === 2 ? `${first} and ${second}` : `${first} to ${zones[zones.length - 1] ?? ''}`;
        const border = first.endsWith('ip6.arpa') ? 'a nibble' : 'an octet';
        yield {
          severity: 'info',
          message: `${shown(token.text)} ends inside ${border}, so CoreDNS serves ${zones.length} zones: ${list}. Where a plugin takes one zone, write which`,
          at: token,
        };
      }
    }
  },
};
