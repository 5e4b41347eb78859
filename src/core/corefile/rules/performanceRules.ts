import type { Rule } from './rule.ts';

/** Performance: CF5xx. */
export const performanceRules: readonly Rule[] = [];
