import { reverseFallthrough } from './cf801-reverse-fallthrough.ts';
import { noReverseZone } from './cf802-no-reverse-zone.ts';
import { clusterDomain } from './cf803-cluster-domain.ts';
import { servicePort } from './cf804-service-port.ts';
import { blockInOverride } from './cf805-block-in-override.ts';
import { pluginAsBlock } from './cf806-plugin-as-block.ts';
import { overrideRepeats } from './cf807-override-repeats.ts';
import { forwardInOverride } from './cf808-forward-in-override.ts';
import { overrideReplaces } from './cf809-override-replaces.ts';
import { serverTakesZone } from './cf810-server-takes-zone.ts';
import { customKey } from './cf811-custom-key.ts';
import { serverWithoutSet } from './cf813-server-without-set.ts';
import { azureDnsMixed } from './cf814-azure-dns-mixed.ts';
import { privateLink } from './cf815-private-link.ts';
import { azureInternalZone } from './cf816-azure-internal-zone.ts';
import { reconciled } from './cf817-reconciled.ts';
import { notInImage } from './cf818-not-in-image.ts';
import { importWithoutMount } from './cf819-import-without-mount.ts';
import { forwardToClusterDns } from './cf820-forward-to-cluster-dns.ts';
import { placeholder } from './cf821-placeholder.ts';
import { notInNodeCache } from './cf822-not-in-node-cache.ts';
import { nodeLocalBlock } from './cf823-nodelocal-block.ts';
import { corefileKey } from './cf824-corefile-key.ts';
import { memoryLimit } from './cf825-memory-limit.ts';
import { upstreamSilent } from './cf826-upstream-silent.ts';
import { serviceGone } from './cf827-service-gone.ts';
import { nodeLocalDisagrees } from './cf828-nodelocal-disagrees.ts';
import type { Rule } from './rule.ts';

/** Kubernetes, AKS and NodeLocal: CF8xx. */
export const kubernetesRules: readonly Rule[] = [
  reverseFallthrough,
  noReverseZone,
  clusterDomain,
  servicePort,
  blockInOverride,
  pluginAsBlock,
  overrideRepeats,
  forwardInOverride,
  overrideReplaces,
  serverTakesZone,
  customKey,
  serverWithoutSet,
  azureDnsMixed,
  privateLink,
  azureInternalZone,
  reconciled,
  notInImage,
  importWithoutMount,
  forwardToClusterDns,
  placeholder,
  notInNodeCache,
  nodeLocalBlock,
  corefileKey,
  memoryLimit,
  upstreamSilent,
  serviceGone,
  nodeLocalDisagrees,
];
