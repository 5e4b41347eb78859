import { compareVersions } from '../pluginCatalogue.ts';
import { addOptions, isWithin, optionsNamed, stanzasOf, zonesFrom } from './pluginStanzas.ts';
import { type Rule, shown, valueOf } from './rule.ts';

/** Since this release cache can leave zones out. */
const SINCE = '1.9.4';

/** kubernetes answers from memory: a cache in front of it makes nothing faster, only older (kubernetes PR 128359). */
export const clusterZoneCached: Rule = {
  code: 'CF503',
  title: 'Answers about the cluster are cached',
  *check(context) {
    if (compareVersions(context.version, SINCE) < 0) return;
    for (const { block, stanza } of stanzasOf(context, 'cache')) {
      const zone = block.kubernetesZones.find((name) => !name.endsWith('.arpa.'));
      if (zone === undefined || stanza.uncertain || optionsNamed(context, stanza, 'disable').length > 0) continue;
      const first = stanza.args[0];
      const value = first === undefined ? '' : valueOf(context, first);
      const own = /^[+-]?\d+$/u.test(value ?? '') ? stanza.args.slice(1) : stanza.args;
      if (zonesFrom(context, block, own)?.some((cached) => isWithin(zone, cached)) !== true) continue;
      const name = shown(zone.replace(/\.$/u, ''));
      const lines = [`disable success ${name}`, `disable denial ${name}`];
      yield {
        severity: 'info',
        message: `Answers of kubernetes come from memory: caching ${name} makes them older, not faster. Leave the zone out with disable`,
        at: stanza.name,
        fixes: /^[\w.-]+$/u.test(name) ? addOptions(context, stanza, lines, `Leave ${name} out`) : [],
      };
    }
  },
};
