export const planted = import('../io/export/parquetFile.ts');
