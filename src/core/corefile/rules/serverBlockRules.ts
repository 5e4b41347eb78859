import { duplicateKey } from './cf201-duplicate-key.ts';
import { boundAndUnbound } from './cf202-bound-and-unbound.ts';
import { serverKey } from './cf210-server-key.ts';
import type { Rule } from './rule.ts';

/** Keys and server blocks: CF2xx. */
export const serverBlockRules: readonly Rule[] = [duplicateKey, boundAndUnbound, serverKey];
