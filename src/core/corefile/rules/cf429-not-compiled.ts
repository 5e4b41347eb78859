import { type Rule, refused } from './rule.ts';

/** A regular expression, an expression or a template that CoreDNS compiles at start and can't. */
export const notCompiled: Rule = {
  code: 'CF429',
  title: 'Pattern, expression or template is not readable',
  *check(context) {
    yield* refused(context, 'CF429');
  },
};
