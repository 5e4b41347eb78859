/**
 * How many lookups were answered from where (rule R4). Each costs its way, and where the TTL decides, packets that are read back: of many lookups
 * only every nth is looked at, so that the cost has a bound.
 */
import { ANSWERED_BY, type AnsweredByName } from '../lookups/answeredByNames.ts';
import type { TraceEngine } from '../trace/traceEngine.ts';
import { lookupAnsweredBy } from './answeredBy.ts';

const MOST_LOOKED_AT = 100_000;

export interface AnsweredByCounts {
  /** 1: all lookups were looked at; n: every nth. */
  readonly every: number;
  /** Of lookups looked at that have an answer. */
  readonly lookups: Readonly<Record<AnsweredByName, number>>;
}

/**
 * @param among a byte a lookup; the others do not count
 * @param most so many are looked at
 */
export function countAnsweredBy(engine: TraceEngine, among?: Uint8Array, most = MOST_LOOKED_AT): AnsweredByCounts {
  const { length } = engine.trace.lookups;
  const chosen = among === undefined ? length : among.reduce((sum, is) => sum + is, 0);
  const every = Math.max(1, Math.ceil(chosen / most));
  const lookups = Object.fromEntries(ANSWERED_BY.map((name) => [name, 0])) as Record<AnsweredByName, number>;
  for (let lookup = 0, place = 0; lookup < length; lookup++) {
    if (among?.[lookup] === 0 || place++ % every !== 0) continue;
    const answered = lookupAnsweredBy(engine, lookup);
    if (answered !== undefined) lookups[answered.by]++;
  }
  return { every, lookups };
}

/** `12 from an upstream, 3 from a cache`; empty when nothing was answered. */
export function answeredByText({ every, lookups }: AnsweredByCounts): string {
  const parts = ANSWERED_BY.filter((name) => lookups[name] > 0).map(
    (name) => `${String(lookups[name])} ${WORDS[name]}`,
  );
  return parts.length === 0 || every === 1
    ? parts.join(', ')
    : `${parts.join(', ')}; one in ${String(every)} lookups was looked at`;
}

const WORDS: Readonly<Record<AnsweredByName, string>> = {
  upstream: 'from an upstream',
  cache: 'from the cache of CoreDNS',
  local: 'from data of CoreDNS',
  nodelocal: 'from the cache of NodeLocal',
  unknown: 'not known',
};
