import { integerOf, optionNamed, stanzasOf } from './pluginStanzas.ts';
import { type Rule, replaceToken } from './rule.ts';

const LONGEST = 60;

/** How long clients keep the addresses of Services and pods. */
export const kubernetesTtl: Rule = {
  code: 'CF426',
  title: 'ttl of kubernetes is 0 or long',
  *check(context) {
    for (const { stanza } of stanzasOf(context, 'kubernetes')) {
      const token = optionNamed(context, stanza, 'ttl')?.args[0];
      const ttl = integerOf(context, token);
      if (token === undefined || ttl === undefined || (ttl > 0 && ttl <= LONGEST)) continue;
      const fixes = [{ title: 'Write 30', edits: [replaceToken(token, '30')] }];
      yield ttl > LONGEST
        ? {
            severity: 'warning',
            message: `Clients keep addresses of pods for up to ${ttl} s after they are gone. Write 5 to 30`,
            at: token,
            fixes,
          }
        : {
            severity: 'info',
            message: 'With ttl 0 clients keep nothing, and every connection begins with queries. Write 5 to 30',
            at: token,
            fixes,
          };
    }
  },
};
