/**
 * Writing a Corefile and seeing it through: CoreDNS's verdict in a throw-away pod, the write over exactly the version that was
 * read, each replica until it runs the new text or refuses it, the previous text put back when one refuses, error rates before
 * and after (docs/adr/0041). A text that CoreDNS refuses is written only with `force`.
 * Invariant: we never write over a text that somebody else wrote; then the answer is `conflict`.
 */
import { ProblemError, toProblem } from '../../base/problem.ts';
import { CorefileChangeRun, type ApplyOptions } from './corefileChangeRun.ts';
import type { ChangeProgress, CorefileChangePlan, CorefileChangeResult, WrittenChange } from './corefileChangeTypes.ts';
import type { KubeApi } from '../ports.ts';
import { mountsMap, replicaRef, restartsOf } from './coreDnsSetup.ts';
import { isTrialPod } from './trialPod.ts';
import { tryCorefile } from './tryCorefile.ts';

export type { ApplyOptions };

/**
 * @param signal before the write: nothing was changed, rejects with `cancelled`; after it: stops the watching, the result says `cancelled`
 * @throws ProblemError before anything was written: `corefile-invalid`, `corefile-refused` (by the throw-away pod), `conflict`,
 *   `plugin-unknown` (and CoreDNS could not be asked), `forbidden`, `admission-refused`, `cluster-unreachable`, `cancelled`
 */
export async function applyCorefileChange(
  kube: KubeApi,
  plan: CorefileChangePlan,
  options: ApplyOptions,
  onProgress: (progress: ChangeProgress) => void,
  signal?: AbortSignal,
): Promise<CorefileChangeResult> {
  const { base } = plan;
  if (plan.unchanged)
    return {
      kind: 'unchanged',
      plan,
      current: base,
      previous: base,
      replicas: [],
      message: 'The cluster holds this very text already',
    };
  const blocker = plan.blockers.find(
    ({ canForce, untilTried }) => !canForce || (options.force !== true && untilTried !== true),
  );
  if (blocker !== undefined) throw new ProblemError(blocker.problem);
  const untried = await askCoreDns(kube, plan, options, onProgress, signal);
  const result = await new CorefileChangeRun(kube, plan, options, onProgress).run(signal);
  return untried === undefined ? result : { ...result, message: `${result.message}. Not tried beforehand: ${untried}` };
}

/**
 * Puts back what stood there before a change: only over the text which that change wrote. End a watching of that change first.
 * @throws ProblemError `conflict` when somebody wrote since, `forbidden`, …
 */
export async function rollBackCorefile(
  kube: KubeApi,
  { plan, current, previous }: WrittenChange,
  options: ApplyOptions,
  onProgress: (progress: ChangeProgress) => void,
  signal?: AbortSignal,
): Promise<CorefileChangeResult> {
  const { reload, replicas, isUntouched } = await expectationBack(kube, plan, signal);
  const { oldHash, newHash, ...rest } = plan.watch;
  const { removesKey: _, ...kept } = plan;
  const back: CorefileChangePlan = {
    ...kept,
    ...(previous.absent === true ? { removesKey: true as const } : {}),
    cause: 'rollback',
    base: current,
    text: previous.text,
    annotations: plan.annotationsBefore,
    annotationsBefore: plan.annotations,
    reload,
    reloadAfter: plan.reload,
    replicas,
    unchanged: false,
    blockers: [],
    watch: {
      ...rest,
      ...(newHash === undefined ? {} : { oldHash: newHash }),
      ...(oldHash === undefined ? {} : { newHash: oldHash }),
      ...(reload.kind === 'reload' ? { settleMs: reload.usualMs } : {}),
    },
  };
  const result = await new CorefileChangeRun(kube, back, options, onProgress).run(signal);
  if (result.kind !== 'restart-needed' || !isUntouched) return result;
  return {
    ...result,
    kind: 'applied',
    message: 'Put back. The pods had never loaded the text that was taken back, so nothing has to be replaced',
  };
}

interface ExpectationBack extends Pick<CorefileChangePlan, 'reload' | 'replicas'> {
  /** Every pod is one that waits for a restart and runs the previous text all the time. */
  readonly isUntouched: boolean;
}

/** Who runs the text that is taken back decides how the previous one comes back: not what ran when the change was planned. */
async function expectationBack(
  kube: KubeApi,
  plan: CorefileChangePlan,
  signal: AbortSignal | undefined,
): Promise<ExpectationBack> {
  const { place, reload, reloadAfter, replicas } = plan;
  if (reload.kind === 'reload') {
    if (reloadAfter.kind === 'reload')
      return {
        reload: reload.usualMs > reloadAfter.usualMs ? reload : reloadAfter,
        replicas,
        isUntouched: false,
      };
    const text =
      'The text that was taken back has no reload plugin: a replica that had loaded it takes up the previous one only when it is replaced (restart CoreDNS)';
    return { reload: { kind: 'restart', text }, replicas, isUntouched: false };
  }
  const pods = await kube.list('pods', { namespace: place.namespace }, signal).catch((error: unknown) => {
    if (toProblem(error, 'kube-failed').code === 'cancelled') throw error;
    return [];
  });
  const readers = pods.filter(
    ({ metadata, spec }) =>
      metadata?.deletionTimestamp === undefined && mountsMap(spec, place.name) && !isTrialPod(metadata?.labels),
  );
  const waited = readers.filter(({ metadata }) =>
    replicas.some(({ uid }) => uid !== undefined && uid === metadata?.uid),
  );
  if (readers.length === 0) return { reload, replicas, isUntouched: false };
  if (waited.length === 0)
    return {
      reload: reloadAfter,
      replicas: readers.map((pod) => replicaRef(pod, place.namespace)),
      isUntouched: false,
    };
  // A container that started again in its pod took the text that stood there then.
  const hasRestarted = waited.some(
    (pod) => restartsOf(pod) > (replicas.find(({ uid }) => uid === pod.metadata?.uid)?.restarts ?? 0),
  );
  const isUntouched = waited.length === readers.length && !hasRestarted && plan.isOwed !== true;
  return { reload, replicas, isUntouched };
}

/** Gives the reason when CoreDNS was asked and gave no answer. */
async function askCoreDns(
  kube: KubeApi,
  plan: CorefileChangePlan,
  options: ApplyOptions,
  onProgress: (progress: ChangeProgress) => void,
  signal: AbortSignal | undefined,
): Promise<string | undefined> {
  const { force = false, trial = 'run', clock } = options;
  const verdict =
    typeof trial === 'object'
      ? trial
      : trial === 'skip' || force || plan.trial.kind === 'impossible'
        ? undefined
        : await tryCorefile(
            kube,
            plan,
            clock,
            (progress) => {
              options.onTrial?.(progress);
              onProgress({ phase: 'trying', message: progress.message, replicas: [] });
            },
            signal,
          );
  const unclear = verdict?.kind === 'unclear' ? verdict.message : undefined;
  if (force || verdict?.kind === 'accepted') return unclear;
  if (verdict?.kind === 'refused')
    throw new ProblemError({
      code: 'corefile-refused',
      detail: verdict.message,
      recover: 'Nothing was written. Mend the text, then apply again',
    });
  const open = plan.blockers.find(({ untilTried }) => untilTried === true);
  if (open !== undefined) throw new ProblemError(open.problem);
  return unclear;
}
