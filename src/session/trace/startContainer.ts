import type { DisposableLike } from '../../base/disposable.ts';
import { ProblemError, toProblem, type Problem } from '../../base/problem.ts';
import { visibleText } from '../../base/visibleText.ts';
import type { Pod } from '../../core/topology/kubeTypes.ts';
import { ephemeralStatus } from './captureContainer.ts';
import { podKey } from '../cluster/coreDns.ts';
import { formatDuration } from '../duration.ts';
import type { Clock, ExecTarget, KubeApi } from '../ports.ts';

/** An image of some hundred megabytes over a slow link. */
const START_LIMIT_MS = 180_000;
const POLL_MS = 1_000;
const END_POLL_MS = 300;
const END_POLLS = 15;

const PULL_FAILURES: ReadonlySet<string> = new Set([
  'ErrImagePull',
  'ImagePullBackOff',
  'InvalidImageName',
  'ErrImageNeverPull',
]);
const START_FAILURES: ReadonlySet<string> = new Set([
  'CreateContainerConfigError',
  'CreateContainerError',
  'RunContainerError',
  'StartError',
  'ContainerCannotRun',
]);

/** Whether the container runs, will never run (a problem), or is still on its way (`undefined`). */
export function judgeContainer(pod: Pod, container: string, image: string): 'running' | Problem | undefined {
  if (
    pod.metadata?.deletionTimestamp !== undefined ||
    pod.status?.phase === 'Succeeded' ||
    pod.status?.phase === 'Failed'
  ) {
    return podDeleted(podKey(pod.metadata?.namespace, pod.metadata?.name));
  }
  const state = ephemeralStatus(pod, container)?.state;
  if (state?.running !== undefined) return 'running';
  const reason = state?.waiting?.reason ?? state?.terminated?.reason ?? '';
  const message = visibleText((state?.waiting?.message ?? state?.terminated?.message ?? '').slice(0, 300));
  if (PULL_FAILURES.has(reason)) {
    return {
      code: 'image-pull-failed',
      detail: `The image ${visibleText(image)} cannot be pulled (${reason}${message === '' ? '' : `: ${message}`})`,
      recover: 'Choose an image that this cluster can pull and that holds sh and tcpdump',
    };
  }
  if (/executable file not found/.test(message)) {
    return {
      code: 'image-without-sh',
      detail: `The image ${visibleText(image)} has no sh`,
      recover: 'Choose an image that holds sh and tcpdump, for example nicolaka/netshoot',
    };
  }
  if (START_FAILURES.has(reason) || state?.terminated !== undefined) {
    return {
      code: 'container-start-failed',
      detail: `The capture container did not start (${reason || 'it ended at once'}${message === '' ? '' : `: ${message}`})`,
    };
  }
  return undefined;
}

export function podDeleted(name: string): Problem {
  return {
    code: 'pod-deleted',
    detail: `Pod ${visibleText(name)} was deleted`,
    recover: 'Trace the pod that took its place',
  };
}

/**
 * Waits until an ephemeral container runs: by a watch of its pod, or by asking once a second where watching is not allowed.
 * @throws ProblemError `image-pull-failed`, `image-without-sh`, `container-start-failed`, `pod-deleted`, `cancelled`, …
 */
export function waitForContainer(
  kube: KubeApi,
  target: ExecTarget,
  image: string,
  clock: Clock,
  signal: AbortSignal,
): Promise<void> {
  return new Promise((resolve, reject) => {
    const owned = new Set<DisposableLike>();
    let settled = false;
    const finish = (problem?: Problem): void => {
      if (settled) return;
      settled = true;
      signal.removeEventListener('abort', onAbort);
      for (const one of owned) one.dispose();
      if (problem === undefined) resolve();
      else reject(new ProblemError(problem));
    };
    const onAbort = (): void => finish({ code: 'cancelled', detail: 'Cancelled' });
    const judge = (pod: Pod | undefined): void => {
      const verdict =
        pod === undefined
          ? podDeleted(podKey(target.namespace, target.pod))
          : judgeContainer(pod, target.container, image);
      if (verdict !== undefined) finish(verdict === 'running' ? undefined : verdict);
    };
    const poll = (): void => {
      if (settled) return;
      kube.get('pods', target.namespace, target.pod, signal).then(
        (pod) => {
          judge(pod);
          if (!settled) owned.add(clock.after(POLL_MS, poll));
        },
        (error: unknown) => finish(toProblem(error, 'kube-failed')),
      );
    };
    if (signal.aborted) return onAbort();
    signal.addEventListener('abort', onAbort, { once: true });
    owned.add(
      clock.after(START_LIMIT_MS, () =>
        finish({
          code: 'container-start-timeout',
          detail: `The capture container in ${podKey(target.namespace, target.pod)} did not start within ${formatDuration(START_LIMIT_MS)}`,
          recover: 'Look at the events of the pod: a slow image pull or a full node are the usual reasons',
        }),
      ),
    );
    let polling = false;
    const watch = kube.watch(
      'pods',
      { namespace: target.namespace, fieldSelector: `metadata.name=${target.pod}` },
      {
        onSnapshot: (pods) => judge(pods.find((pod) => pod.metadata?.name === target.pod)),
        onChange: (type, pod) => {
          if (pod.metadata?.name === target.pod) judge(type === 'DELETED' ? undefined : pod);
        },
        onState: (_state, problem) => {
          if (problem?.code !== 'forbidden' || polling) return;
          polling = true;
          poll();
        },
      },
    );
    if (settled) watch.dispose();
    else owned.add(watch);
  });
}

/** Waits, for some seconds at most, until the cluster knows that a container told to end has ended; whether it has. Never rejects. */
export async function containerEnded(kube: KubeApi, target: ExecTarget, clock: Clock): Promise<boolean> {
  for (let poll = 0; poll < END_POLLS; poll++) {
    const pod = await kube.get('pods', target.namespace, target.pod).catch(() => undefined);
    if (pod === undefined || ephemeralStatus(pod, target.container)?.state?.terminated !== undefined) return true;
    await new Promise<void>((resolve) => clock.after(END_POLL_MS, resolve));
  }
  return false;
}
