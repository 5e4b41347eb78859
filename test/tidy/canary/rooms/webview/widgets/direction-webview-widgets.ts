import { target } from '../../src/core/target.ts';

export const planted = target;
