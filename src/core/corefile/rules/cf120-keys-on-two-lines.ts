import { existsIn, pluginCatalogue } from '../pluginCatalogue.ts';
import type { CorefileDirective } from '../tree.ts';
import { misreadRange } from './misread.ts';
import { type Rule, type RuleContext, shown } from './rule.ts';

/** Keys go on in the next line only behind a comma; otherwise that line is the first plugin of the block. */
export const keysOnTwoLines: Rule = {
  code: 'CF120',
  title: 'Server keys on two lines without a comma',
  *check(context) {
    for (const block of context.model.blocks) {
      const { keys, open, body } = block.node;
      const last = keys[keys.length - 1]?.token;
      const first = body[0];
      if (last === undefined || open !== undefined || first?.kind !== 'directive') continue;
      if (last.text === '}' || !readsLikeKey(context, first)) continue;
      const fixable = last.file === '' && !last.quoted;
      yield {
        severity: 'error',
        message: `CoreDNS reads ${shown(first.name.text)} as a plugin, because the keys end with the line before. Put a comma behind ${shown(last.text)}, or all keys on one line`,
        at: first.name,
        claims: [misreadRange(context.model, block, first.name)],
        fixes: fixable ? [{ title: 'Insert a comma', edits: [{ start: last.end, end: last.end, newText: ',' }] }] : [],
      };
    }
  },
};

/** No plugin of this release, and either it looks like a zone or its block holds plugins. */
function readsLikeKey({ version }: RuleContext, { value, block }: CorefileDirective): boolean {
  const facts = pluginCatalogue().get(value ?? '');
  if (value === undefined || (facts !== undefined && existsIn(facts, version) === 'yes')) return false;
  if (/[.:/]/u.test(value)) return true;
  return (
    block?.lines.some((line) => line.kind === 'line' && pluginCatalogue().has(line.tokens[0]?.text ?? '')) === true
  );
}
