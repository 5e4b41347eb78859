import { type Rule, refused } from './rule.ts';

/** A class, type, response code or opcode of DNS in small letters, where the plugin knows capitals only. */
export const capitals: Rule = {
  code: 'CF411',
  title: 'Name from DNS must be in capitals',
  *check(context) {
    yield* refused(context, 'CF411');
  },
};
