import { reachOf } from '../addressRange.ts';
import { splitHostPort } from '../setup/goValues.ts';
import { stanzasOf } from './pluginStanzas.ts';
import { type Rule, liveBlocks, replaceToken, shown, valueOf } from './rule.ts';

/** What tells strangers about the process: profiles, metrics, health, version. */
export const exposedEndpoint: Rule = {
  code: 'CF706',
  title: 'Inner workings are open to others',
  *check(context) {
    for (const { stanza } of stanzasOf(context, 'pprof')) {
      const token = stanza.args[0];
      const split = token === undefined ? undefined : splitHostPort(valueOf(context, token) ?? '');
      if (token === undefined || split === undefined || split.host === 'localhost') continue;
      const reach = reachOf(split.host);
      if (reach === undefined || reach === 'loopback') continue;
      yield {
        severity: 'warning',
        message: `Everybody who reaches ${shown(split.host === '' ? 'this host' : split.host)} may read profiles of the process and slow it down. Write localhost:${shown(split.port)}`,
        at: token,
        fixes: [{ title: 'Bind to localhost', edits: [replaceToken(token, `localhost:${split.port}`)] }],
      };
    }
    for (const block of liveBlocks(context)) {
      for (const [name, endpoint] of [
        ['prometheus', block.prometheus],
        ['health', block.health],
        ['ready', block.ready],
      ] as const) {
        if (endpoint === undefined || reachOf(endpoint.host) !== 'public') continue;
        yield {
          severity: 'warning',
          message: `${name} answers on the public address ${shown(endpoint.host)}. Bind it to an inner address`,
          at: endpoint.token,
        };
      }
    }
    for (const { stanza } of stanzasOf(context, 'chaos')) {
      if (stanza.args.length > 0) continue;
      yield {
        severity: 'info',
        message: 'chaos tells everybody the exact release of CoreDNS. Put a text of your own behind it, or remove it',
        at: stanza.name,
      };
    }
  },
};
