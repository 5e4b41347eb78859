export const planted = import('../core/corefile/manifest/readManifest.ts');
