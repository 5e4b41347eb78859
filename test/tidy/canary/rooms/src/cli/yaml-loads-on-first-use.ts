import { target } from '../core/corefile/manifest/entry.ts';

export const planted = target;
