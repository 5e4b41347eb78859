import { fallthroughZones } from '../setup/goValues.ts';
import { BACKENDS } from './backends.ts';
import { addOptions, isWithin, optionNamed, stanzasOf, valuesOf } from './pluginStanzas.ts';
import { type Rule, shown } from './rule.ts';

const REVERSE = ['in-addr.arpa.', 'ip6.arpa.'];

/** What may answer the names that kubernetes hands on. */
const BEHIND = BACKENDS.slice(BACKENDS.indexOf('kubernetes') + 1);

/** kubernetes answers for all addresses of the world and hands none of them on. */
export const reverseFallthrough: Rule = {
  code: 'CF801',
  title: 'kubernetes keeps reverse names it does not know',
  *check(context) {
    for (const { block, stanza } of stanzasOf(context, 'kubernetes')) {
      if (stanza.uncertain || block.incomplete || !BEHIND.some((name) => block.plugins.has(name))) continue;
      const owned = REVERSE.filter((zone) => block.kubernetesZones.includes(zone));
      const option = optionNamed(context, stanza, 'fallthrough');
      const words = option === undefined ? [] : valuesOf(context, option.args);
      if (owned.length === 0 || words === undefined) continue;
      const handed = option === undefined ? [] : fallthroughZones(words);
      const kept = owned.filter((zone) => !handed.some((one) => isWithin(zone, one)));
      if (kept.length === 0) continue;
      const names = kept.map((zone) => zone.slice(0, -1)).join(' ');
      const last = option?.args.at(-1);
      const fixes =
        option === undefined
          ? addOptions(context, stanza, [`fallthrough ${names}`], `Add fallthrough ${names}`)
          : last?.file === ''
            ? [{ title: `Add ${names}`, edits: [{ start: last.end, end: last.end, newText: ` ${names}` }] }]
            : [];
      yield {
        severity: 'warning',
        message: `kubernetes owns all of ${shown(names)} and hands nothing on: addresses outside the cluster get NXDOMAIN when their name is asked for. Add fallthrough ${names}`,
        at: option?.name ?? stanza.name,
        fixes,
      };
    }
  },
};
