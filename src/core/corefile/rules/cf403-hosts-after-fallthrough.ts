import { type Rule, refused } from './rule.ts';

/** A line of data in hosts behind fallthrough, where CoreDNS reads options only. */
export const hostsAfterFallthrough: Rule = {
  code: 'CF403',
  title: 'hosts line behind fallthrough',
  *check(context) {
    yield* refused(context, 'CF403');
  },
};
