import { parseIp } from '../ipAddress.ts';
import type { Stanza } from '../stanza.ts';
import { optionNamed, stanzasOf } from './pluginStanzas.ts';
import { type Fixes, type Rule, type RuleContext, indentOf, shown, valueOf } from './rule.ts';

/** `hosts 10.0.0.1 name`: the first word is the path of a hosts file, the others are zones. */
export const hostsAddress: Rule = {
  code: 'CF406',
  title: 'Address behind hosts is read as a file name',
  *check(context) {
    for (const { stanza } of stanzasOf(context, 'hosts')) {
      const first = stanza.args[0];
      const value = first === undefined ? undefined : valueOf(context, first);
      if (first === undefined || value === undefined || parseIp(value) === undefined) continue;
      yield {
        severity: 'warning',
        message: `CoreDNS reads ${shown(value)} as the path of a hosts file and what follows as zones. Move the line into the block of hosts`,
        at: first,
        fixes: fixes(context, stanza),
      };
    }
  },
};

function fixes(context: RuleContext, stanza: Stanza): Fixes {
  const { name, args, open, options } = stanza;
  const [first, last] = [args[0], args.at(-1)];
  if (first === undefined || last === undefined || args.length < 2 || last.file !== '' || name.file !== '') return [];
  const title = 'Move it into the block';
  const line = context.text.slice(first.start, last.end);
  const indent = indentOf(context.text, name.start);
  const inner = indent + (indent.includes('\t') ? '\t' : '    ');
  if (open === undefined) {
    const newText = `{\n${inner}${line}\n${inner}fallthrough\n${indent}}`;
    return [{ title, edits: [{ start: first.start, end: last.end, newText }] }];
  }
  const next = options[0]?.name;
  if (next === undefined || next.file !== '' || next.line === open.line) return [];
  const through = optionNamed(context, stanza, 'fallthrough') === undefined ? `${inner}fallthrough\n` : '';
  const lineStart = next.start - indentOf(context.text, next.start).length;
  return [
    {
      title,
      edits: [
        { start: first.start, end: open.start, newText: '' },
        { start: lineStart, end: lineStart, newText: `${indentOf(context.text, next.start)}${line}\n` },
        ...(through === '' ? [] : afterLast(context, stanza)),
      ],
    },
  ];
}

function afterLast(
  context: RuleContext,
  { close }: Stanza,
): readonly { start: number; end: number; newText: string }[] {
  if (close === undefined || close.file !== '') return [];
  const indent = indentOf(context.text, close.start);
  const lineStart = close.start - indent.length;
  return [{ start: lineStart, end: lineStart, newText: `${indent}    fallthrough\n` }];
}
