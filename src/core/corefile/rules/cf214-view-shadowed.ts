import { overlappingKeys } from './keyOverlap.ts';
import { type Rule, shown } from './rule.ts';

/** Blocks of one zone are asked in the order of the text; one without a view takes every query. */
export const viewShadowed: Rule = {
  code: 'CF214',
  title: 'View stands behind a block that takes every query',
  *check(context) {
    for (const { kind, token, first, name } of overlappingKeys(context)) {
      if (kind !== 'shadowed') continue;
      yield {
        severity: 'warning',
        message: `Every query for ${shown(name)} is taken by a block above it, which has no view, so this one is never asked. Move it above that block`,
        at: token,
        mentions: [{ at: first.token, message: 'Takes every query' }],
      };
    }
  },
};
