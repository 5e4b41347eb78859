import { suppressionWithoutReason } from './cf001-suppression.ts';
import type { Rule } from './rule.ts';

/** Comments that speak to the linter: CF0xx. */
export const suppressionRules: readonly Rule[] = [suppressionWithoutReason];
