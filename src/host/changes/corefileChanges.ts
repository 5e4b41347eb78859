/**
 * A Corefile change as the user meets it: checked, asked, tried by CoreDNS itself, written, and followed in a progress
 * message until every replica runs it, with the way back one click away. The steps themselves are the session's
 * (session/change/changeCorefile.ts); here are only words, dialogs and what is remembered of the last change.
 */
import * as l10n from '@vscode/l10n';
import * as vscode from 'vscode';
import { Disposable } from '../../base/disposable.ts';
import { type Problem, ProblemError, toProblem } from '../../base/problem.ts';
import { visibleText } from '../../base/visibleText.ts';
import { type ApplyOptions, applyCorefileChange, rollBackCorefile } from '../../session/change/changeCorefile.ts';
import { type CarriedEdit, carryOver } from '../../session/change/carryOver.ts';
import { CorefileHistory } from '../../session/change/corefileHistory.ts';
import type {
  CorefileChangePlan,
  CorefileChangeRequest,
  CorefileChangeResult,
  CorefileHistoryStore,
  OwedRestart,
  TrialVerdict,
  WrittenChange,
} from '../../session/change/corefileChangeTypes.ts';
import type { CorefilePlace } from '../../session/cluster/clusterModelTypes.ts';
import { planCorefileChange } from '../../session/change/planCorefileChange.ts';
import type { Clock } from '../../session/ports.ts';
import { tryCorefile } from '../../session/change/tryCorefile.ts';
import type { ClusterConnection } from '../cluster/clusterConnection.ts';
import type { ClusterLease } from '../cluster/clusterLeases.ts';
import { liveUri } from '../language/corefileUri.ts';
import { type Notifier, sentence } from '../notify.ts';
import type { PlainDocuments } from '../views/plainDocuments.ts';
import {
  changeQuestion,
  endText,
  forceQuestion,
  reasonsAfterTrial,
  reasonsAgainst,
  writtenButLost,
} from './changeWords.ts';
import type { CustomMap } from './customPart.ts';
import { WatchedChanges } from './watchedChanges.ts';

export interface ChangeOptions {
  readonly notify: Notifier;
  readonly clock: Clock;
  readonly connection: ClusterConnection;
  readonly plain: PlainDocuments;
  /** Of this user on this machine. */
  readonly historyStore: CorefileHistoryStore;
  /** Shows a text as an unsaved edit of a live file. */
  readonly openText: (context: string, place: CorefilePlace, text: string) => Promise<void>;
  /** Lets an edit go on where the platform wants changes. */
  readonly openCarried: (context: string, map: CustomMap, carried: CarriedEdit) => Promise<void>;
  readonly restart: (context: string, rollBack?: () => Promise<unknown>) => Promise<boolean>;
}

/** A change of this window that may be rolled back, from its write on. */
interface NewestChange {
  readonly written: WrittenChange;
  /** Ends the watching of the replicas, silently; how the change stands then, unless that is not known. */
  readonly stopWatching: () => Promise<CorefileChangeResult | undefined>;
}

export class CorefileChanges extends Disposable {
  readonly #options: ChangeOptions;
  readonly history: CorefileHistory;
  readonly watched = new WatchedChanges();
  readonly #newest = new Map<string, NewestChange>();
  /** By context: texts that nothing loads until CoreDNS is restarted; a restart shows in the pods. */
  readonly #owed = new Map<string, readonly OwedRestart[]>();
  /** What the user agreed to beside the comparison, until the change that carries it out comes by. */
  #agreed: string | undefined;
  /** What CoreDNS itself said of a text, on the line it named, until the text is edited. */
  readonly #verdicts = this._register(vscode.languages.createDiagnosticCollection('dnscope-coredns'));

  constructor(options: ChangeOptions) {
    super();
    this.#options = options;
    this.history = new CorefileHistory(options.historyStore);
    this._register(vscode.workspace.onDidChangeTextDocument(({ document }) => this.#verdicts.delete(document.uri)));
  }

  /**
   * Resolves once the text stands in the cluster (its reload is followed in a progress message), or was there before.
   * @throws ProblemError when nothing was written: `not-applied` after a No, `conflict`, `corefile-refused`, `forbidden`, …
   */
  async apply(context: string, request: CorefileChangeRequest): Promise<void> {
    const { connection, notify, clock } = this.#options;
    const lease = await connection.acquire(context);
    let handedOver = false;
    try {
      const plan = await notify.run(l10n.t('Checking the Corefile'), (signal) =>
        planCorefileChange(
          lease.kube,
          { ...request, ...factsOf(lease), owed: this.#owed.get(context) ?? [] },
          { nowNs: clock.nowNs() },
          signal,
        ),
      );
      if (plan.unchanged) return;
      const options = await this.#agree(lease, plan, request);
      const written = this.#carryOut(lease, plan, options);
      handedOver = true;
      await written;
    } finally {
      if (!handedOver) lease.dispose();
    }
  }

  /** Puts back what stood there before the newest change of this context, also while replicas still load it. */
  async rollBack(context: string, change = this.#newest.get(context)): Promise<boolean> {
    const { connection, notify, clock } = this.#options;
    if (change === undefined) {
      await notify.info(
        l10n.t('This window has not changed the Corefile of this cluster, so there is nothing to roll back'),
      );
      return false;
    }
    const { place, context: cluster, detail } = change.written.plan;
    const question = l10n.t(
      'Put back the previous {0} of ConfigMap {1} in cluster {2}?',
      place.key,
      place.name,
      cluster.cluster,
    );
    if (!(await notify.confirm(visibleText(question), visibleText(detail), l10n.t('Roll Back')))) return false;
    const lease = await connection.acquire(context);
    try {
      // Told by itself: a replica refused the text while the question stood open.
      if ((await change.stopWatching())?.kind === 'rolled-back') return false;
      const watching = new AbortController();
      const onWritten = (written: WrittenChange): void => {
        this.#forget(context, change);
        this.watched.begin(written, () => watching.abort());
      };
      const result = await notify.progress(l10n.t('Rolling back the Corefile'), (signal, report) =>
        rollBackCorefile(
          lease.kube,
          change.written,
          { clock, history: this.history, onWritten },
          ({ message }) => report(message),
          AbortSignal.any([signal, watching.signal]),
        ),
      );
      if (result === undefined) return false;
      void notify.guard(this.#tell(context, result));
      return true;
    } finally {
      lease.dispose();
    }
  }

  #forget(context: string, change: NewestChange): void {
    if (this.#newest.get(context) === change) this.#newest.delete(context);
  }

  /** Everything that is asked before anything is written. */
  async #agree(lease: ClusterLease, plan: CorefileChangePlan, request: CorefileChangeRequest): Promise<ApplyOptions> {
    const common = { clock: this.#options.clock, history: this.history };
    const fatal = plan.blockers.find(({ canForce }) => !canForce);
    if (fatal !== undefined) {
      void this.#options.notify.guard(this.#offerRole(plan, fatal.problem));
      throw new ProblemError(fatal.problem);
    }
    const canTry = plan.trial.kind === 'possible';
    const against = reasonsAgainst(plan);
    const force = against.length > 0;
    if (force)
      await this.#askForce(
        plan,
        against.map(({ detail }) => detail),
        canTry,
        against[0],
      );
    await this.#askConsent(plan, request);
    if (!canTry) return { ...common, force };
    const trial = await this.#options.notify.run(l10n.t('Asking CoreDNS itself'), (signal, report) =>
      tryCorefile(lease.kube, plan, this.#options.clock, ({ message }) => report(message), signal),
    );
    const reasons = reasonsAfterTrial(plan, trial);
    if (reasons.length === 0) return { ...common, trial, force };
    if (trial.kind === 'refused') this.#mark(plan, trial);
    const recover = l10n.t('Nothing was written. Mend the text, then save again');
    await this.#askForce(plan, reasons, false, { code: 'corefile-refused', detail: reasons.join('. '), recover });
    return { ...common, trial, force: true };
  }

  #mark({ context, place }: CorefileChangePlan, { line, message }: TrialVerdict): void {
    const at = Math.max(0, (line ?? 1) - 1);
    const problem = new vscode.Diagnostic(new vscode.Range(at, 0, at, 1000), visibleText(message));
    problem.source = 'CoreDNS';
    this.#verdicts.set(liveUri(context.name, place), [problem]);
  }

  async #askForce(
    plan: CorefileChangePlan,
    reasons: readonly string[],
    isTriedNext: boolean,
    problem: Problem | undefined,
  ): Promise<void> {
    const { question, detail } = forceQuestion(plan, reasons, isTriedNext);
    if (await this.#options.notify.confirm(question, detail, isTriedNext ? l10n.t('Go On') : l10n.t('Write Anyway')))
      return;
    throw new ProblemError(problem ?? notApplied());
  }

  async #askConsent(plan: CorefileChangePlan, request: CorefileChangeRequest): Promise<void> {
    const { notify, openCarried } = this.#options;
    const agreed = this.#agreed;
    this.#agreed = undefined;
    if (agreed === agreement(plan)) return;
    const { question, detail } = changeQuestion(plan);
    const instead = plan.managed?.writeInstead;
    const answer = await notify.ask<'apply' | 'show' | 'instead'>(question, detail, [
      { label: l10n.t('Apply'), value: 'apply' },
      { label: l10n.t('Show Changes'), value: 'show' },
      ...(instead === undefined
        ? []
        : [{ label: visibleText(l10n.t('Carry Over to {0}', instead.name)), value: 'instead' as const }]),
    ]);
    if (answer === 'apply') return;
    // Neither is waited for: the save ends here, and what comes next is begun by the user.
    if (answer === 'show') {
      void notify.guard(this.#compare(plan, request, question));
      throw new ProblemError(notApplied(l10n.t('Apply it in the message beside the comparison, or save again')));
    }
    if (answer === 'instead' && instead !== undefined) {
      void notify.guard(openCarried(plan.context.name, instead, carryOver(plan.base.text, plan.text)));
      throw new ProblemError(notApplied(visibleText(l10n.t('The edit goes on in {0}', instead.name))));
    }
    throw new ProblemError(notApplied());
  }

  /** Both texts side by side, and the question again beside them, not modal, so that they can be read first. */
  async #compare(plan: CorefileChangePlan, request: CorefileChangeRequest, question: string): Promise<void> {
    const { plain, notify } = this.#options;
    const { context, place, base, text } = plan;
    const name = place.key === 'Corefile' ? 'Corefile' : `${place.key}.corefile`;
    const before = plain.add(name, base.text);
    const title = l10n.t('{0}: cluster ↔ edited', visibleText(place.key));
    await vscode.commands.executeCommand('vscode.diff', before, plain.add(name, text), title);
    const cancel = { label: l10n.t('Cancel'), value: false };
    const answer = await notify.info(question, [{ label: l10n.t('Apply'), value: true }, cancel]);
    plain.release(before);
    if (answer !== true) return;
    this.#agreed = agreement(plan);
    const uri = String(liveUri(context.name, place));
    const edited = vscode.workspace.textDocuments.find(
      (document) => String(document.uri) === uri && document.isDirty && document.getText() === text,
    );
    if (edited === undefined) await this.apply(context.name, request);
    else await edited.save();
  }

  /** Takes the lease over. Resolves at the write, rejects when there is none; the rest goes on under its progress message. */
  #carryOut(lease: ClusterLease, plan: CorefileChangePlan, options: ApplyOptions): Promise<void> {
    const { notify } = this.#options;
    const context = plan.context.name;
    const watching = new AbortController();
    return new Promise<void>((resolve, reject) => {
      let change: NewestChange | undefined;
      const ended = notify.run(
        visibleText(l10n.t('Changing {0} in {1}', plan.place.key, plan.context.cluster)),
        (signal, report) =>
          applyCorefileChange(
            lease.kube,
            plan,
            {
              ...options,
              onWritten: (written) => {
                change = {
                  written,
                  stopWatching: () => {
                    watching.abort();
                    return ended.catch(() => undefined);
                  },
                };
                this.#newest.set(context, change);
                this.watched.begin(written, () => watching.abort());
                resolve();
              },
            },
            ({ message }) => report(message),
            AbortSignal.any([signal, watching.signal]),
          ),
      );
      ended
        .then((result) => {
          resolve();
          if (change !== undefined && result.kind === 'rolled-back') this.#forget(context, change);
          // The rollback or the next change that ended the watching tells its own end.
          if (watching.signal.aborted && result.kind === 'cancelled') return;
          void notify.guard(this.#tell(context, result, change));
        })
        .catch((error: unknown) => {
          // After the write nobody listens to the promise any more; the message is then all there is.
          if (change !== undefined) void notify.guard(this.#tellLost(context, change, toProblem(error, 'unexpected')));
          reject(error instanceof Error ? error : new ProblemError(toProblem(error, 'unexpected')));
        })
        .finally(() => lease.dispose());
    });
  }

  #owe(context: string, { kind, plan: { place, replicas, cause } }: CorefileChangeResult): void {
    const isBack = kind === 'applied' && cause === 'rollback';
    if (kind !== 'restart-needed' && !isBack) return;
    const others = (this.#owed.get(context) ?? []).filter((one) => placeText(one.place) !== placeText(place));
    const pods = replicas.flatMap(({ uid }) => uid ?? []);
    this.#owed.set(context, isBack ? others : [...others, { place, pods }]);
  }

  /** @param change what a rollback would take back */
  async #tell(context: string, result: CorefileChangeResult, change?: NewestChange): Promise<void> {
    this.#owe(context, result);
    const { notify, restart, openText } = this.#options;
    const back = change === undefined ? [] : [{ label: l10n.t('Roll Back'), value: 'back' as const }];
    const again = { label: l10n.t('Restart CoreDNS'), value: 'restart' as const };
    const text = endText(result);
    const answer = await (async () => {
      switch (result.kind) {
        case 'applied':
        case 'unchanged':
        case 'cancelled':
          return result.health?.worse === true ? notify.warn(text, back) : notify.info(text, back);
        case 'restart-needed':
          return notify.warn(text, [again, ...back]);
        case 'unconfirmed':
          return notify.warn(text, back);
        case 'rolled-back':
          // The file shows the previous text again; what was written is only in the history now.
          return notify.warn(text, [{ label: l10n.t('Open My Text'), value: 'mine' as const }]);
        case 'refused':
          return notify.problem(result.problem ?? { code: 'corefile-refused', detail: text }, back);
      }
    })();
    if (answer === 'back') await this.rollBack(context, change);
    if (answer === 'mine') await openText(context, result.plan.place, result.plan.text);
    if (answer === 'restart')
      await restart(context, change === undefined ? undefined : () => this.rollBack(context, change));
  }

  /** The text stands in the cluster, and what became of it is not known. */
  async #tellLost(context: string, change: NewestChange, problem: Problem): Promise<void> {
    const { place } = change.written.plan;
    const told = writtenButLost(place, problem);
    if ((await this.#options.notify.problem(told, [{ label: l10n.t('Roll Back'), value: true }])) === true)
      await this.rollBack(context, change);
  }

  /** A missing right, which the failed save tells, comes with the Role that would give it. The save does not wait for an answer. */
  async #offerRole({ roleYaml }: CorefileChangePlan, problem: Problem): Promise<void> {
    if (problem.code !== 'forbidden' || roleYaml === undefined) return;
    const text = l10n.t('A Role with the rights that are missing can be copied for the administrator of the cluster');
    const copy = await this.#options.notify.info(text, [{ label: l10n.t('Copy Role'), value: true }]);
    if (copy === true) await vscode.env.clipboard.writeText(roleYaml);
  }
}

const placeText = ({ namespace, name, key }: CorefilePlace): string => `${namespace}/${name}/${key}`;

/** As VS Code shows it under its own "Failed to save". */
export function saveError(error: unknown): vscode.FileSystemError {
  return vscode.FileSystemError.Unavailable(visibleText(sentence(toProblem(error, 'unexpected'))));
}

/** What the editor judges by. */
const factsOf = ({ model }: ClusterLease): Pick<CorefileChangeRequest, 'facts'> =>
  model.isReady ? { facts: model.clusterFacts() } : {};

/** Everything that the question was about. */
const agreement = ({ context, place, base, text, warnings, trial }: CorefileChangePlan): string =>
  JSON.stringify([context.name, place, base.text, text, warnings, trial.kind]);

const notApplied = (recover = l10n.t('Your edit stays in the editor')): Problem => ({
  code: 'not-applied',
  detail: l10n.t('Nothing was written'),
  recover,
});
