/**
 * Waits that are known by their length, since they are somebody's timer: CoreDNS gives an upstream two seconds and asks once more (older releases twice),
 * glibc asks again after five. What such a wait means depends on where it passed.
 */
import type { FaultHop } from './finding.ts';
import { upperMedian } from './upperMedian.ts';

export interface WaitSignature {
  readonly seconds: number;
  readonly text: string;
}

const TOLERANCE_NS = 0.3e9;

const AT_COREDNS: readonly WaitSignature[] = [
  { seconds: 2, text: 'About 2 s is one attempt of CoreDNS at an upstream that stays silent, and a good second one' },
  { seconds: 4, text: 'About 4 s is two attempts of CoreDNS at silent upstreams' },
  { seconds: 6, text: 'About 6 s is three attempts of an older CoreDNS at silent upstreams' },
];
const ON_THE_WAY: WaitSignature = {
  seconds: 5,
  text: 'About 5 s is the wait of glibc before it asks again: the first query or its answer was lost on the way',
};

/** What the median wait is known for at this hop, if for anything: CoreDNS's timers in it or behind it, the client's before and after it. */
export function waitSignature(hop: FaultHop, took: readonly number[]): WaitSignature | undefined {
  const median = upperMedian(took);
  const onTheWay = hop === 'client-coredns' || hop === 'coredns-client';
  // Time that passed behind a server nobody watched may be anybody's.
  const known = onTheWay ? [ON_THE_WAY, ...AT_COREDNS] : AT_COREDNS;
  return known.find(({ seconds }) => Math.abs(median - seconds * 1e9) <= TOLERANCE_NS);
}
