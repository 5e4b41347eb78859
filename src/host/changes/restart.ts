import * as l10n from '@vscode/l10n';
import { type Problem, toProblem } from '../../base/problem.ts';
import { visibleText } from '../../base/visibleText.ts';
import { rateText } from '../../session/change/errorRate.ts';
import type { Clock } from '../../session/ports.ts';
import { type RolloutProgress, planRestart, restartCoreDns } from '../../session/change/restartCoreDns.ts';
import type { ClusterConnection } from '../cluster/clusterConnection.ts';
import type { Notifier } from '../notify.ts';
import { caveats, shownParagraphs } from './changeWords.ts';

export interface RestartOptions {
  readonly notify: Notifier;
  readonly clock: Clock;
  readonly connection: ClusterConnection;
}

/**
 * Asks with cluster, namespace and Deployment by name, then follows each pod. Cancel stops the watching, and says so.
 * @param rollBack of the change that the restart is to load: offered when the new pods do not come up, or nobody watches them
 */
export async function restart(
  { notify, clock, connection }: RestartOptions,
  context: string,
  rollBack?: () => Promise<unknown>,
): Promise<boolean> {
  const lease = await connection.acquire(context);
  try {
    const plan = await notify.progress(l10n.t('DNS: finding CoreDNS'), (signal) => planRestart(lease.kube, signal));
    if (plan === undefined) return false;
    if (
      !(await notify.confirm(
        visibleText(plan.question),
        shownParagraphs([plan.detail, ...caveats(plan)]),
        l10n.t('Restart CoreDNS'),
      ))
    )
      return false;
    let shown = 0;
    let problem: Problem | undefined;
    const work = notify.run(
      visibleText(l10n.t('Restarting {0}/{1} in {2}', plan.namespace, plan.deployment, plan.context)),
      (signal, report) =>
        restartCoreDns(
          lease.kube,
          plan,
          clock,
          (progress) => {
            const { ready, desired } = progress;
            const percent = desired === 0 ? 0 : Math.min(100, (100 * ready) / desired);
            report(progressText(progress), Math.max(0, percent - shown));
            shown = Math.max(shown, percent);
          },
          signal,
        ),
    );
    const result = await work.catch((error: unknown) => {
      problem = toProblem(error, 'unexpected');
      return undefined;
    });
    const back = rollBack === undefined || result?.kind === 'done' ? [] : [{ label: l10n.t('Roll Back'), value: true }];
    // The message of a restart that is done says the rate of the whole of it.
    const isSaid = result?.kind === 'done' && result.errors !== undefined;
    const told =
      result !== undefined
        ? notify.info(visibleText(`${result.message}${isSaid ? '' : errorsText(result.errors)}`), back)
        : problem === undefined || problem.code === 'cancelled'
          ? undefined
          : notify.problem(problem, back);
    // Nobody waits for the answer: the lease ends here.
    if (told !== undefined)
      void notify.guard(told.then(async (answer) => (answer === true ? rollBack?.() : undefined)));
    return result?.kind === 'done';
  } finally {
    lease.dispose();
  }
}

/** `1 of 2 pods are new, 1 ready; coredns-x: starting; since it began 0.2 % of 512 responses were errors`. */
function progressText({ message, pods, errors }: RolloutProgress): string {
  const waiting = pods.find(({ isNew, ready }) => isNew && !ready);
  const why = waiting === undefined ? '' : `; ${waiting.pod}: ${waiting.message}`;
  return visibleText(`${message}${why}${errorsText(errors)}`);
}

const errorsText = (errors: RolloutProgress['errors']): string =>
  errors === undefined ? `; ${l10n.t('error rate unknown')}` : `; ${l10n.t('since it began {0}', rateText(errors))}`;
