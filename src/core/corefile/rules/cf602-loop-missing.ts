import { type Rule, insertPlugin, liveBlocks, shown } from './rule.ts';

/** forward to resolv.conf can lead back to CoreDNS itself; only loop notices. */
export const loopMissing: Rule = {
  code: 'CF602',
  title: 'loop is missing where forward reads a resolv.conf',
  *check(context) {
    for (const block of liveBlocks(context)) {
      if (block.incomplete || block.plugins.has('loop')) continue;
      for (const { token, target } of block.forwards.flatMap(({ to }) => to)) {
        if (!('file' in target)) continue;
        const edit = insertPlugin(context, block, 'loop');
        yield {
          severity: 'warning',
          message: `forward takes its servers from ${shown(target.file)}: when that file names CoreDNS itself, queries go in circles unseen. Add loop`,
          at: token,
          fixes: edit === undefined ? [] : [{ title: 'Add loop', edits: [edit] }],
        };
        break;
      }
    }
  },
};
