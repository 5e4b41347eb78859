import { type Rule, refused } from './rule.ts';

/** A plugin that listens by itself is given an address that Go can't split into host and port. */
export const listenAddress: Rule = {
  code: 'CF424',
  title: 'Address to listen on has no port',
  *check(context) {
    yield* refused(context, 'CF424');
  },
};
