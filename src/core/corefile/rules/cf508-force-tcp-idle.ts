import { optionNamed, optionRange, removal } from './pluginStanzas.ts';
import { type Rule, liveBlocks } from './rule.ts';

/** Options about TCP and UDP that something else overrules. */
export const forceTcpIdle: Rule = {
  code: 'CF508',
  title: 'force_tcp or prefer_udp has no effect',
  *check(context) {
    for (const block of liveBlocks(context)) {
      for (const { stanza, to } of block.forwards) {
        const [force, prefer] = ['force_tcp', 'prefer_udp'].map((name) => optionNamed(context, stanza, name));
        const own =
          to.length > 0 &&
          to.length === stanza.args.length - 1 &&
          to.every(({ target }) => 'address' in target && target.transport !== 'dns');
        const idle = own ? (force ?? prefer) : force === undefined ? undefined : prefer;
        if (idle === undefined) continue;
        const name = idle === force ? 'force_tcp' : 'prefer_udp';
        yield {
          severity: 'info',
          message: own
            ? `${name} has no effect: these upstreams are asked over TLS or QUIC. Remove it`
            : 'prefer_udp has no effect beside force_tcp. Remove one of the two',
          at: idle.name,
          fixes: removal(context, optionRange(idle), `Remove ${name}`),
        };
      }
    }
  },
};
