import type { ServerBlockModel } from '../model.ts';
import { isServerPart } from './parts.ts';
import { type Rule, type RuleContext, insertPlugin, liveBlocks } from './rule.ts';

/** A block in a .server file has none of what the main block has: nothing is inherited. */
export const serverWithoutSet: Rule = {
  code: 'CF813',
  title: 'Server file lacks the usual plugins',
  *check(context) {
    for (const block of liveBlocks(context)) {
      const missing = missingSet(context, block);
      const key = block.node.keys[0]?.token;
      if (missing.length === 0 || key === undefined) continue;
      const edit = insertPlugin(
        context,
        block,
        missing.map((name) => (name === 'cache' ? 'cache 30' : name)).join('\n'),
      );
      const names = missing.join(' and ');
      yield {
        severity: 'warning',
        message: `A server block inherits nothing from the main one: failures leave no line in the log, and every query goes upstream. Add ${names}`,
        at: key,
        fixes: edit === undefined ? [] : [{ title: `Add ${names}`, edits: [indented(edit)] }],
      };
    }
  },
};

/** What a block of a .server file lacks, when it lacks all of it. Then CF601 and CF501 have nothing to add. */
export function missingSet(context: RuleContext, block: ServerBlockModel): readonly string[] {
  if (!isServerPart(context, block) || block.incomplete || block.forwards.length === 0) return [];
  const missing = ['errors', 'cache'].filter((name) => !block.plugins.has(name));
  return missing.length === 2 ? missing : [];
}

/** Every line of an inserted text as deep as its last. */
function indented<T extends { readonly newText: string }>(edit: T): T {
  const lines = edit.newText.split('\n');
  const indent = lines.at(-1) ?? '';
  return {
    ...edit,
    newText: lines.map((line, index) => (index === 0 || line === indent ? line : indent + line)).join('\n'),
  };
}
