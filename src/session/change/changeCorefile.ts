/**
 * Writing a Corefile and seeing it through: CoreDNS's verdict in a throw-away pod, the write over exactly the version that was
 * read, each replica until it runs the new text or refuses it, the previous text put back when one refuses, error rates before
 * and after (docs/adr/0041). A text that CoreDNS refuses is written only with `force`.
 * Invariant: we never write over a text that somebody else wrote; then the answer is `conflict`.
 */
import { ProblemError } from '../../base/problem.ts';
import { CorefileChangeRun, type ApplyOptions } from './corefileChangeRun.ts';
import type { ChangeProgress, CorefileChangePlan, CorefileChangeResult, WrittenChange } from './corefileChangeTypes.ts';
import type { KubeApi } from '../ports.ts';
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
    unchanged: false,
    blockers: [],
    watch: {
      ...rest,
      ...(newHash === undefined ? {} : { oldHash: newHash }),
      ...(oldHash === undefined ? {} : { newHash: oldHash }),
      ...(plan.reload.kind === 'reload' ? { settleMs: plan.reload.usualMs } : {}),
    },
  };
  return new CorefileChangeRun(kube, back, options, onProgress).run(signal);
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
