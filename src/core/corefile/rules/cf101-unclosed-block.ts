import type { Edit } from '../edit.ts';
import type { CorefileToken } from '../lexer.ts';
import { findOption, pluginCatalogue } from '../pluginCatalogue.ts';
import type { CorefileServerBlock } from '../tree.ts';
import { gluedBrace } from './gluedBrace.ts';
import { type Finding, type Rule, type RuleContext, indentOf, shown } from './rule.ts';

/** A `{` without its `}`. CoreDNS blames the last word of the file; the brace that stays open is the place to look. */
export const unclosedBlock: Rule = {
  code: 'CF101',
  title: 'Block is never closed',
  *check(context) {
    const { corefile } = context.model;
    // With an open quote the braces behind it are inside the quote; CF107 says so.
    if (corefile.unterminatedQuote !== undefined) return;
    const open = corefile.problems.filter(({ kind }) => kind === 'unclosed-block' || kind === 'unclosed-snippet');
    const reported = new Set<CorefileToken>();
    for (const { node } of context.model.blocks) {
      if (node.close !== undefined || (node.open === undefined && context.purpose !== 'override')) continue;
      const culprit = findCulprit(node);
      if (culprit === undefined) continue;
      reported.add(culprit.open);
      if (node.open !== undefined && !open.some(({ token }) => token === node.open)) reported.add(node.open);
      const certain = open.some(({ token }) => token === culprit.open);
      yield swallowed(context, node, culprit, certain && context.purpose !== 'override' ? 'error' : 'warning');
    }
    for (const { token, at } of open) if (!reported.has(token)) yield finding(context, token, at);
    if (open.length > 0) return;
    for (const item of corefile.items) {
      if (item.kind !== 'server' || item.open === undefined || item.close !== undefined) continue;
      if (reported.has(item.open)) continue;
      yield {
        severity: 'warning',
        message: 'This "{" has no "}" of its own: CoreDNS takes the last "}" of the file for it and starts. Add a "}"',
        at: item.open,
        fixes: [{ title: 'Insert "}"', edits: [closingEdit(context.text, item.open)] }],
      };
    }
  },
};

/** The `{` that should have been closed in front of the word `before`, and whose block that is. */
interface Culprit {
  readonly open: CorefileToken;
  readonly owner: CorefileToken | undefined;
  readonly before: CorefileToken;
}

/**
 * In a server block that isn't closed: the first plugin block in which a plugin stands that is none of its options, or
 * the server block itself, where what looks like the next one stands in it. All that follows was read as part of it.
 */
function findCulprit({ open, body }: CorefileServerBlock): Culprit | undefined {
  for (const item of body) {
    if (item.kind !== 'directive') continue;
    const { name, args, value, block } = item;
    // A "}" that touches a word is missing here; CF103 says so.
    if ([name, ...args.slice(-1)].some(holdsClose)) return undefined;
    if (open?.file === '' && name.file === '' && block !== undefined && looksLikeServer(value)) {
      return { open, owner: undefined, before: name };
    }
    if (block?.open.file !== '') continue;
    for (const line of block.lines) {
      if (line.kind === 'import') continue;
      const first = line.tokens[0];
      if (first?.file === '' && (isPluginOnly(value, first.text) || (line.block && looksLikeServer(first.text)))) {
        return { open: block.open, owner: name, before: first };
      }
      if (line.tokens.slice(-1).some(holdsClose)) return undefined;
    }
  }
  return undefined;
}

function holdsClose(token: CorefileToken): boolean {
  return gluedBrace(token) === 'close';
}

function looksLikeServer(word: string | undefined): boolean {
  return word !== undefined && /[.:/]/u.test(word) && !pluginCatalogue().has(word);
}

function isPluginOnly(plugin: string | undefined, word: string): boolean {
  const facts = pluginCatalogue().get(plugin ?? '');
  return pluginCatalogue().has(word) && facts !== undefined && findOption(facts, word) === undefined;
}

function swallowed(
  { text }: RuleContext,
  { keys, body }: CorefileServerBlock,
  { open, owner, before }: Culprit,
  severity: 'error' | 'warning',
): Finding {
  const start = text.lastIndexOf('\n', before.start - 1) + 1;
  const indent = indentOf(text, open.start);
  const last = body[body.length - 1];
  const words = last?.kind === 'directive' ? last.tokens : [];
  const end = words.findLast(({ file }) => file === '')?.end ?? before.end;
  const what = owner === undefined ? 'This "{"' : `This "{" of ${shown(owner.text)}`;
  return {
    severity,
    message: `${what} is not closed in front of ${shown(before.text)}, so CoreDNS reads what follows as part of its block. Add a "}"`,
    at: open,
    // What was swallowed is missed elsewhere in the block: rules tell that at its keys or at the plugin.
    claims: [
      ...keys.filter(({ token }) => token.file === '').map(({ token }) => ({ start: token.start, end: token.end })),
      { start: (owner ?? before).start, end: Math.max(end, before.end) },
    ],
    fixes: [{ title: 'Insert "}"', edits: [{ start, end: start, newText: `${indent}}\n` }] }],
  };
}

function finding(context: RuleContext, token: CorefileToken, directive: CorefileToken | undefined): Finding {
  const owner = directive === undefined ? '' : ` of ${shown(directive.text)}`;
  const end =
    context.purpose === 'override'
      ? 'the server block that imports this file closes it and loses its own "}"'
      : 'CoreDNS stops with "Unexpected EOF" or a syntax error at the end of the file';
  return {
    severity: context.purpose === 'override' ? 'warning' : 'error',
    message: `This "{"${owner} is never closed: ${end}. Add a "}"`,
    at: token,
    fixes: token.file === '' ? [{ title: 'Insert "}"', edits: [closingEdit(context.text, token)] }] : [],
  };
}

/** Puts the brace where the text is indented no deeper than the line that opened it, else at the end. */
function closingEdit(text: string, open: CorefileToken): Edit {
  const indent = indentOf(text, open.start);
  let lineStart = text.indexOf('\n', open.end) + 1;
  while (lineStart > 0 && lineStart < text.length) {
    const lineIndent = indentOf(text, lineStart);
    const next = text[lineStart + lineIndent.length];
    if (next !== undefined && !/[\s#]/u.test(next) && lineIndent.length <= indent.length) {
      return { start: lineStart, end: lineStart, newText: `${indent}}\n` };
    }
    lineStart = text.indexOf('\n', lineStart) + 1;
  }
  const newText = `${text.endsWith('\n') ? '' : '\n'}${indent}}\n`;
  return { start: text.length, end: text.length, newText };
}
