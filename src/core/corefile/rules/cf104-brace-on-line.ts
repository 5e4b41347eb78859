import type { CorefileToken } from '../lexer.ts';
import { continuesLine } from '../tokenStream.ts';
import { type Finding, type Rule, type RuleContext, indentOf } from './rule.ts';

/** A `}` behind other words on its line: an error at the end of a server block, an argument inside a plugin block. */
export const braceOnLine: Rule = {
  code: 'CF104',
  title: 'Closing brace is not on a line of its own',
  *check(context) {
    const { problems, tokens } = context.model.corefile;
    for (const { kind, token, at } of problems) {
      if (kind !== 'unexpected-close') continue;
      if (at !== undefined) {
        yield onOwnLine(context, token, 'error', 'CoreDNS doesn\'t take this "}" for the end of the block and stops');
        continue;
      }
      yield {
        severity: 'warning',
        message: 'This "}" has no "{": it closes the server block that imports this file. Remove it',
        at: token,
        fixes: [{ title: 'Remove "}"', edits: [{ start: token.start, end: token.end, newText: '' }] }],
      };
    }
    let depth = 0;
    for (const [index, token] of tokens.entries()) {
      if (token.text === '{') depth += 1;
      if (token.text !== '}') continue;
      depth -= 1;
      const before = tokens[index - 1];
      // At depth 1 and above the brace closes a plugin's block, where a plugin reads it as an argument.
      if (depth < 1 || before === undefined || !continuesLine(before, token)) continue;
      if (before.text === '{' || before.text === '}') continue;
      yield onOwnLine(context, token, 'warning', 'The plugin reads this "}" as an argument');
    }
  },
};

function onOwnLine(context: RuleContext, token: CorefileToken, severity: 'error' | 'warning', what: string): Finding {
  const newText = `\n${indentOf(context.text, token.start)}`;
  const fixes =
    token.file === ''
      ? [{ title: 'Put "}" on a line of its own', edits: [{ start: token.start, end: token.start, newText }] }]
      : [];
  return { severity, message: `${what}. Put it on a line of its own`, at: token, fixes };
}
