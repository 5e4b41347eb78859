import { type Rule, refused } from './rule.ts';

/** Answer options of rewrite where none may stand, or two that exclude each other. */
export const rewriteAnswerPlace: Rule = {
  code: 'CF413',
  title: 'Answer option of rewrite is refused here',
  *check(context) {
    yield* refused(context, 'CF413');
  },
};
