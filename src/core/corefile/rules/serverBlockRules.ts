import { duplicateKey } from './cf201-duplicate-key.ts';
import { boundAndUnbound } from './cf202-bound-and-unbound.ts';
import { transportsOnOnePort } from './cf203-transports-on-one-port.ts';
import { noBackend } from './cf204-no-backend.ts';
import { portOnLastKey } from './cf205-port-on-last-key.ts';
import { scheme } from './cf206-scheme.ts';
import { addressAsKey } from './cf207-address-as-key.ts';
import { reverseZone } from './cf208-reverse-zone.ts';
import { networkOfManyZones } from './cf209-network-of-many-zones.ts';
import { serverKey } from './cf210-server-key.ts';
import { literalKey } from './cf211-literal-key.ts';
import { tlsMissing } from './cf212-tls-missing.ts';
import { tlsUnused } from './cf213-tls-unused.ts';
import { viewShadowed } from './cf214-view-shadowed.ts';
import { zoneNeverReached } from './cf215-zone-never-reached.ts';
import { nothingInherited } from './cf216-nothing-inherited.ts';
import { missingAtBoundAddress } from './cf217-missing-at-bound-address.ts';
import type { Rule } from './rule.ts';

/** Keys and server blocks: CF2xx. */
export const serverBlockRules: readonly Rule[] = [
  duplicateKey,
  boundAndUnbound,
  transportsOnOnePort,
  noBackend,
  portOnLastKey,
  scheme,
  addressAsKey,
  reverseZone,
  networkOfManyZones,
  serverKey,
  literalKey,
  tlsMissing,
  tlsUnused,
  viewShadowed,
  zoneNeverReached,
  nothingInherited,
  missingAtBoundAddress,
];
