import type { ServerBlockModel } from '../model.ts';
import { zonesOfArgument } from '../serverKey.ts';
import type { Stanza } from '../stanza.ts';
import { BACKENDS } from './backends.ts';
import { addOptions } from './pluginStanzas.ts';
import { type Rule, type RuleContext, knownStanzas, valueOf } from './rule.ts';

/** hosts without fallthrough answers every name of its zones, so the plugins behind it are never asked. */
export const hostsFallthrough: Rule = {
  code: 'CF405',
  title: 'hosts without fallthrough hides the plugins behind it',
  *check(context) {
    for (const { block, plugin, stanza } of knownStanzas(context)) {
      if (plugin.name !== 'hosts' || stanza.uncertain) continue;
      if (stanza.options.some(({ name }) => valueOf(context, name) === 'fallthrough')) continue;
      const hidden = BACKENDS.filter((name) => block.plugins.has(name));
      if (hidden.length === 0 || !coversBlock(context, block, stanza)) continue;
      yield {
        severity: 'warning',
        message: `hosts has no fallthrough: names it doesn't list get SERVFAIL, and ${hidden.join(', ')} is never asked. Add fallthrough`,
        at: stanza.name,
        fixes: addOptions(context, stanza, ['fallthrough'], 'Add fallthrough'),
      };
    }
  },
};

/** True when hosts answers for a whole zone of the block: it has no zones of its own, or one that is as wide. */
function coversBlock(context: RuleContext, block: ServerBlockModel, stanza: Stanza): boolean {
  const own = stanza.args.slice(1).flatMap((token) => zonesOfArgument(valueOf(context, token) ?? ''));
  if (stanza.args.length < 2) return true;
  return own.some((zone) => zone === '.' || block.zones.includes(zone));
}
