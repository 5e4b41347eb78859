import { errorsMissing } from './cf601-errors-missing.ts';
import { loopMissing } from './cf602-loop-missing.ts';
import { reloadMissing } from './cf604-reload-missing.ts';
import type { Rule } from './rule.ts';

/** Reliability: CF6xx. */
export const reliabilityRules: readonly Rule[] = [errorsMissing, loopMissing, reloadMissing];
