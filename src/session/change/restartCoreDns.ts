/**
 * Restarting CoreDNS as `kubectl rollout restart` does: one annotation on the pod template, then the Deployment's own
 * rolling update. Nothing is deleted by us, so a broken new pod leaves the old ones serving.
 */
import type { DisposableLike } from '../../base/disposable.ts';
import { ProblemError, toProblem, type Problem } from '../../base/problem.ts';
import type { Deployment, Pod } from '../../core/topology/kubeTypes.ts';
import type { ErrorRate } from './corefileChangeTypes.ts';
import { corefileText, discoverCoreDns, matchesLabels, podReady, type CoreDnsDiscovery } from '../cluster/coreDns.ts';
import { metricsPorts } from '../cluster/coreDnsMetrics.ts';
import { rateText } from './errorRate.ts';
import { effectiveCorefile, surroundingsOf } from './coreDnsSetup.ts';
import { describeCheck } from '../permissions.ts';
import { readDnsObjects } from '../cluster/readDnsObjects.ts';
import type { AccessCheck, Clock, KubeApi } from '../ports.ts';
import { RateSampler } from './rateSampler.ts';
import { rolloutPods, type RolloutPod } from './rolloutPods.ts';

/** A cluster that does not serve metrics at once must not hold up the restart. */
const FIRST_READING_MS = 2_000;
const LAST_READING_MS = 3_000;

export interface RestartPlan {
  readonly context: string;
  readonly server: string;
  readonly namespace: string;
  readonly deployment: string;
  readonly replicas: number;
  /** For the confirmation: names cluster, namespace and Deployment. */
  readonly question: string;
  readonly detail: string;
  /** Worth knowing before agreeing: a single replica, a disruption budget used up, pods that are not ready. */
  readonly warnings: readonly Problem[];
  /** Labels of its pods. */
  readonly selector: Readonly<Record<string, string>>;
  /** Ports on which its pods serve metrics; empty: the error rate stays unknown. */
  readonly metricsPorts: readonly number[];
}

export interface RolloutProgress {
  readonly updated: number;
  readonly ready: number;
  readonly desired: number;
  /** `2 of 2 pods are new, 1 ready`. */
  readonly message: string;
  /** Old pods first; empty until they are known. */
  readonly pods: readonly RolloutPod[];
  /** Since the restart began, over all its pods; absent while unknown. */
  readonly errors?: ErrorRate;
}

export interface RestartResult {
  /** `cancelled`: we stopped watching, the rollout goes on in the cluster. */
  readonly kind: 'done' | 'cancelled';
  readonly message: string;
  readonly errors?: ErrorRate;
}

/** @throws ProblemError `coredns-not-found`, `coredns-no-deployment`, `forbidden`, … */
export async function planRestart(kube: KubeApi, signal?: AbortSignal): Promise<RestartPlan> {
  const objects = await readDnsObjects(kube, signal);
  const discovery = discoverCoreDns(objects.value);
  if (discovery === undefined) {
    const [first] = objects.problems;
    throw new ProblemError(
      first ?? {
        code: 'coredns-not-found',
        detail: `No DNS Service was found in cluster ${kube.context.cluster}`,
        recover: 'Check that CoreDNS is installed in kube-system',
      },
    );
  }
  const { deployment, namespace } = discovery;
  const name = deployment?.metadata?.name;
  if (deployment === undefined || name === undefined) {
    const refused = objects.problems.find(
      (problem) => problem.code === 'forbidden' && problem.resource === 'deployments',
    );
    throw new ProblemError(
      refused ?? {
        code: 'coredns-no-deployment',
        detail: `CoreDNS in namespace ${namespace} is not run by a Deployment`,
        recover: 'Restart it the way it was installed, for example as a DaemonSet or a node service',
      },
    );
  }
  const check: AccessCheck = { verb: 'patch', group: 'apps', resource: 'deployments', namespace, name };
  const [access] = await kube.canI([check], signal);
  if (access?.allowed === false) {
    throw new ProblemError({
      code: 'forbidden',
      detail: `Missing permission: ${describeCheck(check)}`,
      recover: 'Ask the cluster administrator for it, or to restart CoreDNS',
    });
  }
  const replicas = deployment.spec?.replicas ?? 1;
  const { context } = kube;
  const { main } = discovery;
  const corefile = corefileText(main);
  const around = surroundingsOf(objects.value, discovery, true);
  return {
    context: context.name,
    server: context.server,
    namespace,
    deployment: name,
    replicas,
    question: `Restart Deployment ${name} in namespace ${namespace} of cluster ${context.cluster}?`,
    detail:
      replicas === 1
        ? `Its single pod is replaced by a new one (${context.server}, context ${context.name}). Names may not resolve for a moment.`
        : `Its ${String(replicas)} pods are replaced one after another (${context.server}, context ${context.name}). DNS stays up while one is ready.`,
    warnings: await restartWarnings(kube, discovery, replicas, signal),
    selector: deployment.spec?.selector?.matchLabels ?? {},
    metricsPorts:
      main?.map.metadata?.name === undefined || corefile === undefined
        ? []
        : metricsPorts(
            effectiveCorefile(around, { namespace, name: main.map.metadata.name, key: main.key }, corefile).model,
          ),
  };
}

async function restartWarnings(
  kube: KubeApi,
  { namespace, pods }: CoreDnsDiscovery,
  replicas: number,
  signal: AbortSignal | undefined,
): Promise<readonly Problem[]> {
  const warnings: Problem[] = [];
  if (replicas <= 1)
    warnings.push({
      code: 'single-replica',
      detail:
        'CoreDNS runs with one replica: the new pod is started first, yet nothing else answers should it not get ready',
      recover: 'Scale the Deployment to two replicas first',
    });
  const unready = pods.filter((pod) => !podReady(pod)).map(({ metadata }) => metadata?.name ?? '');
  if (unready.length > 0)
    warnings.push({
      code: 'replicas-not-ready',
      detail: `Not ready before the restart: ${unready.join(', ')}`,
      recover: 'Look at their logs first: a restart with the same configuration may not bring them up',
    });
  try {
    const budgets = await kube.list('poddisruptionbudgets', { namespace }, signal);
    for (const { metadata, spec, status } of budgets) {
      const covers = pods.some((pod) => matchesLabels(pod.metadata?.labels, spec?.selector?.matchLabels));
      if (covers && status?.disruptionsAllowed === 0)
        warnings.push({
          code: 'disruption-budget',
          detail: `PodDisruptionBudget ${metadata?.name ?? ''} allows no CoreDNS pod to be missing now (${String(status.currentHealthy ?? 0)} healthy, ${String(status.desiredHealthy ?? 0)} wanted). A rolling update does not ask it`,
          recover: 'Wait until all replicas are ready',
        });
    }
  } catch (error) {
    const problem = toProblem(error, 'kube-failed');
    if (problem.code === 'cancelled' || problem.code === 'cluster-unreachable') throw error;
    warnings.push({
      code: 'disruption-budget-unknown',
      detail: `Whether a PodDisruptionBudget stands against it is not known: ${problem.detail}`,
    });
  }
  return warnings;
}

/**
 * Patches and follows the rollout. `signal` stops the watching only: the rollout itself goes on, and the result says so.
 * @param deadlineMs how long to wait for the rollout, default 10 minutes
 * @throws ProblemError `rollout-failed`, `rollout-timeout`, `forbidden`, …
 */
export async function restartCoreDns(
  kube: KubeApi,
  plan: RestartPlan,
  clock: Clock,
  onProgress: (progress: RolloutProgress) => void,
  signal?: AbortSignal,
  deadlineMs = 600_000,
): Promise<RestartResult> {
  const podScope = {
    namespace: plan.namespace,
    labelSelector: Object.entries(plan.selector)
      .map((pair) => pair.join('='))
      .join(','),
  };
  // Who is here before the patch is old. Without the right to list pods the rollout is followed by its numbers alone.
  const before =
    podScope.labelSelector === ''
      ? []
      : await kube.list('pods', podScope, signal).catch((error: unknown) => {
          if (toProblem(error, 'kube-failed').code === 'cancelled') throw error;
          return [];
        });
  const old = new Set(before.map(({ metadata }) => metadata?.uid ?? ''));
  let pods: ReadonlyMap<string, Pod> = new Map(before.map((pod) => [pod.metadata?.name ?? '', pod]));
  const podList = (): readonly RolloutPod[] => rolloutPods([...pods.values()], old);
  let onRate = (): void => undefined;
  const sampler = new RateSampler(
    kube,
    plan.metricsPorts,
    clock,
    () => podList().map(({ pod, isNew }) => ({ namespace: plan.namespace, pod, isNew })),
    () => onRate(),
  );
  // A restart may be over in seconds: what the old pods answer during it is counted from a reading before it.
  await within(clock, FIRST_READING_MS, sampler.readNow([...pods.keys()]));
  const restartedAt = new Date(Number(clock.nowNs() / 1_000_000n)).toISOString();
  const annotations = { 'kubectl.kubernetes.io/restartedAt': restartedAt };
  const patched = await kube
    .patch(
      'deployments',
      plan.namespace,
      plan.deployment,
      { spec: { template: { metadata: { annotations } } } },
      { dryRun: false },
      signal,
    )
    .catch((error: unknown) => {
      sampler.dispose();
      throw error;
    });
  const generation = generationOf(patched);
  return new Promise<RestartResult>((resolve, reject) => {
    const owned: DisposableLike[] = [];
    let settled = false;
    let isFinishing = false;
    let latest: Deployment = patched;
    owned.push(sampler);
    const withErrors = (): { readonly errors?: ErrorRate } =>
      sampler.rate === undefined ? {} : { errors: sampler.rate };
    const tell = (): void => {
      if (settled || (latest.status?.observedGeneration ?? 0) < generation) return;
      onProgress({ ...progressOf(latest, plan.replicas), pods: podList(), ...withErrors() });
    };
    onRate = tell;
    const finish = (end: () => void): void => {
      if (settled) return;
      settled = true;
      signal?.removeEventListener('abort', onAbort);
      for (const one of owned) one.dispose();
      end();
    };
    const onAbort = (): void =>
      finish(() =>
        resolve({
          kind: 'cancelled',
          message: `No longer watching. The rollout of ${plan.namespace}/${plan.deployment} goes on in the cluster.`,
        }),
      );
    const fail = (problem: Problem): void => finish(() => reject(new ProblemError(problem)));
    const judge = (deployment: Deployment): void => {
      if (settled) return;
      latest = deployment;
      const progress = progressOf(deployment, plan.replicas);
      // Until the controller has seen our change its status still describes the old rollout.
      if ((deployment.status?.observedGeneration ?? 0) < generation) return;
      tell();
      const stuck = (deployment.status?.conditions ?? []).find(
        (condition) => condition.type === 'Progressing' && condition.status === 'False',
      );
      if (stuck !== undefined) {
        fail({
          code: 'rollout-failed',
          detail: `The rollout of ${plan.namespace}/${plan.deployment} does not get on: ${stuck.message ?? stuck.reason ?? 'no reason given'}${notReady(podList())}`,
          recover: `Look at the new pods with kubectl -n ${plan.namespace} describe pods; the old ones go on answering`,
        });
      } else if (isComplete(deployment, progress) && !isFinishing) {
        isFinishing = true;
        // One last reading, also of old pods that are still on their way out; who is gone answers at once that it is.
        void within(clock, LAST_READING_MS, sampler.readNow(podList().map(({ pod }) => pod))).then(() =>
          finish(() =>
            resolve({
              kind: 'done',
              message: `CoreDNS restarted: ${String(progress.ready)} of ${String(progress.desired)} pods ready${sampler.rate === undefined ? '' : `. During the restart ${rateText(sampler.rate)}`}`,
              ...withErrors(),
            }),
          ),
        );
      }
    };
    if (signal?.aborted === true) return onAbort();
    signal?.addEventListener('abort', onAbort, { once: true });
    owned.push(
      clock.after(deadlineMs, () =>
        fail({
          code: 'rollout-timeout',
          detail: `The rollout of ${plan.namespace}/${plan.deployment} was not complete after ${String(Math.round(deadlineMs / 1000))} s${notReady(podList())}`,
          recover: 'It goes on in the cluster; look at the new pods',
        }),
      ),
    );
    const watch = kube.watch(
      'deployments',
      { namespace: plan.namespace, fieldSelector: `metadata.name=${plan.deployment}` },
      {
        onSnapshot: (items) => {
          const found = items.find((item) => item.metadata?.name === plan.deployment);
          if (found === undefined)
            fail({ code: 'not-found', detail: `Deployment ${plan.namespace}/${plan.deployment} is gone` });
          else judge(found);
        },
        onChange: (type, object) => {
          if (object.metadata?.name !== plan.deployment) return;
          if (type === 'DELETED')
            fail({ code: 'not-found', detail: `Deployment ${plan.namespace}/${plan.deployment} was deleted` });
          else judge(object);
        },
        onState: (_state, problem) => {
          if (problem?.code === 'forbidden') fail(problem);
        },
      },
    );
    if (settled) watch.dispose();
    else owned.push(watch);
    if (settled || podScope.labelSelector === '') return;
    owned.push(
      kube.watch('pods', podScope, {
        onSnapshot: (items) => {
          pods = new Map(items.map((pod) => [pod.metadata?.name ?? '', pod]));
          tell();
        },
        onChange: (type, pod) => {
          const next = new Map(pods);
          if (type === 'DELETED') next.delete(pod.metadata?.name ?? '');
          else next.set(pod.metadata?.name ?? '', pod);
          const wasLeaving = pods.get(pod.metadata?.name ?? '')?.metadata?.deletionTimestamp !== undefined;
          pods = next;
          // What it answered last counts, and it answers no longer than it takes to stop.
          if (!wasLeaving && pod.metadata?.deletionTimestamp !== undefined)
            void sampler.readNow([pod.metadata.name ?? '']);
          tell();
        },
        // The Deployment's numbers go on without it.
        onState: () => undefined,
      }),
    );
  });
}

/** Waits for `work`, but not for long. */
function within(clock: Clock, milliseconds: number, work: Promise<void>): Promise<void> {
  return new Promise((resolve) => {
    const timer = clock.after(milliseconds, resolve);
    void work.then(() => {
      timer.dispose();
      resolve();
    });
  });
}

/** The new pods that keep a rollout waiting, for the words of its failure. */
function notReady(pods: readonly RolloutPod[]): string {
  const waiting = pods.filter(({ isNew, ready }) => isNew && !ready).map(({ pod, message }) => `${pod}: ${message}`);
  return waiting.length === 0 ? '' : ` (${waiting.join('; ')})`;
}

function generationOf(deployment: Deployment): number {
  return deployment.metadata?.generation ?? 0;
}

function progressOf(deployment: Deployment, fallback: number): Omit<RolloutProgress, 'pods' | 'errors'> {
  const desired = deployment.spec?.replicas ?? fallback;
  const updated = deployment.status?.updatedReplicas ?? 0;
  const ready = Math.min(deployment.status?.availableReplicas ?? 0, updated);
  return {
    updated,
    ready,
    desired,
    message: `${String(updated)} of ${String(desired)} pods are new, ${String(ready)} ready`,
  };
}

// The conditions of `kubectl rollout status`: all updated, none of the old left, all available.
function isComplete(deployment: Deployment, progress: { readonly updated: number; readonly desired: number }): boolean {
  const status = deployment.status;
  return (
    progress.updated >= progress.desired &&
    (status?.replicas ?? 0) <= progress.updated &&
    (status?.availableReplicas ?? 0) >= progress.updated
  );
}
