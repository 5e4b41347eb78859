import { compareVersions } from '../pluginCatalogue.ts';
import { optionsNamed, stanzasOf } from './pluginStanzas.ts';
import { type Rule, valueOf } from './rule.ts';

/** Plugins that gave zones out by themselves before the transfer plugin took over. */
const FORMER = ['file', 'auto', 'secondary', 'kubernetes'];
const TRANSFER_ALONE = '1.8.0';

/** The whole zone for anybody who asks. */
export const transferToAll: Rule = {
  code: 'CF704',
  title: 'Anybody may transfer the zone',
  *check(context) {
    const former = compareVersions(context.version, TRANSFER_ALONE) < 0 ? FORMER : [];
    for (const plugin of ['transfer', ...former]) {
      for (const { block, stanza } of stanzasOf(context, plugin)) {
        // With tsig a key decides who may.
        if (block.plugins.has('tsig')) continue;
        const option = plugin === 'transfer' ? 'to' : 'transfer';
        for (const { args } of optionsNamed(context, stanza, option)) {
          const star = args.find((token) => valueOf(context, token) === '*');
          if (star === undefined || (option === 'transfer' && args[0]?.text !== 'to')) continue;
          yield {
            severity: 'warning',
            message:
              'Anybody who reaches the server gets every name of the zone. List the addresses of the secondaries',
            at: star,
          };
        }
      }
    }
  },
};
