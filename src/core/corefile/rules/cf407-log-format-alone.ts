import { stanzasOf } from './pluginStanzas.ts';
import { type Rule, shown, valueOf } from './rule.ts';

/** `log "{remote}"`: a single argument is a name scope, so the format matches no query. */
export const logFormatAlone: Rule = {
  code: 'CF407',
  title: 'log format is read as a name',
  *check(context) {
    for (const { stanza } of stanzasOf(context, 'log')) {
      const only = stanza.args[0];
      const value = only === undefined || stanza.args.length > 1 ? undefined : valueOf(context, only);
      if (only === undefined || value?.includes('{') !== true) continue;
      const empty = value === '{}';
      yield {
        severity: 'warning',
        message: empty
          ? 'CoreDNS reads {} as the name whose queries are logged, so none is. Remove it'
          : `CoreDNS reads ${shown(value)} as the name whose queries are logged, so none is. Put a name in front of the format, "." for all`,
        at: only,
        fixes: empty
          ? [{ title: 'Remove {}', edits: [{ start: stanza.name.end, end: only.end, newText: '' }] }]
          : [{ title: 'Put "." in front', edits: [{ start: only.start, end: only.start, newText: '. ' }] }],
      };
    }
  },
};
