import { quoted, stanzasOf } from './pluginStanzas.ts';
import { type Rule, shown, valueOf } from './rule.ts';

/** A format with blanks that isn't quoted: only its last word is the format, the others are name scopes. */
export const logFormatUnquoted: Rule = {
  code: 'CF408',
  title: 'log format with blanks is not quoted',
  *check(context) {
    for (const { stanza } of stanzasOf(context, 'log')) {
      const { args, name } = stanza;
      const from = args.findIndex((token) => valueOf(context, token)?.includes('{'));
      const [first, last] = [args[from], args.at(-1)];
      if (first === undefined || last === undefined || from === args.length - 1) continue;
      const mends = first.file === '' && last.file === '' && name.file === '';
      const format = mends ? context.text.slice(first.start, last.end).replaceAll('"', '') : '';
      const newText = `${from === 0 ? '. ' : ''}${quoted(format)}`;
      yield {
        severity: 'warning',
        message: `Only the last word of the format is one: ${shown(valueOf(context, first) ?? '')} is read as a name whose queries are logged. Put the whole format in double quotes`,
        at: { start: first.start, end: last.end, file: first.file },
        fixes: mends ? [{ title: 'Quote the format', edits: [{ start: first.start, end: last.end, newText }] }] : [],
      };
    }
  },
};
