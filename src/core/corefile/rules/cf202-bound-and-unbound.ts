import { overlappingKeys } from './keyOverlap.ts';
import { type Rule, shown } from './rule.ts';

/** One block of a zone listens on chosen addresses, another on all of them. */
export const boundAndUnbound: Rule = {
  code: 'CF202',
  title: 'Zone is served on all addresses and on chosen ones',
  *check(context) {
    for (const { kind, token, first, name } of overlappingKeys(context)) {
      if (kind !== 'overlap') continue;
      yield {
        severity: 'error',
        message: `${shown(name)} is served on chosen addresses in one block and on all addresses in another, CoreDNS refuses that. Put bind into both`,
        at: token,
        mentions: [{ at: first.token, message: 'The other block' }],
      };
    }
  },
};
