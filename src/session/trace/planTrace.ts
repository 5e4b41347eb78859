/**
 * The preflight of a trace: what would be captured where, with which rights, and what stands in the way. Creates nothing:
 * reads, SelfSubjectAccessReviews and server-side dry runs, so that RBAC, PodSecurity and every admission webhook have
 * spoken before the user is asked.
 */
import { ProblemError, toProblem, type Problem } from '../../base/problem.ts';
import type { Pod } from '../../core/topology/kubeTypes.ts';
import type { VantageRole } from '../../core/trace/vantage.ts';
import { buildConsent } from './consent.ts';
import { capturePorts } from './capturePorts.ts';
import {
  discoverCoreDns,
  isCoreDnsPod,
  isNodeLocalPod,
  podKey,
  podRunning,
  type CoreDnsDiscovery,
} from '../cluster/coreDns.ts';
import { roleYaml } from '../permissions.ts';
import { planCapture, podWarnings, PlanContext } from './planCapture.ts';
import type { KubeApi } from '../ports.ts';
import { readDnsObjects } from '../cluster/readDnsObjects.ts';
import { resolveTarget } from './resolveTarget.ts';
import { formatTraceTarget } from './traceTarget.ts';
import type { MissingPermission, PlannedCapture, TracePlan, TraceRequest, UnwatchedHop } from './traceTypes.ts';

export interface PlanOptions {
  /** Epoch nanoseconds now; container names come from it. */
  readonly nowNs: bigint;
}

/**
 * Faults that the user can mend are in `problems` and `missing` of the plan.
 * @throws ProblemError when the cluster does not answer, refuses the credentials, or `signal` aborts (`cancelled`)
 */
export async function planTrace(
  kube: KubeApi,
  request: TraceRequest,
  options: PlanOptions,
  signal?: AbortSignal,
): Promise<TracePlan> {
  const context = new PlanContext(kube, request, options.nowNs, signal);
  const wantsDns = request.watchCoreDns !== false || request.target.kind === 'coredns';
  const [target, dns] = await Promise.all([
    resolveTarget(kube, request, signal),
    wantsDns ? readDnsObjects(kube, signal) : undefined,
  ]);
  const discovery = dns === undefined ? undefined : discoverCoreDns(dns.value);
  const dnsPods = (discovery?.pods ?? []).filter(podRunning);
  const isDns = (pod: Pod): boolean => dnsPods.some((one) => keyOf(one) === keyOf(pod));
  const targets = request.target.kind === 'coredns' ? dnsPods : target.pods;
  const isOther = (pod: Pod): boolean => !targets.some((one) => keyOf(one) === keyOf(pod));
  const nodeLocal = nodeLocalFor(request, targets, discovery);
  const others = request.watchCoreDns === false ? [] : [...nodeLocal.pods, ...dnsPods].filter(isOther);

  const problems: Problem[] = [...target.problems];
  const warnings: Problem[] = [...target.warnings, ...contextWarnings(kube)];
  const missing: MissingPermission[] = [...target.missing];
  const captures: PlannedCapture[] = [];
  const unwatched: UnwatchedHop[] = [...nodeLocal.unwatched];
  if (request.target.kind === 'coredns' && targets.length === 0)
    problems.push(...noCoreDns(kube, dns?.problems ?? [], discovery));

  const roleOf = (pod: Pod): VantageRole => (isNodeLocalPod(pod) ? 'nodelocal' : isDns(pod) ? 'coredns' : 'client');
  const watched = [...targets, ...others];
  const plans = await Promise.all(watched.map((pod) => planCapture(context, pod, roleOf(pod))));
  plans.forEach((plan, index) => {
    const isTarget = index < targets.length;
    if (plan.capture !== undefined) captures.push(plan.capture);
    missing.push(...plan.missing);
    if (plan.problem === undefined) return;
    if (isTarget) problems.push(plan.problem);
    else
      unwatched.push({
        hop: nodeLocal.pods.includes(watched[index]!) ? 'nodelocal' : 'coredns',
        name: plan.name,
        problem: plan.problem,
      });
  });
  for (const pod of watched) warnings.push(...podWarnings(pod, isDns(pod)));
  if (request.watchCoreDns !== false && request.target.kind !== 'coredns' && !watched.some(isDns)) {
    for (const problem of noCoreDns(kube, dns?.problems ?? [], discovery))
      unwatched.push({ hop: 'coredns', name: 'CoreDNS', problem });
  }
  const distinctMissing = distinct(missing, (one) => one.text);
  const ported = { ...request, ports: request.ports ?? capturePorts(dns?.value, discovery) };
  const yaml = roleYaml(distinctMissing);
  const title = `${targetTitle(request, targets)} (context ${kube.context.name})`;
  return {
    context: kube.context,
    request: ported,
    title,
    targets: targets.map((pod) => ({ namespace: pod.metadata?.namespace ?? '', pod: pod.metadata?.name ?? '' })),
    captures,
    unwatched: distinct(unwatched, (one) => `${one.name} ${one.problem.detail}`),
    consent: buildConsent(kube.context, ported, captures),
    missing: distinctMissing,
    ...(yaml === undefined ? {} : { roleYaml: yaml }),
    warnings: distinct(warnings, (one) => one.detail),
    problems: distinct(
      withWayOut(
        problems,
        request,
        captures.some(({ vantage }) => vantage.role === 'coredns'),
      ),
      (one) => one.detail,
    ),
  };
}

/**
 * NodeLocal DNSCache of the nodes that the targets run on. Its capture sees the whole node: where none of the targets is
 * a client of it, and on other nodes, it shows nothing that was asked for.
 */
function nodeLocalFor(
  request: TraceRequest,
  targets: readonly Pod[],
  discovery: CoreDnsDiscovery | undefined,
): { readonly pods: readonly Pod[]; readonly unwatched: readonly UnwatchedHop[] } {
  const all = discovery?.nodeLocalPods ?? [];
  if (all.length === 0) return { pods: [], unwatched: [] };
  if (request.target.kind === 'coredns') {
    return { pods: [], unwatched: [{ hop: 'nodelocal', name: 'NodeLocal DNSCache', problem: ASKS_FOR_PODS }] };
  }
  const nodes = new Set(targets.flatMap((pod) => pod.spec?.nodeName ?? []));
  const here = all.filter((pod) => nodes.has(pod.spec?.nodeName ?? ''));
  return {
    pods: here.filter(podRunning),
    // A pod that is being replaced stands beside its successor for a while.
    unwatched: here
      .filter(
        (pod) => !podRunning(pod) && !here.some((one) => podRunning(one) && one.spec?.nodeName === pod.spec?.nodeName),
      )
      .map((pod) => ({ hop: 'nodelocal', name: keyOf(pod), problem: notRunning(pod) })),
  };
}

/**
 * Plans the capture of a pod that came up during a trace, such as a CoreDNS pod that replaced another.
 * @throws ProblemError as {@link planTrace}
 */
export async function planFollowUp(
  kube: KubeApi,
  request: TraceRequest,
  pod: Pod,
  options: PlanOptions,
  signal?: AbortSignal,
): Promise<PlannedCapture> {
  const context = new PlanContext(kube, request, options.nowNs, signal);
  const isDns = isCoreDnsPod(pod) || request.target.kind === 'coredns';
  const plan = await planCapture(context, pod, isNodeLocalPod(pod) ? 'nodelocal' : isDns ? 'coredns' : 'client');
  if (plan.capture !== undefined) return plan.capture;
  throw new ProblemError(plan.problem ?? toProblem(undefined, 'capture-refused'));
}

const ASKS_FOR_PODS: Problem = {
  code: 'nodelocal-unwatched',
  detail: 'it answers pods from its cache, and asks CoreDNS from the address of their node',
  recover: 'Trace one of the pods to watch it on that node',
};

const notRunning = (pod: Pod): Problem => ({
  code: 'nodelocal-not-running',
  detail: `NodeLocal DNSCache does not run on node ${pod.spec?.nodeName ?? ''}, whose pods may have no DNS`,
});

const keyOf = (pod: Pod): string => podKey(pod.metadata?.namespace, pod.metadata?.name);

function distinct<T>(items: readonly T[], key: (item: T) => string): readonly T[] {
  return [...new Map(items.map((item) => [key(item), item])).values()];
}

function targetTitle(request: TraceRequest, targets: readonly Pod[]): string {
  const { target, namespace } = request;
  if (target.kind === 'coredns') return 'CoreDNS';
  if (target.kind === 'pod') return `${target.name} in ${namespace}`;
  return `${formatTraceTarget(target)} in ${namespace}, ${targets.length === 1 ? '1 pod' : `${targets.length} pods`}`;
}

function contextWarnings(kube: KubeApi): readonly Problem[] {
  if (kube.context.skipsTlsVerify !== true) return [];
  return [
    {
      code: 'tls-not-verified',
      detail: `The kubeconfig tells not to verify who answers as cluster ${kube.context.cluster}: credentials may go to a stranger`,
      recover: 'Put the certificate authority into the kubeconfig and remove insecure-skip-tls-verify',
    },
  ];
}

function noCoreDns(
  kube: KubeApi,
  reading: readonly Problem[],
  discovery: CoreDnsDiscovery | undefined,
): readonly Problem[] {
  const refused = reading.find((problem) => problem.code === 'forbidden');
  if (refused !== undefined) return [refused];
  if (discovery === undefined) {
    return [
      {
        code: 'coredns-not-found',
        detail: `No DNS Service was found in cluster ${kube.context.cluster}, so no CoreDNS pod can be watched`,
      },
    ];
  }
  return [{ code: 'coredns-not-running', detail: `No DNS pod runs in namespace ${discovery.namespace}` }];
}

/** A target that cannot be watched is no dead end when CoreDNS can be. */
function withWayOut(problems: readonly Problem[], request: TraceRequest, dnsIsOpen: boolean): readonly Problem[] {
  if (!dnsIsOpen || request.target.kind === 'coredns') return problems;
  return problems.map((problem) => ({
    ...problem,
    recover: `${problem.recover === undefined ? '' : `${problem.recover}. `}CoreDNS can be watched: trace the target coredns instead`,
  }));
}
