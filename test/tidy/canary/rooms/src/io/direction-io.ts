import { target } from '../worker/target.ts';

export const planted = target;
