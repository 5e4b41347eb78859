import type { Stanza } from '../stanza.ts';
import { type Finding, type Rule, type RuleContext, indentOf, knownStanzas, shown } from './rule.ts';

/** A block on a plugin that never looks into it. */
export const blockIgnored: Rule = {
  code: 'CF307',
  title: 'Block that the plugin does not read',
  *check(context) {
    for (const { plugin, stanza } of knownStanzas(context)) {
      const { open, close, args, options } = stanza;
      if (open === undefined || stanza.name.text !== plugin.name) continue;
      const isDns64 = plugin.name === 'dns64' && args.length > 0;
      if (plugin.block !== 'ignored' && !isDns64) continue;
      const last = close ?? options[options.length - 1]?.name ?? open;
      const end = last.file === open.file ? last.end : open.end;
      yield {
        severity: 'warning',
        message: isDns64
          ? `dns64 with its prefix on the first line doesn't read its block. Write the prefix inside: prefix ${shown(args[0]?.text ?? '')}`
          : `${plugin.name} takes no block and passes over this one. ${options.length === 0 ? 'Remove it' : `Remove it, or write what it says behind ${plugin.name}`}`,
        at: { start: open.start, end, file: open.file },
        claims: [{ start: open.start, end }],
        fixes: isDns64 ? moveInside(context, stanza) : options.length === 0 ? remove(stanza) : [],
      };
    }
  },
};

function moveInside({ text }: RuleContext, { open, args, options, name }: Stanza): NonNullable<Finding['fixes']> {
  const prefix = args[0];
  const first = options[0]?.name;
  if (prefix === undefined || open?.file !== '' || prefix.file !== '' || args.length > 1) return [];
  if (first !== undefined && first.line === open.line) return [];
  const indent = first === undefined ? `${indentOf(text, name.start)}    ` : indentOf(text, first.start);
  return [
    {
      title: 'Move the prefix into the block',
      edits: [
        { start: prefix.start, end: open.start, newText: '' },
        { start: open.end, end: open.end, newText: `\n${indent}prefix ${text.slice(prefix.start, prefix.end)}` },
      ],
    },
  ];
}

/** An empty block goes away with the blanks in front of it. */
function remove({ open, close, args, name }: Stanza): NonNullable<Finding['fixes']> {
  const before = args[args.length - 1] ?? name;
  if (open?.file !== '' || close?.file !== '' || before.file !== '') return [];
  return [{ title: 'Remove the block', edits: [{ start: before.end, end: close.end, newText: '' }] }];
}
