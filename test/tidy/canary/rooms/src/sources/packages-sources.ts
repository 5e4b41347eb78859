export const planted = import('@kubernetes/client-node');
