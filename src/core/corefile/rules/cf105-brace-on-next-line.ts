import { type PluginFacts, pluginCatalogue } from '../pluginCatalogue.ts';
import { continuesLine } from '../tokenStream.ts';
import type { CorefileDirective } from '../tree.ts';
import { type Finding, type Rule, type RuleContext, shown } from './rule.ts';

/** A plugin's `{` on the next line: the parser takes it, but the plugin looks for it on its own line only. */
export const braceOnNextLine: Rule = {
  code: 'CF105',
  title: 'Plugin block opens on the next line',
  *check(context) {
    for (const { node } of context.model.blocks) {
      for (const item of node.body) {
        if (item.kind !== 'directive' || item.block === undefined) continue;
        const { open, close } = item.block;
        const before = item.args[item.args.length - 1] ?? item.name;
        if (continuesLine(before, open)) continue;
        const facts = pluginCatalogue().get(item.value ?? '');
        const name = shown(item.name.text);
        yield {
          severity: facts !== undefined && refusesStanza(facts) ? 'error' : 'warning',
          message: `The "{" of ${name} stands on a line of its own, so ${name} reads its block as further ${name} lines. ${facts?.block === 'none' ? 'Remove the block, it takes none' : 'Move it up to the end of the line before'}`,
          at: open,
          claims: [{ start: item.name.file === open.file ? item.name.start : open.start, end: close?.end ?? open.end }],
          fixes: fixes(context, item, before.end, facts),
        };
      }
    }
  },
};

/** The stanza that begins with "{" has no arguments and is one too many where only one may stand. */
function refusesStanza({ onRepeat, minArgs, block }: PluginFacts): boolean {
  return onRepeat === 'error-once' || onRepeat === 'error-args' || minArgs > 0 || block === 'rule';
}

function fixes(
  { text }: RuleContext,
  { block }: CorefileDirective,
  from: number,
  facts: PluginFacts | undefined,
): NonNullable<Finding['fixes']> {
  const open = block?.open;
  // A plugin that takes no block would refuse it once it sees it.
  if (open === undefined || open.file !== '' || facts?.block === 'none') return [];
  if (text.slice(from, open.start).trim() !== '') return [];
  return [{ title: 'Move "{" up', edits: [{ start: from, end: open.start, newText: ' ' }] }];
}
