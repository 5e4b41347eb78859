import type { Planted } from './no-cycles.ts';

export interface Back {
  readonly planted: Planted;
}
