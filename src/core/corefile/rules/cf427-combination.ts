import { type Rule, refused } from './rule.ts';

/** Two things in one plugin that CoreDNS refuses beside each other. */
export const refusedCombination: Rule = {
  code: 'CF427',
  title: 'Options that do not go together',
  *check(context) {
    yield* refused(context, 'CF427');
  },
};
