/**
 * What two readings of CoreDNS's counters say of the time between them. Counters that went back belong to a process that
 * began anew: then nothing is claimed.
 */
import type { PodMetrics } from '../cluster/coreDnsMetrics.ts';
import type { ErrorRate, HealthComparison, RateComparison } from './corefileChangeTypes.ts';

/** Answers that are nobody's wish; NXDOMAIN and NOERROR are not among them. */
const GOOD_RCODES: ReadonlySet<string> = new Set(['NOERROR', 'NXDOMAIN', 'YXDOMAIN', 'NXRRSET', 'BADVERS']);

/** What happened between two readings; `undefined` when the counters began anew or no time passed. */
export function rateBetween(before: PodMetrics, after: PodMetrics): ErrorRate | undefined {
  const seconds = Number(after.atNs - before.atNs) / 1e9;
  if (seconds <= 0 || before.startedAt !== after.startedAt) return undefined;
  const byRcode: Record<string, number> = {};
  let responses = 0;
  let failures = 0;
  for (const [rcode, count] of Object.entries(after.responses)) {
    const grown = count - (before.responses[rcode] ?? 0);
    if (grown < 0) return undefined;
    if (grown === 0) continue;
    byRcode[rcode] = grown;
    responses += grown;
    if (!GOOD_RCODES.has(rcode)) failures += grown;
  }
  return { seconds, responses, failures, byRcode };
}

/** Sum over pods; the time is the longest. */
export function sumRates(rates: readonly (ErrorRate | undefined)[]): ErrorRate | undefined {
  const known = rates.filter((rate): rate is ErrorRate => rate !== undefined);
  if (known.length === 0) return undefined;
  const byRcode: Record<string, number> = {};
  for (const rate of known)
    for (const [rcode, count] of Object.entries(rate.byRcode)) byRcode[rcode] = (byRcode[rcode] ?? 0) + count;
  return {
    seconds: Math.max(...known.map(({ seconds }) => seconds)),
    responses: known.reduce((sum, { responses }) => sum + responses, 0),
    failures: known.reduce((sum, { failures }) => sum + failures, 0),
    byRcode,
  };
}

/** `0.2 % of 512 responses were errors`, or `error rate unknown`. */
export function rateText(rate: ErrorRate | undefined): string {
  if (rate === undefined) return 'error rate unknown';
  if (rate.responses === 0) return 'no responses to judge by';
  const share = (100 * rate.failures) / rate.responses;
  const digits = share === 0 || share >= 10 ? 0 : 1;
  const shown = share > 0 && share < 0.1 ? 'less than 0.1' : share.toFixed(digits);
  return `${shown} % of ${String(rate.responses)} responses were errors`;
}

export interface PodHealth extends RateComparison {
  readonly pod: string;
  readonly state: HealthComparison['pods'][number]['state'];
  readonly ready: boolean;
}

/** Error share that has to rise by this much, with at least `ENOUGH` responses on each side, to be called worse. */
const CLEARLY = 0.05;
const ENOUGH = 20;

export function compareHealth(pods: readonly PodHealth[], expectedReplicas: number): HealthComparison {
  const before = sumRates(pods.map((pod) => pod.before));
  const after = sumRates(pods.map((pod) => pod.after));
  const ready = pods.filter((pod) => pod.ready && pod.state !== 'lost').length;
  const rose =
    before !== undefined &&
    after !== undefined &&
    before.responses >= ENOUGH &&
    after.responses >= ENOUGH &&
    after.failures / after.responses - before.failures / before.responses >= CLEARLY;
  const rates =
    before === undefined && after === undefined
      ? 'The error rate is unknown: the metrics could not be read'
      : `Before: ${rateText(before)}. After: ${rateText(after)}`;
  return {
    total: { ...(before === undefined ? {} : { before }), ...(after === undefined ? {} : { after }) },
    pods,
    message: `${rates}. ${String(ready)} of ${String(expectedReplicas)} replicas ready`,
    worse: rose || ready < expectedReplicas,
  };
}
