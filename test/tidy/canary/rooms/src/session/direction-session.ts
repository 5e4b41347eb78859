export const planted = import('../host/target.ts');
