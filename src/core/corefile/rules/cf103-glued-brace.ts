import type { CorefileToken } from '../lexer.ts';
import type { CorefileModel, ServerBlockModel } from '../model.ts';
import { findOption, pluginCatalogue } from '../pluginCatalogue.ts';
import { continuesLine } from '../tokenStream.ts';
import type { CorefileDirective, CorefileItem } from '../tree.ts';
import { type GluedBrace, gluedBrace } from './gluedBrace.ts';
import { misreadRange, wordFrom } from './misread.ts';
import { type Finding, type Rule, type RuleContext, indentOf, shown } from './rule.ts';

/** A `{` or `}` that touches a word is a letter of that word: it opens and closes nothing. */
export const gluedBraceRule: Rule = {
  code: 'CF103',
  title: 'Brace touches a word',
  *check(context) {
    const { model } = context;
    const unclosed = unclosedBraces(model);
    for (const block of model.blocks) {
      for (const [token, glued] of gluedWords(block, unclosed.length > 0)) {
        const { keys, close } = block.node;
        // Behind the keys CoreDNS needs no "{": when its "}" is there, the block is read as it is meant.
        const isHarmless = glued === 'open' && token === keys[keys.length - 1]?.token && close !== undefined;
        const claim = isHarmless ? { start: token.start, end: token.end } : misreadRange(model, block, token);
        yield finding(context, token, glued, claim, unclosed);
      }
    }
    yield* inSnippets(context, unclosed);
  },
};

function* gluedWords({ node }: ServerBlockModel, isDamaged: boolean): Iterable<readonly [CorefileToken, GluedBrace]> {
  for (const { token } of node.keys) {
    const glued = gluedBrace(token);
    if (glued !== undefined) yield [token, glued];
  }
  for (const [index, item] of node.body.entries()) {
    if (item.kind === 'import') continue;
    const glued = gluedBrace(item.name);
    const next = node.body[index + 1];
    if (glued !== undefined) yield [item.name, glued];
    else if (item.block === undefined) yield* inArguments(item, next?.kind === 'directive' ? next.name : undefined);
    else if (isDamaged && item.block.close !== undefined) {
      // The plugin's block went on too far, up to the brace of the server block.
      for (const line of item.block.lines) {
        const last = line.kind === 'line' ? line.tokens[line.tokens.length - 1] : undefined;
        if (last !== undefined && gluedBrace(last) === 'close') yield [last, 'close'];
      }
    }
  }
}

/** Plugins whose arguments may hold braces of their own; those of log are CF407 and CF408. */
const FREE_TEXT: ReadonlySet<string> = new Set(['log', 'rewrite', 'template', 'view']);

function* inArguments(
  { args, value }: CorefileDirective,
  next: CorefileToken | undefined,
): Iterable<readonly [CorefileToken, GluedBrace]> {
  const last = args[args.length - 1];
  const glued = last === undefined ? undefined : gluedBrace(last);
  if (last === undefined || glued === undefined || FREE_TEXT.has(value ?? '')) return;
  if (last.text === '{}') yield [last, 'both'];
  // Certain only when the next line reads like the inside of a block.
  else if (glued === 'open' && last.text.endsWith('{') && next !== undefined && isOption(value, next.text))
    yield [last, 'open'];
  else if (glued === 'close') {
    const first = args.find((token) => gluedBrace(token) === 'open' && token.text.startsWith('{'));
    if (first !== undefined) yield [first, 'open'];
  }
}

function isOption(plugin: string | undefined, word: string): boolean {
  const facts = pluginCatalogue().get(plugin ?? '');
  return facts !== undefined && findOption(facts, word) !== undefined;
}

/** A snippet is kept as words, and ends too early when a `{` in it doesn't count. */
function* inSnippets(context: RuleContext, unclosed: readonly number[]): Iterable<Finding> {
  const { model } = context;
  const { items } = model.corefile;
  const blocks = new Map(model.blocks.map((block) => [block.node, block]));
  for (const [index, item] of items.entries()) {
    if (item.kind !== 'snippet') continue;
    const glued = item.tokens.find(
      (token, at) =>
        token.text.endsWith('{') && gluedBrace(token) === 'open' && beginsPlugin(item.tokens[at - 1], token),
    );
    if (glued === undefined) continue;
    const behind: CorefileItem | undefined = items[index + 1];
    const block = behind?.kind === 'server' && behind.open === undefined ? blocks.get(behind) : undefined;
    const end = block === undefined ? glued.end : misreadRange(model, block, glued).end;
    yield finding(context, glued, 'open', { start: glued.start, end }, unclosed);
  }
}

function beginsPlugin(before: CorefileToken | undefined, token: CorefileToken): boolean {
  return (before === undefined || !continuesLine(before, token)) && pluginCatalogue().has(token.text.slice(0, -1));
}

function finding(
  context: RuleContext,
  token: CorefileToken,
  glued: GluedBrace,
  claim: { readonly start: number; readonly end: number },
  unclosed: readonly number[],
): Finding {
  const what = {
    open: '"{" is part of this word and opens no block',
    close: '"}" is part of this word and closes no block',
    both: '"{" and "}" are part of this word and hold no block',
  }[glued];
  const claims = [claim];
  // The block that the "}" was meant to close, or one around it, stays open.
  const open = glued === 'close' && token.file === '' ? unclosed.findLast((start) => start < token.start) : undefined;
  if (open !== undefined) claims.push({ start: open, end: open + 1 });
  return {
    severity: 'warning',
    message: `${what}: ${shown(token.text)}. Put a blank or a line break in between`,
    at: token,
    claims,
    fixes: fixes(context, token, glued, open),
  };
}

/** Braces of the file itself that nothing closes, in order. */
function unclosedBraces({ corefile: { problems, items } }: CorefileModel): readonly number[] {
  const open = problems.filter(({ kind }) => kind === 'unclosed-block' || kind === 'unclosed-snippet');
  const words = open.map(({ token }) => token);
  for (const item of items) {
    if (item.kind === 'server' && item.open !== undefined && item.close === undefined) words.push(item.open);
  }
  const starts = words.filter(({ file }) => file === '').map(({ start }) => start);
  return starts.sort((a, b) => a - b);
}

function fixes(
  { text, model }: RuleContext,
  token: CorefileToken,
  glued: GluedBrace,
  opening: number | undefined,
): NonNullable<Finding['fixes']> {
  if (token.file !== '') return [];
  const { start, end } = token;
  if (glued === 'open' && token.text.endsWith('{'))
    return [{ title: 'Insert a blank', edits: [{ start: end - 1, end: end - 1, newText: ' ' }] }];
  const indent = indentOf(text, start);
  const insert = (title: string, at: number, newText: string): NonNullable<Finding['fixes']> => [
    { title, edits: [{ start: at, end: at, newText }] },
  ];
  if (token.text === '{}') return insert('Put "}" on a line of its own', end - 1, `\n${indent}`);
  if (glued === 'close') {
    const own = opening === undefined ? indent : indentOf(text, opening);
    return insert('Put "}" on a line of its own', end - 1, `\n${own}`);
  }
  if (glued === 'both') return [];
  const next = wordFrom(model, end);
  // What stands behind "{" begins a line of its own; more words on the line make that a guess.
  return next === undefined || !continuesLine(token, next)
    ? insert('Insert a line break', start + 1, `\n${indent}    `)
    : [];
}
