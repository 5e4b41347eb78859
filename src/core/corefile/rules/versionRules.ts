import type { Rule } from './rule.ts';

/** Releases: CF9xx. */
export const versionRules: readonly Rule[] = [];
