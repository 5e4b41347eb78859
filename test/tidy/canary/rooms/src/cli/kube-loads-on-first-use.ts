import { target } from '../kube/entry.ts';

export const planted = target;
