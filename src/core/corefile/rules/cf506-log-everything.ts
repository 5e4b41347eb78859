import { addOptions, optionsNamed, stanzasOf, valuesOf } from './pluginStanzas.ts';
import { type Rule, replaceToken } from './rule.ts';

/** A line per query: fine while one looks for something, costly for ever. */
export const logEverything: Rule = {
  code: 'CF506',
  title: 'log writes a line for every query',
  *check(context) {
    for (const { stanza } of stanzasOf(context, 'log')) {
      // A lone format is read as a name: then nothing is logged.
      if (stanza.uncertain || (stanza.args.length === 1 && stanza.args[0]?.text.includes('{') === true)) continue;
      const classes = optionsNamed(context, stanza, 'class').flatMap(({ args }) => args);
      const values = valuesOf(context, classes);
      if (values === undefined || (values.length > 0 && !values.includes('all'))) continue;
      const [first, second] = classes;
      yield {
        severity: 'info',
        message:
          'Every query writes a line: that costs CPU and log volume when it is left on. Add class error, or remove log after debugging',
        at: stanza.name,
        fixes:
          first === undefined
            ? addOptions(context, stanza, ['class error'], 'Log errors only')
            : second === undefined
              ? [{ title: 'Log errors only', edits: [replaceToken(first, 'error')] }]
              : [],
      };
    }
  },
};
