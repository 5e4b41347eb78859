import { errorsMissing } from './cf601-errors-missing.ts';
import { loopMissing } from './cf602-loop-missing.ts';
import { forwardToItself } from './cf603-forward-to-itself.ts';
import { reloadMissing } from './cf604-reload-missing.ts';
import { livenessProbe } from './cf605-liveness-probe.ts';
import { readinessProbe } from './cf606-readiness-probe.ts';
import { lameduck } from './cf607-lameduck.ts';
import { healthTwice } from './cf608-health-twice.ts';
import { noFailover } from './cf609-no-failover.ts';
import { unlikeResolvers } from './cf610-unlike-resolvers.ts';
import { notCounted } from './cf611-not-counted.ts';
import { pluginLimits } from './cf612-plugin-limits.ts';
import type { Rule } from './rule.ts';

/** Reliability: CF6xx. */
export const reliabilityRules: readonly Rule[] = [
  errorsMissing,
  loopMissing,
  forwardToItself,
  reloadMissing,
  livenessProbe,
  readinessProbe,
  lameduck,
  healthTwice,
  noFailover,
  unlikeResolvers,
  notCounted,
  pluginLimits,
];
