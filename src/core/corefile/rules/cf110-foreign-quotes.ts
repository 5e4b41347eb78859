import type { CorefileToken } from '../lexer.ts';
import { continuesLine } from '../tokenStream.ts';
import { expressionWords } from './expressions.ts';
import { type Rule, shown } from './rule.ts';

/** `'` and the backtick are letters to CoreDNS: they keep no words together and stay part of them. */
export const foreignQuotes: Rule = {
  code: 'CF110',
  title: 'Quotes that CoreDNS reads as letters',
  *check(context) {
    const { text, model } = context;
    if (!/['`]/u.test(text)) return;
    const { tokens } = model.corefile;
    const expressions = expressionWords(context);
    /** Line on which a mark is known not to be closed, so that each line is searched once for each mark. */
    const unclosed = new Map<string, number>();
    for (let index = 0; index < tokens.length; index += 1) {
      const token = tokens[index];
      const mark = token?.text[0];
      if (token === undefined || token.quoted || (mark !== "'" && mark !== '`') || expressions.has(token)) continue;
      if (unclosed.get(mark) === token.line) continue;
      const last = closing(tokens, index, mark);
      if (last === undefined) {
        unclosed.set(mark, token.line);
        continue;
      }
      index = last;
      const at = { start: token.start, end: tokens[last]?.end ?? token.end };
      const inner = text.slice(at.start + 1, at.end - 1);
      const name = mark === "'" ? 'an apostrophe' : 'a backtick';
      yield {
        severity: 'warning',
        message: `CoreDNS reads ${name} as a letter, so ${shown(text.slice(at.start, at.end))} is taken with it${inner.includes(' ') ? ' and cut at blanks' : ''}. Use double quotes`,
        at,
        claims: [at],
        fixes: /["\\]/u.test(inner) ? [] : [{ title: 'Use double quotes', edits: [{ ...at, newText: `"${inner}"` }] }],
      };
    }
  },
};

/** Index of the word on the same line that ends in `mark`. */
function closing(tokens: readonly CorefileToken[], index: number, mark: string): number | undefined {
  for (let at = index; ; at += 1) {
    const token = tokens[at];
    const before = tokens[at - 1];
    if (token === undefined || (at > index && (before === undefined || !continuesLine(before, token))))
      return undefined;
    if (!token.quoted && token.text.endsWith(mark) && (at > index || token.text.length > 1)) return at;
  }
}
