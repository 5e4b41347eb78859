import { type Statement, type StatementTree, rangeOf } from './statements.ts';

export interface OutlineEntry {
  /** Never empty; from the file, at most 80 characters. */
  readonly name: string;
  readonly detail: string;
  readonly kind: 'server' | 'snippet' | 'plugin' | 'option' | 'import';
  readonly start: number;
  readonly end: number;
  /** Range of what is shown as selected: the name. */
  readonly nameStart: number;
  readonly nameEnd: number;
  readonly children: readonly OutlineEntry[];
}

/** Server blocks, snippets, plugins and options. Deeper lines are left out: no plugin reads them. */
export function outline(tree: StatementTree): readonly OutlineEntry[] {
  return tree.statements.flatMap(entry);
}

function entry(statement: Statement): readonly OutlineEntry[] {
  const { role, words, block } = statement;
  const first = words[0];
  const last = words[words.length - 1];
  if (first === undefined || last === undefined || role === 'inner') return [];
  const whole = role === 'server';
  const texts = words.map(({ text }) => text);
  return [
    {
      name: cut(whole ? texts.join(' ') : first.text) || '""',
      detail: whole || role === 'snippet' ? '' : cut(texts.slice(1).join(' ')),
      kind: role,
      ...rangeOf(statement),
      nameStart: first.start,
      nameEnd: whole ? last.end : first.end,
      children: (block?.statements ?? []).flatMap(entry),
    },
  ];
}

function cut(text: string): string {
  const line = text.replace(/\s+/gu, ' ').trim();
  return line.length > 80 ? `${line.slice(0, 79)}…` : line;
}
