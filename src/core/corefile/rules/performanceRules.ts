import { cacheMissing } from './cf501-cache-missing.ts';
import { cacheTime } from './cf502-cache-time.ts';
import { clusterZoneCached } from './cf503-cluster-zone-cached.ts';
import { maxConcurrentMissing } from './cf504-max-concurrent-missing.ts';
import { maxConcurrentLow } from './cf505-max-concurrent-low.ts';
import { logEverything } from './cf506-log-everything.ts';
import { podsVerified } from './cf507-pods-verified.ts';
import { forceTcpIdle } from './cf508-force-tcp-idle.ts';
import { serveStale } from './cf509-serve-stale.ts';
import { debuggingLeft } from './cf510-debugging-left.ts';
import type { Rule } from './rule.ts';

/** Performance: CF5xx. */
export const performanceRules: readonly Rule[] = [
  cacheMissing,
  cacheTime,
  clusterZoneCached,
  maxConcurrentMissing,
  maxConcurrentLow,
  logEverything,
  podsVerified,
  forceTcpIdle,
  serveStale,
  debuggingLeft,
];
