import type { Edit } from '../edit.ts';
import { existsIn, findOption } from '../pluginCatalogue.ts';
import type { StanzaOption } from '../stanza.ts';
import { type Rule, certainOptions, knownStanzas, valueOf } from './rule.ts';

/** An option that CoreDNS still reads for the sake of old files, and does nothing with. */
export const optionWithoutEffect: Rule = {
  code: 'CF311',
  title: 'Option without effect',
  *check(context) {
    for (const { plugin, stanza } of knownStanzas(context)) {
      for (const option of certainOptions(stanza)) {
        const name = valueOf(context, option.name);
        const facts = name === undefined ? undefined : findOption(plugin, name);
        if (facts === undefined || existsIn(facts, context.version) !== 'yes') break;
        if (!facts.noop) continue;
        const edit = removeLine(context.text, option);
        yield {
          severity: 'hint',
          message: `Option ${facts.name} of ${plugin.name} has no effect any more. Remove it`,
          at: option.name,
          fixes: edit === undefined ? [] : [{ title: 'Remove the option', edits: [edit] }],
        };
      }
    }
  },
};

/** The option's line, when nothing else stands on it. */
function removeLine(text: string, { name, args }: StanzaOption): Edit | undefined {
  const end = args[args.length - 1] ?? name;
  if (name.file !== '' || end.file !== '') return undefined;
  const start = text.lastIndexOf('\n', name.start - 1) + 1;
  const lineEnd = text.indexOf('\n', end.end);
  if (lineEnd === -1 || text.slice(start, name.start).trim() !== '' || text.slice(end.end, lineEnd).trim() !== '') {
    return undefined;
  }
  return { start, end: lineEnd + 1, newText: '' };
}
