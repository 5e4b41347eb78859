import { target } from '../../src/host/target.ts';

export const planted = target;
