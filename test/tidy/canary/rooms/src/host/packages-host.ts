import type { KubeConfig } from '@kubernetes/client-node';

export type Planted = KubeConfig;
