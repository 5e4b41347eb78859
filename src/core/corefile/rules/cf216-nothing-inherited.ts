import type { ServerBlockModel } from '../model.ts';
import { type Rule, liveBlocks, shown } from './rule.ts';
import { parentZones } from './zones.ts';

/**
 * What people expect to hold for all names once it stands in the block of the parent zone. errors, cache, loop, ready and
 * prometheus have rules of their own that look at each block.
 */
const EXPECTED = ['acl', 'dns64', 'log', 'dnstap'] as const;

/** A block inherits nothing from the block of its parent zone. */
export const nothingInherited: Rule = {
  code: 'CF216',
  title: 'Plugins of the parent zone do not apply here',
  *check(context) {
    if (context.purpose === 'override') return;
    const blocks = liveBlocks(context);
    if (!blocks.some(({ plugins }) => EXPECTED.some((name) => plugins.has(name)))) return;
    const served = new Map<string, ServerBlockModel>();
    for (const block of blocks) {
      for (const { key } of block.keys) {
        for (const zone of key?.zones ?? []) served.set(`${key?.transport ?? ''} ${key?.port ?? ''} ${zone}`, block);
      }
    }
    for (const block of blocks) {
      const [first] = block.keys;
      if (first?.key === undefined || block.incomplete || block.plugins.size === 0) continue;
      const { transport, port, zones } = first.key;
      const parent = nearest(zones[0] ?? '.', (zone) => served.get(`${transport} ${port} ${zone}`));
      if (parent === undefined || parent === block || parent.plugins.has('view') || block.plugins.has('view')) continue;
      const missing = EXPECTED.filter((name) => parent.plugins.has(name) && !block.plugins.has(name));
      if (missing.length === 0) continue;
      yield {
        severity: 'info',
        message: `Names of ${shown(first.token.text)} don't pass ${missing.join(', ')} of block ${shown(parent.keys[0]?.token.text ?? '')}, for a block inherits nothing. Repeat it here if it is meant for them`,
        at: first.token,
        mentions: parent.keys.slice(0, 1).map(({ token }) => ({ at: token, message: 'The block above this zone' })),
      };
    }
  },
};

function nearest<T>(zone: string, find: (zone: string) => T | undefined): T | undefined {
  for (const parent of parentZones(zone)) {
    const found = find(parent);
    if (found !== undefined) return found;
  }
  return undefined;
}
