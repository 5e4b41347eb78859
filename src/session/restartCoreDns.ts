/**
 * Restarting CoreDNS as `kubectl rollout restart` does: one annotation on the pod template, then the Deployment's own
 * rolling update. Nothing is deleted by us, so a broken new pod leaves the old ones serving.
 */
import type { DisposableLike } from '../base/disposable.ts';
import { ProblemError, type Problem } from '../base/problem.ts';
import type { Deployment } from '../core/topology/kubeTypes.ts';
import { discoverCoreDns } from './coreDns.ts';
import { describeCheck } from './permissions.ts';
import { readDnsObjects } from './readDnsObjects.ts';
import type { AccessCheck, Clock, KubeApi } from './ports.ts';

export interface RestartPlan {
  readonly context: string;
  readonly server: string;
  readonly namespace: string;
  readonly deployment: string;
  readonly replicas: number;
  /** For the confirmation: names cluster, namespace and Deployment. */
  readonly question: string;
  readonly detail: string;
}

export interface RolloutProgress {
  readonly updated: number;
  readonly ready: number;
  readonly desired: number;
  /** `2 of 2 pods are new, 1 ready`. */
  readonly message: string;
}

export interface RestartResult {
  /** `cancelled`: we stopped watching, the rollout goes on in the cluster. */
  readonly kind: 'done' | 'cancelled';
  readonly message: string;
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
      (problem) => problem.code === 'forbidden' && problem.detail.includes('deployments'),
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
  };
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
  const restartedAt = new Date(Number(clock.nowNs() / 1_000_000n)).toISOString();
  const patched = await kube.patch(
    'deployments',
    plan.namespace,
    plan.deployment,
    { spec: { template: { metadata: { annotations: { 'kubectl.kubernetes.io/restartedAt': restartedAt } } } } },
    { dryRun: false },
    signal,
  );
  const generation = generationOf(patched);
  return new Promise<RestartResult>((resolve, reject) => {
    const owned: DisposableLike[] = [];
    let settled = false;
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
      const progress = progressOf(deployment, plan.replicas);
      // Until the controller has seen our change its status still describes the old rollout.
      if ((deployment.status?.observedGeneration ?? 0) < generation) return;
      onProgress(progress);
      const stuck = (deployment.status?.conditions ?? []).find(
        (condition) => condition.type === 'Progressing' && condition.status === 'False',
      );
      if (stuck !== undefined) {
        fail({
          code: 'rollout-failed',
          detail: `The rollout of ${plan.namespace}/${plan.deployment} does not get on: ${stuck.message ?? stuck.reason ?? 'no reason given'}`,
          recover: `Look at the new pods with kubectl -n ${plan.namespace} describe pods; the old ones go on answering`,
        });
      } else if (isComplete(deployment, progress)) {
        finish(() =>
          resolve({
            kind: 'done',
            message: `CoreDNS restarted: ${String(progress.ready)} of ${String(progress.desired)} pods ready`,
          }),
        );
      }
    };
    if (signal?.aborted === true) return onAbort();
    signal?.addEventListener('abort', onAbort, { once: true });
    owned.push(
      clock.after(deadlineMs, () =>
        fail({
          code: 'rollout-timeout',
          detail: `The rollout of ${plan.namespace}/${plan.deployment} was not complete after ${String(Math.round(deadlineMs / 1000))} s`,
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
  });
}

function generationOf(deployment: Deployment): number {
  return deployment.metadata?.generation ?? 0;
}

function progressOf(deployment: Deployment, fallback: number): RolloutProgress {
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
function isComplete(deployment: Deployment, progress: RolloutProgress): boolean {
  const status = deployment.status;
  return (
    progress.updated >= progress.desired &&
    (status?.replicas ?? 0) <= progress.updated &&
    (status?.availableReplicas ?? 0) >= progress.updated
  );
}
