import type { CorefileToken } from '../lexer.ts';
import { pluginCatalogue } from '../pluginCatalogue.ts';
import { continuesLine } from '../tokenStream.ts';
import type { CorefileItem } from '../tree.ts';
import { misreadRange } from './misread.ts';
import { type Finding, type Rule, type RuleContext, indentOf, shown } from './rule.ts';

/** Words behind a `}` on its line: keys of another server block, or further lines of the plugin that was just closed. */
export const wordsAfterBrace: Rule = {
  code: 'CF106',
  title: 'Words behind a closing brace on its line',
  *check(context) {
    const blocks = new Map(context.model.blocks.map((block) => [block.node, block]));
    let before: CorefileItem | undefined;
    for (const item of context.model.corefile.items) {
      const close = before === undefined || before.kind === 'import' ? undefined : before.close;
      before = item;
      if (item.kind !== 'server') continue;
      const first = item.keys[0]?.token;
      const block = blocks.get(item);
      if (first !== undefined && close !== undefined && block !== undefined && continuesLine(close, first)) {
        // A second "}" on the line is one too many; CF102 says so.
        if (first.text !== '}') {
          const opens = item.open !== undefined && item.open.line === first.line;
          yield opens ? nextBlock(context, first) : strayKeys(context, block, first);
        }
      }
    }
    for (const { node } of context.model.blocks) {
      for (const item of node.body) {
        const first = item.kind === 'directive' ? item.rest[0] : undefined;
        if (item.kind === 'directive' && first !== undefined) yield strayLines(context, item.name, first, item.rest);
      }
    }
  },
};

function nextBlock(context: RuleContext, first: CorefileToken): Finding {
  return {
    severity: 'hint',
    message: `The server block of ${shown(first.text)} begins on the line on which another ends. Put it on a line of its own`,
    at: first,
    fixes: ownLine(context, first, ''),
  };
}

function strayKeys({ model }: RuleContext, block: Parameters<typeof misreadRange>[1], first: CorefileToken): Finding {
  const last = block.node.keys.findLast(({ token }) => token.line === first.line && token.file === first.file)?.token;
  const end = last?.end ?? first.end;
  const claims = [block.node.open === undefined ? misreadRange(model, block, first) : { start: first.start, end }];
  const message = `CoreDNS reads ${shown(first.text)} behind this "}" as the key of another server block. Remove it, or make it a comment`;
  const fixes =
    first.file === ''
      ? [
          { title: 'Make it a comment', edits: [{ start: first.start, end: first.start, newText: '# ' }] },
          { title: 'Remove it', edits: [{ start: first.start, end, newText: '' }] },
        ]
      : [];
  return { severity: 'warning', message, at: { start: first.start, end, file: first.file }, claims, fixes };
}

function strayLines(
  context: RuleContext,
  plugin: CorefileToken,
  first: CorefileToken,
  rest: readonly CorefileToken[],
): Finding {
  const last = rest.findLast(({ file }) => file === first.file) ?? first;
  const at = { start: first.start, end: last.end, file: first.file };
  const isPlugin = pluginCatalogue().has(first.text);
  return {
    severity: 'warning',
    message: `${shown(plugin.text)} takes what stands behind its "}" for its own lines, so ${shown(first.text)} isn't read as a plugin. Put it on a line of its own`,
    at,
    claims: [at],
    fixes: isPlugin ? ownLine(context, first, indentOf(context.text, first.start)) : [],
  };
}

function ownLine({ text }: RuleContext, token: CorefileToken, indent: string): NonNullable<Finding['fixes']> {
  if (token.file !== '') return [];
  let start = token.start;
  while (start > 0 && /[ \t]/u.test(text[start - 1] ?? '')) start -= 1;
  return [{ title: 'Put it on a line of its own', edits: [{ start, end: token.start, newText: `\n${indent}` }] }];
}
