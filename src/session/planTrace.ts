import type { KubeApi } from './ports.ts';
import type { TracePlan, TraceRequest } from './traceTypes.ts';

export interface PlanOptions {
  /** Epoch nanoseconds now; names and deadlines come from it. */
  readonly nowNs: bigint;
}

/**
 * The preflight: what would be captured where, with which rights, and what stands in the way. Creates nothing (server-side
 * dry runs only). Faults that the user can mend are in `problems` and `missing`.
 * @throws ProblemError when the cluster does not answer, refuses the credentials, or `signal` aborts (`cancelled`)
 */
export function planTrace(
  _kube: KubeApi,
  _request: TraceRequest,
  _options: PlanOptions,
  _signal?: AbortSignal,
): Promise<TracePlan> {
  return Promise.reject(new Error('Not yet written'));
}
