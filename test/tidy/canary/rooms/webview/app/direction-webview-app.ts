import { target } from '../../src/session/target.ts';

export const planted = target;
