import { KubeConfig } from '@kubernetes/client-node';

export const planted = KubeConfig;
