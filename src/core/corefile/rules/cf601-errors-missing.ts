import { missingSet } from './cf813-server-without-set.ts';
import { type Rule, insertPlugin, liveBlocks } from './rule.ts';

/** Without errors nothing tells why a query failed. */
export const errorsMissing: Rule = {
  code: 'CF601',
  title: 'errors is missing',
  *check(context) {
    for (const block of liveBlocks(context)) {
      const key = block.node.keys[0]?.token;
      if (block.incomplete || key === undefined || block.plugins.size === 0 || block.plugins.has('errors')) continue;
      if (missingSet(context, block).length > 0) continue;
      const edit = insertPlugin(context, block, 'errors');
      yield {
        severity: 'warning',
        message: 'This block has no errors plugin: failed queries leave no line in the log. Add errors',
        at: key,
        fixes: edit === undefined ? [] : [{ title: 'Add errors', edits: [edit] }],
      };
    }
  },
};
