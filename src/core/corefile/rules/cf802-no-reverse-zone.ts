import { stanzasOf } from './pluginStanzas.ts';
import { type Rule, liveBlocks } from './rule.ts';

/** No reverse zone anywhere: an address of a Service or pod has no name. */
export const noReverseZone: Rule = {
  code: 'CF802',
  title: 'Addresses of the cluster have no names',
  *check(context) {
    const blocks = liveBlocks(context);
    if (context.purpose === 'override' || blocks.some(({ incomplete }) => incomplete)) return;
    if (blocks.some(({ kubernetesZones }) => kubernetesZones.some((zone) => zone.endsWith('.arpa.')))) return;
    for (const { block, stanza } of stanzasOf(context, 'kubernetes')) {
      if (block.kubernetesZones.length === 0) continue;
      yield {
        severity: 'info',
        message:
          'kubernetes has no reverse zone, so addresses of Services and pods have no names. Add in-addr.arpa ip6.arpa behind its zones, and fallthrough for both',
        at: stanza.name,
      };
      return;
    }
  },
};
