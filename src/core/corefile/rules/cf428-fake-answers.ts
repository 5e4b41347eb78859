import { removal, stanzaRange, stanzasOf } from './pluginStanzas.ts';
import type { Rule } from './rule.ts';

/** Plugins made for tests. */
export const fakeAnswers: Rule = {
  code: 'CF428',
  title: 'Plugin for tests',
  *check(context) {
    for (const { stanza } of stanzasOf(context, 'erratic')) {
      yield {
        severity: 'warning',
        message: 'erratic drops, delays and cuts responses on purpose: it is made for tests of clients. Remove it',
        at: stanza.name,
        fixes: removal(context, stanzaRange(stanza), 'Remove erratic'),
      };
    }
    for (const { block, stanza } of stanzasOf(context, 'whoami')) {
      if (!block.plugins.has('kubernetes') && !block.plugins.has('forward')) continue;
      yield {
        severity: 'info',
        message:
          "whoami answers with the client's own address what no other plugin answers: it is made for tests. Remove it",
        at: stanza.name,
        fixes: removal(context, stanzaRange(stanza), 'Remove whoami'),
      };
    }
  },
};
