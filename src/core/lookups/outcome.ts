/** How a lookup came out, as the application saw it. */

/** Numbers for columns; the order of {@link OUTCOME_NAMES}. */
export const OutcomeCode = { pending: 0, answered: 1, nodata: 2, nxdomain: 3, error: 4, unanswered: 5 } as const;
export const OUTCOME_NAMES = ['pending', 'answered', 'nodata', 'nxdomain', 'error', 'unanswered'] as const;
export type OutcomeName = (typeof OUTCOME_NAMES)[number];
