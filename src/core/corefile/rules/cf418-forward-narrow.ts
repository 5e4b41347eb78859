import { ANSWERING } from './backends.ts';
import { pluginCatalogue } from '../pluginCatalogue.ts';
import { isWithin } from './pluginStanzas.ts';
import { type Rule, liveBlocks, shown } from './rule.ts';

/** forward takes part of the block's names, and nothing takes the others. */
export const forwardNarrow: Rule = {
  code: 'CF418',
  title: 'forward leaves names of its block without an answer',
  *check(context) {
    for (const block of liveBlocks(context)) {
      const { forwards } = block;
      const first = forwards[0];
      if (first === undefined || block.incomplete || block.zones.length === 0) continue;
      if (forwards.length !== block.plugins.get('forward')?.length) continue;
      // rewrite may bring the other names into the forwarded zone.
      const names = [...block.plugins.keys()];
      if (names.some((name) => name === 'rewrite' || ANSWERING.includes(name) || !pluginCatalogue().has(name)))
        continue;
      // A forward for foreign zones only is another matter: it is never asked at all.
      const inside = forwards.filter(({ from }) => block.zones.some((zone) => isWithin(from, zone)));
      const left = block.zones.find((zone) => !forwards.some(({ from }) => isWithin(zone, from)));
      if (left === undefined || inside.length === 0) continue;
      yield {
        severity: 'warning',
        message: `forward takes only ${inside
          .map(({ from }) => shown(from))
          .slice(0, 3)
          .join(
            ', ',
          )}: all other names of ${shown(left)} get SERVFAIL, for nothing else answers here. Forward ${shown(left)} as well, or narrow the block`,
        at: first.stanza.args[0] ?? first.stanza.name,
      };
    }
  },
};
