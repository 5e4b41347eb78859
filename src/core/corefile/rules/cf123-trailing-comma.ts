import type { Rule } from './rule.ts';

/** A comma behind a server key promises another key; CoreDNS stops when there is none. */
export const trailingComma: Rule = {
  code: 'CF123',
  title: 'Comma without another server key',
  *check({ model }) {
    for (const { kind, token } of model.corefile.problems) {
      if (kind !== 'expected-key') continue;
      // A comma in quotes stands one character before the end.
      const comma = token.quoted ? token.end - 2 : token.end - 1;
      yield {
        severity: 'error',
        message: 'A comma here promises another server key, but none follows and CoreDNS stops. Remove the comma',
        at: token,
        fixes: [{ title: 'Remove the comma', edits: [{ start: comma, end: comma + 1, newText: '' }] }],
      };
    }
  },
};
