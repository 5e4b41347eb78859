import type { Back } from './no-cyclesBack.ts';

export interface Planted {
  readonly back: Back;
}
