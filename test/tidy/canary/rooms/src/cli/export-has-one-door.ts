export const planted = import('../io/export/target.ts');
