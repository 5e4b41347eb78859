import { pluginCatalogue } from '../pluginCatalogue.ts';
import { SET_AGAIN } from './cf809-override-replaces.ts';
import { repeatInPart } from './parts.ts';
import { type Rule, liveBlocks } from './rule.ts';

/** A plugin that CoreDNS reads once although it may stand twice: one of the two is lost without a word. */
export const laterStanzaLost: Rule = {
  code: 'CF302',
  title: 'Plugin stands twice, but only one counts',
  *check(context) {
    for (const block of liveBlocks(context)) {
      for (const [name, stanzas] of block.plugins) {
        // CF809 speaks of those that an override sets again.
        if (stanzas.length < 2 || (SET_AGAIN.has(name) && repeatInPart(stanzas) !== undefined)) continue;
        const onRepeat = pluginCatalogue().get(name)?.onRepeat;
        if (onRepeat !== 'first-wins' && onRepeat !== 'last-wins') continue;
        const [first, ...others] = stanzas.filter((stanza) => stanza.name.text === name);
        if (first === undefined || first.uncertain) continue;
        for (const { name: at } of others) {
          yield {
            severity: 'warning',
            message:
              onRepeat === 'first-wins'
                ? `CoreDNS reads only the first ${name} of a server block, this one has no effect. Join the two`
                : `${name} stands in this block already, and what this one says replaces what that one says. Join the two`,
            at,
            mentions: [{ at: first.name, message: `First ${name} of the block` }],
          };
        }
      }
    }
  },
};
