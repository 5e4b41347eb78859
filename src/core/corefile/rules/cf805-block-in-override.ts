import { pluginCatalogue } from '../pluginCatalogue.ts';
import type { CorefileDirective } from '../tree.ts';
import type { ServerBlockModel } from '../model.ts';
import { isOverride, looksLikeKey } from './parts.ts';
import { type Rule, type RuleContext, liveBlocks, shown } from './rule.ts';

/** A server block in a file that is imported into one. */
export const blockInOverride: Rule = {
  code: 'CF805',
  title: 'Server block inside an override',
  *check(context) {
    for (const block of liveBlocks(context)) {
      for (const item of block.node.body) {
        if (item.kind !== 'directive' || !isServerBlockInOverride(context, block, item)) continue;
        yield {
          severity: 'error',
          message: `${shown(item.value ?? '')} begins a server block, but this file is imported into one, where only plugins may stand. Give its key the ending .server instead of .override`,
          at: item.name,
        };
      }
    }
  },
};

/** Also asked by CF119, which then says nothing of the unknown name. */
export function isServerBlockInOverride(
  context: RuleContext,
  block: ServerBlockModel,
  { value, name }: CorefileDirective,
): boolean {
  return (
    value !== undefined && looksLikeKey(value) && !pluginCatalogue().has(value) && isOverride(context, block, name)
  );
}
