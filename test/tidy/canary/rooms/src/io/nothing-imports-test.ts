import { target } from '../../test/target.ts';

export const planted = target;
