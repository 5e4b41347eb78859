import { parseIp } from '../ipAddress.ts';
import { pluginCatalogue } from '../pluginCatalogue.ts';
import { suggest } from '../suggest.ts';
import { optionRange, stanzasOf } from './pluginStanzas.ts';
import { type Rule, certainOptions, replaceToken, shown, valueOf } from './rule.ts';

/** Inside hosts every word that is no option begins a line of data; a line that isn't one is dropped without a word. */
export const hostsLine: Rule = {
  code: 'CF404',
  title: 'hosts skips a line',
  *check(context) {
    const options = pluginCatalogue().get('hosts')?.options ?? new Map<string, never>();
    for (const { stanza } of stanzasOf(context, 'hosts')) {
      for (const option of certainOptions(stanza)) {
        const word = valueOf(context, option.name);
        if (word === undefined) break;
        // From here on CoreDNS refuses what is no option.
        if (word === 'fallthrough') break;
        if (options.has(word)) continue;
        if (parseIp(word.replace(/%.*$/su, '')) !== undefined) {
          if (option.args.length > 0) continue;
          const message = `hosts skips this line: ${shown(word)} has no name behind it. Add the name or remove the line`;
          yield { severity: 'warning', message, at: option.name };
          continue;
        }
        const near = suggest(word, options.keys());
        const message = `hosts skips this line: ${shown(word)} is neither an address nor an option. ${near === undefined ? 'Begin with the address, or remove the line' : `Did you mean ${near}?`}`;
        const fixes =
          near === undefined ? [] : [{ title: `Replace with ${near}`, edits: [replaceToken(option.name, near)] }];
        yield { severity: 'warning', message, at: optionRange(option), fixes };
      }
    }
  },
};
