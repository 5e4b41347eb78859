export const planted = import('../kube/target.ts');
