/**
 * What of an edit in a Corefile that a platform puts back can go where the platform leaves it alone: plugins added to a block
 * that imports `*.override`, and server blocks of one's own where `*.server` is imported. Everything else (a plugin changed or
 * taken away, snippets, options of the platform's blocks) only the platform can change, and is told. Works on the words of
 * both texts, so blanks and comments are no edit. Linear in both.
 */
import { parseCorefile } from '../../core/corefile/parser.ts';
import type { CorefileToken } from '../../core/corefile/lexer.ts';
import type { Corefile, CorefileDirective, CorefileItem, CorefileServerBlock } from '../../core/corefile/tree.ts';

export interface CarriedEdit {
  /** Plugins for the blocks that import `*.override`; empty: none. */
  readonly override: string;
  /** Server blocks; empty: none. */
  readonly server: string;
  /** What stays behind, each in a few words of the Corefile: hostile text. */
  readonly left: readonly string[];
}

export function carryOver(before: string, after: string): CarriedEdit {
  const [old, now] = [parseCorefile(before), parseCorefile(after)];
  const { added, removed, kept } = compare(old.items, now.items, headOf);
  const override: string[] = [];
  const server: string[] = [];
  const left: string[] = [];
  const takesServers = old.items.some((item) => importsKind(item, 'server'));
  for (const item of added) {
    if (item.kind === 'server' && item.close !== undefined && takesServers) server.push(linesOf(now, tokensOf(item)));
    else left.push(headOf(item));
  }
  for (const item of removed) left.push(`${headOf(item)} taken away`);
  for (const [from, to] of kept) {
    if (from.kind === 'snippet' && wordsOf(tokensOf(from)) !== wordsOf(tokensOf(to))) left.push(headOf(to));
    if (from.kind !== 'server' || to.kind !== 'server') continue;
    const body = compare(from.body, to.body, bodyWords);
    const takesPlugins = from.body.some((item) => importsKind(item, 'override'));
    const gone = new Set(body.removed.map(nameOf));
    for (const item of body.added) {
      // A plugin that changed stands in the platform's text still: a second stanza would not take its place.
      if (item.kind === 'directive' && takesPlugins && !gone.has(nameOf(item)))
        override.push(linesOf(now, item.tokens));
      else left.push(bodyWords(item));
    }
    const back = new Set(body.added.map(nameOf));
    for (const item of body.removed) if (!back.has(nameOf(item))) left.push(`${bodyWords(item)} taken away`);
  }
  return { override: override.join(''), server: server.join('\n'), left };
}

interface Compared<T> {
  readonly added: readonly T[];
  readonly removed: readonly T[];
  readonly kept: readonly (readonly [T, T])[];
}

/** Pairs what has the same name on both sides, in order. */
function compare<T>(before: readonly T[], after: readonly T[], nameOf: (item: T) => string): Compared<T> {
  const known = new Map<string, { readonly items: T[]; next: number }>();
  for (const item of before) {
    const name = nameOf(item);
    const group = known.get(name);
    if (group === undefined) known.set(name, { items: [item], next: 0 });
    else group.items.push(item);
  }
  const added: T[] = [];
  const kept: (readonly [T, T])[] = [];
  for (const item of after) {
    const group = known.get(nameOf(item));
    const partner = group?.items[group.next];
    if (group === undefined || partner === undefined) added.push(item);
    else {
      group.next += 1;
      kept.push([partner, item]);
    }
  }
  return { added, removed: [...known.values()].flatMap(({ items, next }) => items.slice(next)), kept };
}

type BodyItem = CorefileServerBlock['body'][number];

const wordsOf = (tokens: readonly CorefileToken[]): string => tokens.map(({ text }) => text).join(' ');
const bodyWords = (item: BodyItem): string => wordsOf(tokensOf(item));
const nameOf = (item: BodyItem): string => (item.kind === 'directive' ? item.name.text : bodyWords(item));

/** Keys of a block, name of a snippet, words of an import. */
function headOf(item: CorefileItem): string {
  if (item.kind === 'server') return item.keys.map(({ token }) => token.text.replace(/,$/u, '')).join(' ');
  return item.kind === 'snippet' ? item.key.text : wordsOf(tokensOf(item));
}

function importsKind(item: CorefileItem | CorefileDirective, kind: 'override' | 'server'): boolean {
  return item.kind === 'import' && item.argument?.text.endsWith(`*.${kind}`) === true;
}

function tokensOf(item: CorefileItem | CorefileDirective): readonly CorefileToken[] {
  const given = (...tokens: readonly (CorefileToken | undefined)[]): readonly CorefileToken[] =>
    tokens.filter((token) => token !== undefined);
  switch (item.kind) {
    case 'directive':
      return item.tokens;
    case 'import':
      return given(item.keyword, item.argument);
    case 'snippet':
      return given(item.key, item.open, ...item.tokens, item.close);
    case 'server':
      return given(...item.keys.map(({ token }) => token), item.open, ...item.body.flatMap(tokensOf), item.close);
  }
}

/** The whole lines on which the words stand, moved to the left margin. */
function linesOf({ text }: Corefile, tokens: readonly CorefileToken[]): string {
  const start = Math.min(...tokens.map((token) => token.start));
  const end = Math.max(...tokens.map((token) => token.end));
  const from = text.lastIndexOf('\n', start - 1) + 1;
  const until = text.indexOf('\n', end);
  const lines = text.slice(from, until === -1 ? text.length : until).split('\n');
  const indent = /^[ \t]*/u.exec(lines[0] ?? '')?.[0] ?? '';
  return lines.map((line) => `${line.startsWith(indent) ? line.slice(indent.length) : line.trimStart()}\n`).join('');
}
