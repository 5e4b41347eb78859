import { type Rule, insertPlugin, liveBlocks } from './rule.ts';

/** Without reload in some block, a changed Corefile waits for a restart. One block is enough for the process. */
export const reloadMissing: Rule = {
  code: 'CF604',
  title: 'reload is missing',
  *check(context) {
    if (context.purpose !== 'corefile' || context.model.corefile.incomplete) return;
    const blocks = liveBlocks(context);
    if (blocks.some((block) => block.incomplete || block.plugins.has('reload'))) return;
    const block = blocks.find(({ plugins }) => plugins.size > 0);
    const key = block?.node.keys[0]?.token;
    if (block === undefined || key === undefined) return;
    const edit = insertPlugin(context, block, 'reload');
    yield {
      severity: 'warning',
      message:
        'No block has the reload plugin: changes to this file take effect only after a restart. Add reload to one block',
      at: key,
      fixes: edit === undefined ? [] : [{ title: 'Add reload', edits: [edit] }],
    };
  },
};
