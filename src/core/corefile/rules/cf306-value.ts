import { existsIn, findOption } from '../pluginCatalogue.ts';
import { suggest } from '../suggest.ts';
import {
  type Rule,
  certainOptions,
  judgedBySetup,
  knownStanzas,
  refused,
  replaceToken,
  shown,
  valueOf,
} from './rule.ts';

/** Plugins that lower-case these words before they look at them. */
const ANY_CASE: ReadonlySet<string> = new Set(['cache', 'proxyproto']);

/** An option that takes one of a few words has another. */
export const optionValue: Rule = {
  code: 'CF306',
  title: 'Not one of the words the option takes',
  *check(context) {
    yield* refused(context, 'CF306');
    for (const { plugin, stanza } of knownStanzas(context)) {
      if (judgedBySetup(context, plugin.name)) continue;
      if (plugin.block !== 'options') continue;
      for (const { name, args } of certainOptions(stanza)) {
        const optionName = valueOf(context, name);
        const option = optionName === undefined ? undefined : findOption(plugin, optionName);
        // From an unknown option on nothing is read.
        if (option === undefined || existsIn(option, context.version) !== 'yes') break;
        const token = args[0];
        const value = token === undefined || token.text === '}' ? undefined : valueOf(context, token);
        if (token === undefined || value === undefined || option.values === undefined) continue;
        if (option.values.includes(ANY_CASE.has(plugin.name) ? value.toLowerCase() : value)) continue;
        const near = suggest(value, option.values);
        yield {
          severity: 'error',
          message: `${plugin.name} option ${option.name} takes ${option.values.join(', ')}, ${shown(value)} is none of them. ${near === undefined ? 'Choose one' : `Did you mean ${near}?`}`,
          at: token,
          fixes: near === undefined ? [] : [{ title: `Replace with ${near}`, edits: [replaceToken(token, near)] }],
        };
      }
    }
  },
};
