import { notInRelease } from './cf901-not-in-release.ts';
import { deprecated } from './cf902-deprecated.ts';
import { newDefaults } from './cf903-new-defaults.ts';
import { changedInRelease } from './cf904-changed-in-release.ts';
import type { Rule } from './rule.ts';

/** Releases: CF9xx. */
export const versionRules: readonly Rule[] = [notInRelease, deprecated, newDefaults, changedInRelease];
