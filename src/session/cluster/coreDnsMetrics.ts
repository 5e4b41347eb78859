/**
 * CoreDNS's own counters, read from each pod through the API server's proxy (`get pods/proxy`).
 */
import { toProblem, type Problem } from '../../base/problem.ts';
import { readPrometheusText } from '../../core/metrics/prometheusText.ts';
import type { CorefileModel } from '../../core/corefile/model.ts';
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
