/** Where an answer came from (rule R4), as filters and exports call it; `nodelocal` is the cache of NodeLocal DNSCache. */
export const ANSWERED_BY = ['upstream', 'cache', 'local', 'nodelocal', 'unknown'] as const;
export type AnsweredByName = (typeof ANSWERED_BY)[number];
