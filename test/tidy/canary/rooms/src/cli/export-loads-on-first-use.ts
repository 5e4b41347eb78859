import { target } from '../io/export/entry.ts';

export const planted = target;
