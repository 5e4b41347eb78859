import type { target } from '../../src/protocol/target.ts';

export type Planted = typeof target;
