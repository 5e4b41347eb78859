/**
 * CoreDNS's own counters, read from each pod through the API server's proxy (`get pods/proxy`), and what two readings say of
 * the time between them. Counters that went back belong to a process that began anew: then nothing is claimed.
 */
import { toProblem, type Problem } from '../../base/problem.ts';
import { readPrometheusText } from '../../core/metrics/prometheusText.ts';
import type { CorefileModel } from '../../core/corefile/model.ts';
import type { ErrorRate, HealthComparison, RateComparison } from './corefileChangeTypes.ts';
import type { KubeApi } from '../ports.ts';

/** One reading of one pod. */
export interface PodMetrics {
  /** Clock of the reader. */
  readonly atNs: bigint;
  /** Start of the process, epoch seconds; 0 when it does not say. */
  readonly startedAt: number;
  /** Responses since its start, by rcode name. */
  readonly responses: Readonly<Record<string, number>>;
  /** Reloads that failed since its start. */
  readonly reloadFailures: number;
  /** Hashes in coredns_reload_version_info, lower case. None before the first reload. */
  readonly hashes: readonly string[];
  readonly version?: string;
  /** Plugins that some server block uses, sorted. */
  readonly plugins?: readonly string[];
}

export type MetricsReading = { readonly metrics: PodMetrics } | { readonly problem: Problem };

const WANTED: ReadonlySet<string> = new Set([
  'coredns_dns_responses_total',
  'coredns_reload_failed_total',
  'coredns_reload_version_info',
  'coredns_build_info',
  'coredns_plugin_enabled',
  'process_start_time_seconds',
]);
/** Answers that are nobody's wish; NXDOMAIN and NOERROR are not among them. */
const GOOD_RCODES: ReadonlySet<string> = new Set(['NOERROR', 'NXDOMAIN', 'YXDOMAIN', 'NXRRSET', 'BADVERS']);
/** A CoreDNS with hundreds of zones writes a few MB. */
const LIMIT_BYTES = 16 * 1024 * 1024;
const TIMEOUT_MS = 5_000;

/** Ports on which this configuration serves metrics to other hosts, in block order. */
export function metricsPorts(model: CorefileModel): readonly number[] {
  const ports = model.blocks.flatMap(({ prometheus }) =>
    prometheus?.port === undefined || isLocal(prometheus.host) ? [] : [prometheus.port],
  );
  return [...new Set(ports)].filter((port) => port > 0 && port < 65_536);
}

const isLocal = (host: string): boolean => host === 'localhost' || host.startsWith('127.') || host === '::1';

/** Tries the ports in turn. Never rejects but for `cancelled`. */
export async function readMetrics(
  kube: KubeApi,
  pod: { readonly namespace: string; readonly pod: string },
  ports: readonly number[],
  nowNs: () => bigint,
  signal?: AbortSignal,
): Promise<MetricsReading> {
  let problem: Problem = {
    code: 'no-metrics',
    detail: `The Corefile of ${pod.namespace}/${pod.pod} serves no metrics to other hosts`,
    recover: 'Add prometheus :9153 to see what each replica does',
  };
  for (const port of ports) {
    const target = {
      namespace: pod.namespace,
      pod: pod.pod,
      port,
      path: '/metrics',
      limitBytes: LIMIT_BYTES,
      timeoutMs: TIMEOUT_MS,
    };
    try {
      const text = await kube.podHttpGet(target, signal);
      return { metrics: { ...readCounters(text), atNs: nowNs() } };
    } catch (error) {
      problem = toProblem(error, 'no-metrics');
      if (problem.code === 'cancelled') throw error;
      if (problem.code === 'forbidden') break;
    }
  }
  return { problem };
}

function readCounters(text: string): Omit<PodMetrics, 'atNs'> {
  const responses: Record<string, number> = Object.create(null) as Record<string, number>;
  const hashes: string[] = [];
  const plugins = new Set<string>();
  let reloadFailures = 0;
  let startedAt = 0;
  let version: string | undefined;
  for (const { name, labels, value } of readPrometheusText(text, WANTED).samples) {
    if (!Number.isFinite(value)) continue;
    if (name === 'coredns_dns_responses_total') {
      const rcode = labels['rcode'] ?? '';
      responses[rcode] = (responses[rcode] ?? 0) + value;
    } else if (name === 'coredns_reload_failed_total') reloadFailures += value;
    else if (name === 'process_start_time_seconds') startedAt = value;
    else if (name === 'coredns_build_info') version = labels['version'];
    else if (name === 'coredns_plugin_enabled') {
      if (value === 1 && labels['name'] !== undefined) plugins.add(labels['name']);
    } else if (labels['value'] !== undefined) hashes.push(labels['value'].toLowerCase());
  }
  return {
    responses,
    hashes,
    reloadFailures,
    startedAt,
    ...(version === undefined ? {} : { version }),
    ...(plugins.size === 0 ? {} : { plugins: [...plugins].sort() }),
  };
}

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
