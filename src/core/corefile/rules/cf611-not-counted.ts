import { type Rule, insertPlugin, liveBlocks } from './rule.ts';

/** prometheus and ready work block by block; ready matters where a plugin has something to wait for, which is kubernetes. */
export const notCounted: Rule = {
  code: 'CF611',
  title: 'Block is missing from metrics or readiness',
  *check(context) {
    const blocks = liveBlocks(context).filter(({ plugins }) => plugins.size > 0);
    const has = (name: string): boolean => blocks.some(({ plugins }) => plugins.has(name));
    const [metrics, ready] = [has('prometheus'), has('ready')];
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
      if (!metrics || block.plugins.has('prometheus')) continue;
      yield {
        severity: 'info',
        message:
          'prometheus stands in another block only: queries of this one are in no metric. Add it here with the same address',
        at: key,
      };
    }
  },
};
