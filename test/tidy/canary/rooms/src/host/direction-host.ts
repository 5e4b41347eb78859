import { target } from '../io/target.ts';

export const planted = target;
