import { azureDnsMixed } from './cf814-azure-dns-mixed.ts';
import type { Rule } from './rule.ts';

/** Kubernetes, AKS and NodeLocal: CF8xx. */
export const kubernetesRules: readonly Rule[] = [azureDnsMixed];
