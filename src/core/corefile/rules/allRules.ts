import { suppressionRules } from './suppressionRules.ts';
import { syntaxRules } from './syntaxRules.ts';
import { serverBlockRules } from './serverBlockRules.ts';
import { pluginRules } from './pluginRules.ts';
import { argumentRules } from './argumentRules.ts';
import { performanceRules } from './performanceRules.ts';
import { reliabilityRules } from './reliabilityRules.ts';
import { securityRules } from './securityRules.ts';
import { kubernetesRules } from './kubernetesRules.ts';
import { versionRules } from './versionRules.ts';
import type { Rule } from './rule.ts';

/** Every rule, by code: a list per hundred. A rule also has a page in docs/rules and fixtures in test/fixtures/corefiles/rules. */
export const ALL_RULES: readonly Rule[] = [
  ...suppressionRules,
  ...syntaxRules,
  ...serverBlockRules,
  ...pluginRules,
  ...argumentRules,
  ...performanceRules,
  ...reliabilityRules,
  ...securityRules,
  ...kubernetesRules,
  ...versionRules,
];
