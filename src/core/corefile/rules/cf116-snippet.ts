import type { CorefileToken } from '../lexer.ts';
import type { CorefileModel } from '../model.ts';
import { continuesLine } from '../tokenStream.ts';
import type { ParseProblem } from '../tree.ts';
import { type Finding, type Rule, type RuleContext, shown, valueOf } from './rule.ts';

/** A snippet that is declared twice, used above its declaration, imports itself, or has no braces. */
export const snippetProblem: Rule = {
  code: 'CF116',
  title: 'Snippet is not usable',
  *check(context) {
    for (const problem of context.model.corefile.problems) {
      const message = messageOf(problem);
      if (message !== undefined) yield { severity: 'error', message, at: problem.token };
    }
    yield* usedTooEarly(context);
  },
};

function messageOf({ kind, detail = '' }: ParseProblem): string | undefined {
  switch (kind) {
    case 'snippet-redeclared':
      return `Snippet (${shown(detail)}) is declared a second time, CoreDNS stops here. Rename or remove one`;
    case 'import-depth':
      return `Snippet (${shown(detail)}) imports itself, directly or through others. Remove that import`;
    case 'missing-open':
      return `Snippet (${shown(detail)}) has no "{" behind its name. Put its lines in braces`;
    default:
      return undefined;
  }
}

/** An import that stayed where it is, of a name that a snippet gets only further down. */
function* usedTooEarly(context: RuleContext): Iterable<Finding> {
  const declared = new Map<string, CorefileToken>();
  for (const item of context.model.corefile.items) if (item.kind === 'snippet') declared.set(item.name, item.key);
  if (declared.size === 0) return;
  for (const argument of unknownImports(context.model)) {
    const name = valueOf(context, argument);
    const key = name === undefined ? undefined : declared.get(name);
    if (name === undefined || key === undefined || key.file !== '' || argument.file !== '') continue;
    if (key.start < argument.start) continue;
    yield {
      severity: 'error',
      message: `Snippet (${shown(name)}) is declared only further down, so CoreDNS looks for a file of that name. Move the snippet above this line`,
      at: argument,
      mentions: [{ at: key, message: 'Declared here' }],
    };
  }
}

function* unknownImports({ corefile }: CorefileModel): Iterable<CorefileToken> {
  for (const item of corefile.items) {
    if (item.kind === 'import' && item.argument !== undefined) yield item.argument;
    if (item.kind !== 'server' || !item.incomplete) continue;
    for (const part of item.body) {
      if (part.kind === 'import') {
        if (part.argument !== undefined) yield part.argument;
        continue;
      }
      if (!part.incomplete) continue;
      for (const [index, token] of part.tokens.entries()) {
        const next = part.tokens[index + 1];
        if (token.text === 'import' && next !== undefined && continuesLine(token, next)) yield next;
      }
    }
  }
}
