import { target } from '../protocol/target.ts';

export const planted = target;
