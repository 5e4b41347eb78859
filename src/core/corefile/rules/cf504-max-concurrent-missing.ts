import { compareVersions } from '../pluginCatalogue.ts';
import { addOptions, optionNamed } from './pluginStanzas.ts';
import { type Rule, liveBlocks } from './rule.ts';

/** Since this release forward can limit itself. */
const SINCE = '1.6.8';

/** Without a limit queries pile up in memory while an upstream gives no answer (issues 2593, 3635, 4823). */
export const maxConcurrentMissing: Rule = {
  code: 'CF504',
  title: 'max_concurrent is missing',
  *check(context) {
    if (compareVersions(context.version, SINCE) < 0) return;
    for (const block of liveBlocks(context)) {
      // A block for a zone of one's own sees a small part of the queries.
      if (!block.zones.includes('.')) continue;
      for (const { from, stanza } of block.forwards) {
        if (from !== '.' || stanza.uncertain || optionNamed(context, stanza, 'max_concurrent') !== undefined) continue;
        yield {
          severity: 'info',
          message:
            'While an upstream gives no answer, waiting queries fill the memory without limit. Add max_concurrent 1000, as kubeadm does',
          at: stanza.name,
          fixes: addOptions(context, stanza, ['max_concurrent 1000'], 'Add max_concurrent 1000'),
        };
      }
    }
  },
};
