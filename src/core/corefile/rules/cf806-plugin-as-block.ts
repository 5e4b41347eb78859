import type { ServerBlockModel } from '../model.ts';
import { pluginCatalogue } from '../pluginCatalogue.ts';
import { isServerPart } from './parts.ts';
import { type Rule, type RuleContext, liveBlocks, shown, valueOf } from './rule.ts';

/** A plugin line where server blocks belong: its words become zones. */
export const pluginAsBlock: Rule = {
  code: 'CF806',
  title: 'Plugin line outside a server block',
  *check(context) {
    for (const block of liveBlocks(context)) {
      if (!isPluginAsBlock(context, block)) continue;
      const at = block.node.keys[0]?.token;
      if (at === undefined) continue;
      const name = shown(valueOf(context, at) ?? '');
      const refused = strangers(block);
      // What other rules say of this misread block is no news.
      const claims = [{ start: at.start, end: block.node.close?.end ?? at.end }];
      const advice = 'Give the key the ending .override, or put it inside a server block';
      yield refused
        ? {
            severity: 'error',
            message: `Only server blocks may stand here, so CoreDNS reads ${name} as a zone and stumbles over what follows. ${advice}`,
            at,
            claims,
          }
        : {
            severity: 'warning',
            message: `Only server blocks may stand here, so ${name} becomes a zone that nobody asks for, and the plugin isn't used. ${advice}`,
            at,
            claims,
          };
    }
  },
};

/** Also asked by CF119, which then says nothing of the names CoreDNS stumbles over. */
export function isPluginAsBlock(context: RuleContext, block: ServerBlockModel): boolean {
  const { keys, open, body } = block.node;
  const first = keys[0];
  if (first?.value === undefined || !pluginCatalogue().has(first.value) || !isServerPart(context, block)) return false;
  // `local { … }` with plugins inside is a block for a zone of that name.
  return strangers(block) || body.length === 0 || (open === undefined && keys.length > 1);
}

/** True when something in the block is no plugin of any release. */
function strangers({ node }: ServerBlockModel): boolean {
  return node.body.some(
    (item) => item.kind === 'directive' && item.value !== undefined && !pluginCatalogue().has(item.value),
  );
}
