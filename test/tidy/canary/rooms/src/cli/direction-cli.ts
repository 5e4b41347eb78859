import type { target } from '../host/target.ts';

export type Planted = typeof target;
