import type { target } from '../session/target.ts';

export type Planted = typeof target;
