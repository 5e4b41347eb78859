/** The pods of a rollout, one by one: which are new, which are ready, and why one waits. Texts come from the cluster. */
import { visibleText } from '../../base/visibleText.ts';
import type { Pod } from '../../core/topology/kubeTypes.ts';
import { podReady } from '../cluster/coreDns.ts';

export interface RolloutPod {
  readonly pod: string;
  readonly node?: string;
  /** Came with this rollout. */
  readonly isNew: boolean;
  readonly ready: boolean;
  readonly leaving: boolean;
  /** `ready`, `leaving`, `starting`, or what it waits for: `ImagePullBackOff: …`, `no node takes it: …`. */
  readonly message: string;
}

/** @param old uids of the pods that were there before */
export function rolloutPods(pods: readonly Pod[], old: ReadonlySet<string>): readonly RolloutPod[] {
  return pods
    .map((pod): RolloutPod => {
      const { name = '', uid = '', deletionTimestamp } = pod.metadata ?? {};
      const leaving = deletionTimestamp !== undefined;
      const ready = podReady(pod) && !leaving;
      return {
        pod: name,
        ...(pod.spec?.nodeName === undefined ? {} : { node: pod.spec.nodeName }),
        isNew: !old.has(uid),
        ready,
        leaving,
        message: leaving ? 'leaving' : ready ? 'ready' : waitingFor(pod),
      };
    })
    .sort((a, b) => Number(a.isNew) - Number(b.isNew) || (a.pod < b.pod ? -1 : 1));
}

const MESSAGE_LIMIT = 200;

function waitingFor(pod: Pod): string {
  const scheduled = (pod.status?.conditions ?? []).find(({ type }) => type === 'PodScheduled');
  if (scheduled?.status === 'False') return `no node takes it: ${cut(scheduled.message ?? scheduled.reason)}`;
  for (const { state, lastState } of pod.status?.containerStatuses ?? []) {
    const ended =
      state?.terminated ?? (state?.waiting?.reason === 'CrashLoopBackOff' ? lastState?.terminated : undefined);
    if (ended !== undefined)
      return `fell over (${cut(ended.reason)}): ${cut((ended.message ?? '').trim().split('\n').at(-1))}`;
    const waiting = state?.waiting;
    if (waiting?.reason !== undefined && waiting.reason !== 'ContainerCreating' && waiting.reason !== 'PodInitializing')
      return `${cut(waiting.reason)}${waiting.message === undefined ? '' : `: ${cut(waiting.message)}`}`;
    if (state?.running !== undefined) return 'runs, not ready yet';
  }
  return 'starting';
}

const cut = (text: string | undefined): string =>
  visibleText((text ?? '').slice(0, MESSAGE_LIMIT)) || 'no reason given';
