import { missingSet } from './cf813-server-without-set.ts';
import { type Rule, insertPlugin, liveBlocks } from './rule.ts';

/** Every query goes out to an upstream, however often it was asked. */
export const cacheMissing: Rule = {
  code: 'CF501',
  title: 'cache is missing where forward is',
  *check(context) {
    if (context.purpose === 'override') return;
    for (const block of liveBlocks(context)) {
      const forward = block.plugins.get('forward')?.[0] ?? block.plugins.get('proxy')?.[0];
      if (forward === undefined || block.incomplete || block.plugins.has('cache')) continue;
      if (missingSet(context, block).length > 0) continue;
      const edit = insertPlugin(context, block, 'cache 30');
      yield {
        severity: 'warning',
        message: 'Without cache every query of this block goes out to an upstream, repeated ones as well. Add cache 30',
        at: forward.name,
        fixes: edit === undefined ? [] : [{ title: 'Add cache 30', edits: [edit] }],
      };
    }
  },
};
