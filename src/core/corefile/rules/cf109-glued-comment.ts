import type { CorefileComment, CorefileToken } from '../lexer.ts';
import type { CorefileModel, ServerBlockModel } from '../model.ts';
import { misreadRange, wordFrom } from './misread.ts';
import { type Finding, type Rule, type RuleContext, shown } from './rule.ts';

/** A `#` that touches a word begins a comment that ends at the next blank: what follows on the line counts. */
export const gluedComment: Rule = {
  code: 'CF109',
  title: 'Comment touches a word',
  *check(context) {
    const glued = context.model.corefile.comments.filter((comment) => comment.glued);
    if (glued.length === 0) return;
    const keyed = new Map(context.model.blocks.map((block) => [block.node.keys[0]?.token, block]));
    for (const comment of glued) {
      const finding = judge(context, comment, keyed);
      if (finding !== undefined) yield finding;
    }
  },
};

function judge(
  { text, model }: RuleContext,
  { start, end }: CorefileComment,
  keyed: ReadonlyMap<CorefileToken | undefined, ServerBlockModel>,
): Finding | undefined {
  const lineEnd = text.indexOf('\n', end);
  const following = wordFrom(model, end);
  const counts = following !== undefined && (lineEnd === -1 || following.start < lineEnd);
  const wordStart = startOfWord(text, start);
  const isBrace = /^[{}]$/u.test(text.slice(wordStart, start));
  // Behind a brace it can only be meant as a comment, and alone it is one.
  if (!counts && isBrace) return undefined;
  const insert = { title: 'Insert a blank before "#"', edits: [{ start, end: start, newText: ' ' }] };
  const word = text.slice(wordStart, end);
  const quote = { title: `Quote the word`, edits: [{ start: wordStart, end, newText: `"${word}"` }] };
  const message = counts
    ? `This comment touches a word, so it ends at the next blank and CoreDNS reads ${shown(following.text)}. Put a blank before "#"`
    : 'This comment touches a word. Put a blank before "#", or quotes around the word if "#" belongs to it';
  return {
    severity: counts ? 'warning' : 'hint',
    message,
    at: { start, end },
    claims: counts ? [claim(model, start, following, lineEnd === -1 ? text.length : lineEnd, keyed)] : [],
    fixes: isBrace || /["\\\r]/u.test(word) ? [insert] : [insert, quote],
  };
}

/** The words behind the comment; all that they make CoreDNS misread when they are read as server keys. */
function claim(
  model: CorefileModel,
  start: number,
  following: CorefileToken,
  lineEnd: number,
  keyed: ReadonlyMap<CorefileToken | undefined, ServerBlockModel>,
): { readonly start: number; readonly end: number } {
  const block = keyed.get(following);
  if (block === undefined || block.node.open !== undefined) return { start, end: lineEnd };
  return { start, end: Math.max(lineEnd, misreadRange(model, block, following).end) };
}

function startOfWord(text: string, end: number): number {
  let start = end;
  while (start > 0 && !/\s/u.test(text[start - 1] ?? ' ')) start -= 1;
  return start;
}
