import type { CorefileToken } from '../lexer.ts';
import type { Edit } from '../edit.ts';
import { type Finding, type Rule, type RuleContext, indentOf, shown } from './rule.ts';

/** A `{` without its `}`. CoreDNS blames the last word of the file; the brace that stays open is the place to look. */
export const unclosedBlock: Rule = {
  code: 'CF101',
  title: 'Block is never closed',
  *check(context) {
    const { corefile } = context.model;
    // With an open quote the braces behind it are inside the quote; CF107 says so.
    if (corefile.unterminatedQuote !== undefined) return;
    let refused = false;
    for (const { kind, token, at } of corefile.problems) {
      if (kind !== 'unclosed-block' && kind !== 'unclosed-snippet') continue;
      refused = true;
      yield finding(context, token, at);
    }
    if (refused) return;
    for (const item of corefile.items) {
      if (item.kind !== 'server' || item.open === undefined || item.close !== undefined) continue;
      yield {
        severity: 'warning',
        message: 'This "{" has no "}" of its own: CoreDNS takes the last "}" of the file for it and starts. Add a "}"',
        at: item.open,
        fixes: [{ title: 'Insert "}"', edits: [closingEdit(context.text, item.open)] }],
      };
    }
  },
};

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
