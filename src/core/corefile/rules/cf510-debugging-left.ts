import { reachOf } from '../addressRange.ts';
import { splitHostPort } from '../setup/goValues.ts';
import { integerOf, optionNamed, removal, stanzaRange, stanzasOf } from './pluginStanzas.ts';
import { type Rule, valueOf } from './rule.ts';

/** Plugins that are switched on while one looks for something. */
export const debuggingLeft: Rule = {
  code: 'CF510',
  title: 'Debugging is left on',
  *check(context) {
    for (const { stanza } of stanzasOf(context, 'debug')) {
      yield {
        severity: 'warning',
        message:
          'With debug a crash while answering one query ends the whole process, as nothing catches it. Remove debug',
        at: stanza.name,
        fixes: removal(context, stanzaRange(stanza), 'Remove debug'),
      };
    }
    for (const { stanza } of stanzasOf(context, 'pprof')) {
      const host = splitHostPort(valueOf(context, stanza.args[0] ?? stanza.name) ?? '')?.host ?? 'localhost';
      // One that others can reach is worse than left on.
      if (host !== 'localhost' && reachOf(host) !== 'loopback') continue;
      yield {
        severity: 'info',
        message: 'pprof gives out profiles of the running process and is meant for debugging. Remove it when done',
        at: stanza.name,
        fixes: removal(context, stanzaRange(stanza), 'Remove pprof'),
      };
    }
    for (const { stanza } of stanzasOf(context, 'trace')) {
      const every = optionNamed(context, stanza, 'every')?.args[0];
      const count = every === undefined ? 1 : integerOf(context, every);
      if (count !== 1 || stanza.uncertain) continue;
      yield {
        severity: 'info',
        message: 'trace reports every single query. Write every 100 or more, unless that is meant',
        at: every ?? stanza.name,
      };
    }
  },
};
