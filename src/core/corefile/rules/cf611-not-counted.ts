import type { CorefileToken } from '../lexer.ts';
import type { ServerBlockModel } from '../model.ts';
import { pluginCatalogue } from '../pluginCatalogue.ts';
import { type Rule, insertPlugin, liveBlocks } from './rule.ts';

/** prometheus and ready work block by block; ready matters where a plugin has something to wait for, which is kubernetes. */
export const notCounted: Rule = {
  code: 'CF611',
  title: 'Block is missing from metrics or readiness',
  *check(context) {
    const blocks = liveBlocks(context).filter(({ plugins }) => plugins.size > 0);
    const has = (name: string): boolean => blocks.some(({ plugins }) => plugins.has(name));
    const [metrics, ready] = [has('prometheus'), has('ready')];
    const uncounted: CorefileToken[] = [];
    for (const block of blocks) {
      const key = block.node.keys[0]?.token;
      if (key === undefined || block.incomplete) continue;
      if (ready && !block.plugins.has('ready') && block.plugins.has('kubernetes')) {
        const edit = insertPlugin(context, block, 'ready');
        yield {
          severity: 'info',
          message:
            'ready stands in another block only, so nobody waits until kubernetes in this one has read the cluster. Add ready here',
          at: key,
          fixes: edit === undefined ? [] : [{ title: 'Add ready', edits: [edit] }],
        };
      }
      if (metrics && !block.plugins.has('prometheus') && !onlyForwards(block)) uncounted.push(key);
    }
    const [first, ...others] = uncounted;
    if (first === undefined) return;
    const those = others.length === 0 ? 'this one' : `this one and ${others.length} more`;
    yield {
      severity: 'info',
      message: `prometheus stands in another block only: queries of ${those} are in no metric. Add it here with the same address`,
      at: first,
      mentions: others.map((at) => ({ at, message: 'Not counted either' })),
    };
  },
};

/** A stub zone: what it forwards is counted by upstream and answer, with or without prometheus in its block. */
function onlyForwards({ forwards, plugins }: ServerBlockModel): boolean {
  if (forwards.length === 0) return false;
  return [...plugins.keys()].every((name) => name === 'forward' || pluginCatalogue().get(name)?.answers !== true);
}
