import { target } from '../core/target.ts';

export const planted = target;
