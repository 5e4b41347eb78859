import type { LintOptions } from '../../core/corefile/lint.ts';
import type { Settings } from '../settings/settings.ts';
import type { CorefileRegion } from './corefileRegions.ts';

/** The user's settings over what is known of the region; a release that the user names holds everywhere. */
export function lintOptions(region: CorefileRegion, settings: Settings): LintOptions {
  const version = settings.coreDnsVersion ?? region.lint.version;
  return {
    ...region.lint,
    ...(version === undefined ? {} : { version }),
    severities: { ...region.lint.severities, ...settings.lintSeverities },
  };
}
