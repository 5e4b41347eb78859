import type { CorefileToken } from '../lexer.ts';
import { expressionWords } from './expressions.ts';
import { type Finding, type Rule, type RuleContext, shown } from './rule.ts';

/** A quote only counts at the start of a word: `a"b c"` is two words, and `"a"b` as well. */
export const quoteInsideWord: Rule = {
  code: 'CF108',
  title: 'Quote in the middle of a word',
  *check(context) {
    if (!context.text.includes('"')) return;
    const { tokens } = context.model.corefile;
    const expressions = expressionWords(context);
    for (let index = 0; index < tokens.length; index += 1) {
      const token = tokens[index];
      if (token === undefined || expressions.has(token)) continue;
      const last = token.quoted ? gluedBehind(tokens, index) : endOfOpened(tokens, index);
      if (last === undefined) continue;
      yield finding(context, token, tokens[last] ?? token);
      index = last;
    }
  },
};

/** Index of the last word that touches the closing quote of the word at `index`, if one does. */
function gluedBehind(tokens: readonly CorefileToken[], index: number): number | undefined {
  let last = index;
  while (tokens[last]?.end !== undefined && tokens[last]?.end === tokens[last + 1]?.start) last += 1;
  return last === index ? undefined : last;
}

/** Index of the word in which the quote ends that the unquoted word at `index` holds, on its line. */
function endOfOpened(tokens: readonly CorefileToken[], index: number): number | undefined {
  const first = tokens[index];
  if (first === undefined || !first.text.includes('"')) return undefined;
  if (quotes(first) % 2 === 0) return gluedBehind(tokens, index) ?? index;
  for (let at = index + 1; tokens[at]?.line === first.line; at += 1) {
    const token = tokens[at];
    if (token !== undefined && !token.quoted && quotes(token) % 2 === 1) return at;
  }
  return index;
}

function quotes({ text }: CorefileToken): number {
  return text.split('"').length - 1;
}

function finding(context: RuleContext, first: CorefileToken, last: CorefileToken): Finding {
  const raw = context.text.slice(first.start, last.end);
  const at = { start: first.start, end: last.end };
  const message = `CoreDNS knows quotes only around a whole word: ${shown(raw)} is ${first === last ? 'read with its quotes' : 'several words'}. Put the quotes around all of it`;
  const fixable = !/[\\\n\r]/u.test(raw);
  const fixes = fixable
    ? [
        { title: 'Quote the whole word', edits: [{ ...at, newText: `"${raw.replaceAll('"', '')}"` }] },
        {
          title: 'Quote the whole word and keep its quotes',
          edits: [{ ...at, newText: `"${raw.replaceAll('"', String.raw`\"`)}"` }],
        },
      ]
    : [];
  return { severity: 'warning', message, at, claims: [at], fixes };
}
