import { overlappingKeys } from './keyOverlap.ts';
import { type Rule, shown } from './rule.ts';

/** The same zone on the same transport, port and address twice. */
export const duplicateKey: Rule = {
  code: 'CF201',
  title: 'Server key is used twice',
  *check(context) {
    for (const { kind, token, first, name } of overlappingKeys(context)) {
      if (kind !== 'same') continue;
      yield {
        severity: 'error',
        message: `${shown(name)} is served already, CoreDNS refuses to serve it twice. Join the blocks or change one key`,
        at: token,
        mentions: [{ at: first.token, message: 'Served here first' }],
      };
    }
  },
};
