/** Findings as they cross to the panel; core makes them, so core owns the shape. */
export type * from '../core/findings/finding.ts';
