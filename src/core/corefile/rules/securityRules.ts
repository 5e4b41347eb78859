import type { Rule } from './rule.ts';

/** Security: CF7xx. */
export const securityRules: readonly Rule[] = [];
