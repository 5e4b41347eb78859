import { type Rule, shown } from './rule.ts';
import { expressionOptions } from './expressions.ts';

/** Words of an expression that CoreDNS can't take for a name that isn't there or a mistake of grammar. */
const LITERAL = /^(?:[+-]?\d+(?:\.\d+)?|true|false|nil|in|not|and|or|contains|startsWith|endsWith|matches)$/u;

/** Double quotes inside an expression never reach it: the words arrive without them. */
export const quotesInExpression: Rule = {
  code: 'CF111',
  title: 'Double quotes inside an expression are lost',
  *check(context) {
    for (const { name, args } of expressionOptions(context)) {
      if (args.length < 2) continue;
      const last = args[args.length - 1] ?? name;
      const lost = args.filter(({ quoted, text }) => quoted && !/['"`]/u.test(text));
      const first = lost[0];
      if (first === undefined) continue;
      const value = shown(first.text);
      yield {
        severity: lost.some(({ text }) => /^[\w.:/*-]+$/u.test(text) && !LITERAL.test(text)) ? 'error' : 'warning',
        message: `CoreDNS takes the double quotes away before it reads the expression, so ${value} is no text in it. Write '${value}'`,
        at: first,
        claims: [{ start: name.start, end: last.end }],
        fixes:
          first.file === ''
            ? [
                {
                  title: 'Use single quotes',
                  edits: lost.map(({ start, end, text }) => ({ start, end, newText: `'${text}'` })),
                },
              ]
            : [],
      };
    }
  },
};
