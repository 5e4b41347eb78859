import { toProblem, type Problem } from '../../base/problem.ts';
import type { Pod } from '../../core/topology/kubeTypes.ts';
import { podRunning } from '../cluster/coreDns.ts';
import { describeCheck } from '../permissions.ts';
import type { KubeApi } from '../ports.ts';
import { formatTraceTarget } from './traceTarget.ts';
import type { MissingPermission, TraceRequest } from './traceTypes.ts';

/** More are refused rather than traced: each costs a container and a stream. */
export const MOST_TARGETS = 10;

export interface ResolvedTarget {
  readonly pods: readonly Pod[];
  readonly problems: readonly Problem[];
  readonly warnings: readonly Problem[];
  readonly missing: readonly MissingPermission[];
}

/** The running pods that a target names. Rejects only when the cluster does not answer or the caller cancels. */
export async function resolveTarget(
  kube: KubeApi,
  request: TraceRequest,
  signal?: AbortSignal,
): Promise<ResolvedTarget> {
  const { target, namespace } = request;
  const nothing: ResolvedTarget = { pods: [], problems: [], warnings: [], missing: [] };
  if (target.kind === 'coredns') return nothing;
  if (target.kind === 'node') {
    const problem: Problem = {
      code: 'node-target-unavailable',
      detail: 'A whole node cannot be traced with ephemeral containers, which see one pod each',
      recover: 'Trace one of its pods (pod/NAME), a Deployment (deploy/NAME) or coredns',
    };
    return { ...nothing, problems: [problem] };
  }
  try {
    switch (target.kind) {
      case 'pod':
        return judge([await kube.get('pods', namespace, target.name, signal)], request, true);
      case 'deployment': {
        const deployment = await kube.get('deployments', namespace, target.name, signal);
        const labels = Object.entries(deployment.spec?.selector?.matchLabels ?? {});
        const labelSelector = labels.map(([key, value]) => `${key}=${value}`).join(',');
        // Without a selector a list would give every pod of the namespace.
        return judge(
          labelSelector === '' ? [] : await kube.list('pods', { namespace, labelSelector }, signal),
          request,
          false,
        );
      }
      case 'selector':
        return judge(await kube.list('pods', { namespace, labelSelector: target.selector }, signal), request, false);
    }
  } catch (error) {
    const problem = toProblem(error, 'kube-failed');
    if (problem.code === 'forbidden') return { ...nothing, problems: [problem], missing: [missingRead(request)] };
    if (problem.code === 'not-found') return { ...nothing, problems: [notFound(kube, request)] };
    throw error;
  }
}

function judge(found: readonly Pod[], request: TraceRequest, named: boolean): ResolvedTarget {
  const place = `${formatTraceTarget(request.target)} in namespace ${request.namespace}`;
  const running = found.filter(podRunning);
  const problems: Problem[] = [];
  const warnings: Problem[] = [];
  if (running.length === 0) {
    const phase = found[0]?.metadata?.deletionTimestamp === undefined ? found[0]?.status?.phase : 'being deleted';
    problems.push({
      code: 'pod-not-running',
      detail: named
        ? `Pod ${request.namespace}/${found[0]?.metadata?.name ?? ''} is not running (${phase ?? 'state unknown'})`
        : `No pod runs for ${place}`,
      recover: 'Trace it when it runs',
    });
  }
  if (running.length > MOST_TARGETS) {
    warnings.push({
      code: 'many-targets',
      detail: `${place} names ${String(running.length)} pods; the first ${String(MOST_TARGETS)} are traced`,
    });
  }
  return { pods: running.slice(0, MOST_TARGETS), problems, warnings, missing: [] };
}

function notFound(kube: KubeApi, request: TraceRequest): Problem {
  return {
    code: 'target-not-found',
    detail: `There is no ${formatTraceTarget(request.target)} in namespace ${request.namespace} of cluster ${kube.context.cluster}`,
    recover: 'Check the name and the namespace',
  };
}

function missingRead(request: TraceRequest): MissingPermission {
  const { namespace } = request;
  const check =
    request.target.kind === 'deployment'
      ? { verb: 'get', group: 'apps', resource: 'deployments', namespace }
      : { verb: request.target.kind === 'pod' ? 'get' : 'list', group: '', resource: 'pods', namespace };
  return { check, text: describeCheck(check), purpose: 'to find the pods to trace' };
}
