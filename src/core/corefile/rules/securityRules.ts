import { podsInsecure } from './cf701-pods-insecure.ts';
import { secretInText } from './cf702-secret-in-text.ts';
import { openResolver } from './cf703-open-resolver.ts';
import { transferToAll } from './cf704-transfer-to-all.ts';
import { aclBypass } from './cf705-acl-bypass.ts';
import { exposedEndpoint } from './cf706-exposed-endpoint.ts';
import { riskyOptions } from './cf707-risky-options.ts';
import type { Rule } from './rule.ts';

/** Security: CF7xx. */
export const securityRules: readonly Rule[] = [
  podsInsecure,
  secretInText,
  openResolver,
  transferToAll,
  aclBypass,
  exposedEndpoint,
  riskyOptions,
];
