import { ProblemError, toProblem } from '../../base/problem.ts';
import { visibleText } from '../../base/visibleText.ts';
import type { Pod } from '../../core/topology/kubeTypes.ts';
import type { CorefileChangePlan, TrialProgress, TrialVerdict } from './corefileChangeTypes.ts';
import { hasBanner, lastWords, refusedLine } from './coreDnsLog.ts';
import type { Clock, KubeApi } from '../ports.ts';
import { sleep } from '../sleep.ts';
import { TRIAL_DEADLINE_SECONDS, TRIAL_LABELS } from './trialPod.ts';

/** How long CoreDNS has to stay up after its banner: its loop plugin speaks up in the first seconds. */
const STAYS_UP_MS = 4_000;
const POLL_MS = 500;
const PATIENCE_MS = 60_000;
const DELETE_PATIENCE_MS = 20_000;
const STUCK: ReadonlySet<string> = new Set([
  'ErrImagePull',
  'ImagePullBackOff',
  'InvalidImageName',
  'ErrImageNeverPull',
  'CreateContainerConfigError',
  'CreateContainerError',
  'RunContainerError',
]);
/** Words of a refusal that blame the place where it was tried, not the text. */
const MACHINE = [
  'bind: permission denied',
  'bind: address already in use',
  'cannot assign requested address',
  'operation not permitted',
  'no such host',
];

type Outcome = Pick<TrialVerdict, 'kind' | 'message' | 'line'>;

/**
 * CoreDNS's own verdict: starts the throw-away pod of the plan, waits until it is up and stays up, or ends with a message.
 * The pod is deleted whatever happens, a cancel included.
 * @throws ProblemError `trial-impossible`, `cancelled`
 */
export async function tryCorefile(
  kube: KubeApi,
  plan: CorefileChangePlan,
  clock: Clock,
  onProgress: (progress: TrialProgress) => void,
  signal?: AbortSignal,
): Promise<TrialVerdict> {
  const { trial } = plan;
  if (trial.kind === 'impossible') throw new ProblemError(trial.problem);
  const { name } = trial.pod.metadata;
  onProgress({ state: 'creating', message: `Creating pod ${name}` });
  await removeEnded(kube, trial.namespace, signal);
  let uid: string | undefined;
  let outcome: Outcome;
  let log = '';
  let failure: unknown;
  try {
    const created = await kube.create('pods', trial.namespace, trial.pod, { dryRun: false }, signal);
    uid = created.metadata?.uid;
    const watched = await watchTrial(kube, plan, created, clock, onProgress, signal);
    outcome = watched.outcome;
    log = watched.log;
  } catch (error) {
    const problem = toProblem(error, 'trial-failed');
    outcome = { kind: 'unclear', message: `It could not be tried: ${problem.detail}` };
    failure = problem.code === 'cancelled' ? error : undefined;
  }
  // A creation that was cut off may have gone through all the same: the name is ours alone, so it is deleted in any case.
  onProgress({ state: 'deleting', message: `Deleting pod ${name}` });
  const removed = await remove(kube, trial.namespace, name, uid, clock);
  if (failure !== undefined && removed)
    throw failure instanceof Error ? failure : new ProblemError(toProblem(failure, 'cancelled'));
  return {
    ...outcome,
    message: removed
      ? outcome.message
      : `${outcome.message}. Pod ${trial.namespace}/${name} could not be deleted; it ends by itself within ${String(TRIAL_DEADLINE_SECONDS)} s, delete it by hand`,
    log: lastWords(log),
    removed,
  };
}

async function watchTrial(
  kube: KubeApi,
  plan: CorefileChangePlan,
  created: Pod,
  clock: Clock,
  onProgress: (progress: TrialProgress) => void,
  signal: AbortSignal | undefined,
): Promise<{ readonly outcome: Outcome; readonly log: string }> {
  const namespace = created.metadata?.namespace ?? '';
  const name = created.metadata?.name ?? '';
  const target = { namespace, pod: name, container: 'coredns' };
  const began = clock.nowNs();
  let log = '';
  let isBlind = false;
  let upSince: bigint | undefined;
  let pod = created;
  for (;;) {
    const status = pod.status?.containerStatuses?.find((one) => one.name === 'coredns');
    const ended = status?.state?.terminated;
    if (ended !== undefined) {
      log = await kube.logs(target, { tailLines: 100 }, signal).catch(() => ended.message ?? '');
      if (log.trim() === '') log = ended.message ?? '';
      return { outcome: judgeEnd(ended.exitCode, ended.reason, log, plan.watch.path), log };
    }
    const waiting = status?.state?.waiting;
    if (waiting?.reason !== undefined && STUCK.has(waiting.reason))
      return { outcome: unclear(`${waiting.reason}: ${visibleText(waiting.message ?? 'no reason given')}`), log };
    if (pod.status?.phase === 'Failed')
      return { outcome: unclear(visibleText(pod.status.message ?? pod.status.reason ?? 'the pod failed')), log };
    if (status?.state?.running !== undefined) {
      log = await kube.logs(target, { tailLines: 100 }, signal).catch((error: unknown) => {
        // Without the right to read the log, staying up has to do.
        isBlind ||= toProblem(error, 'trial-failed').code === 'forbidden';
        return log;
      });
      if (upSince === undefined && (isBlind || hasBanner(log))) upSince = clock.nowNs();
      if (upSince !== undefined && clock.nowNs() - upSince >= BigInt(STAYS_UP_MS) * 1_000_000n)
        return { outcome: { kind: 'accepted', message: 'CoreDNS started with the new Corefile and stays up' }, log };
      onProgress({ state: 'watching', message: 'CoreDNS reads the new Corefile' });
    } else onProgress({ state: 'starting', message: startingText(pod, waiting?.reason) });
    if (clock.nowNs() - began > BigInt(PATIENCE_MS) * 1_000_000n) {
      const why = startingText(pod, waiting?.reason);
      return { outcome: unclear(`the pod was not up after ${String(PATIENCE_MS / 1000)} s (${why})`), log };
    }
    await sleep(clock, POLL_MS, signal);
    pod = await kube.get('pods', namespace, name, signal);
  }
}

const unclear = (why: string): Outcome => ({ kind: 'unclear', message: `It could not be tried: ${why}` });

function startingText(pod: Pod, reason: string | undefined): string {
  const scheduled = (pod.status?.conditions ?? []).find(({ type }) => type === 'PodScheduled');
  if (scheduled?.status === 'False')
    return `No node takes the pod: ${visibleText(scheduled.message ?? scheduled.reason ?? '')}`;
  const node = pod.spec?.nodeName;
  return node === undefined
    ? 'Waiting for a node'
    : `Starting on node ${visibleText(node)}${reason === undefined ? '' : ` (${visibleText(reason)})`}`;
}

function judgeEnd(
  exitCode: number | undefined,
  reason: string | undefined,
  log: string,
  path: string | undefined,
): Outcome {
  if (reason === 'OOMKilled') return unclear('CoreDNS ran out of memory in the throw-away pod');
  if (reason === 'DeadlineExceeded' || exitCode === 137) return unclear('the pod was ended from outside');
  const said = lastWords(log, 100)
    .filter((line) => !line.startsWith('maxprocs:') && !line.startsWith('[INFO]'))
    .at(-1);
  const text = said ?? `it ended with exit code ${String(exitCode ?? 'unknown')} without a word`;
  if (MACHINE.some((words) => text.includes(words))) return unclear(text);
  const line = refusedLine(text, path);
  return {
    kind: 'refused',
    message: `CoreDNS refuses the new Corefile: ${text}`,
    ...(line === undefined ? {} : { line }),
  };
}

/** Trial pods of earlier sessions that ended by themselves. A failure here costs nothing. */
async function removeEnded(kube: KubeApi, namespace: string, signal: AbortSignal | undefined): Promise<void> {
  const labelSelector = Object.entries(TRIAL_LABELS)
    .map((pair) => pair.join('='))
    .join(',');
  const pods = await kube.list('pods', { namespace, labelSelector }, signal).catch(() => []);
  for (const { metadata, status } of pods) {
    if (metadata?.name === undefined || (status?.phase !== 'Failed' && status?.phase !== 'Succeeded')) continue;
    await kube.delete('pods', namespace, metadata.name, uidOption(metadata.uid), signal).catch(() => undefined);
  }
}

const uidOption = (uid: string | undefined): { readonly uid?: string } => (uid === undefined ? {} : { uid });

/** Deletes and waits until it is gone. Never with the caller's signal: a cancel is the reason to clean up. */
async function remove(
  kube: KubeApi,
  namespace: string,
  name: string,
  uid: string | undefined,
  clock: Clock,
): Promise<boolean> {
  for (let attempt = 0; ; attempt += 1) {
    try {
      await kube.delete('pods', namespace, name, uidOption(uid));
      break;
    } catch (error) {
      if (toProblem(error, 'trial-failed').code === 'not-found') return true;
      if (attempt === 2) return false;
      await sleep(clock, 1_000);
    }
  }
  for (let waited = 0; waited < DELETE_PATIENCE_MS; waited += POLL_MS) {
    const gone = await kube.get('pods', namespace, name).then(
      () => false,
      (error: unknown) => toProblem(error, 'trial-failed').code === 'not-found',
    );
    if (gone) return true;
    await sleep(clock, POLL_MS);
  }
  // Accepted by the server: the kubelet finishes it.
  return true;
}
