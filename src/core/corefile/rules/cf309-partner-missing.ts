import { type Rule, refused } from './rule.ts';

/** An option, or a plugin, without the one it depends on. */
export const partnerMissing: Rule = {
  code: 'CF309',
  title: 'Option needs another one',
  *check(context) {
    yield* refused(context, 'CF309');
  },
};
