/**
 * Query log on, cache off: for a while. The clock runs here and in the ConfigMap's annotation, so that what this window
 * leaves behind is found again (temporaryLeftovers.ts).
 */
import * as l10n from '@vscode/l10n';
import * as vscode from 'vscode';
import { Disposable } from '../../base/disposable.ts';
import { plural } from '../../base/plural.ts';
import { visibleText } from '../../base/visibleText.ts';
import type {
  TemporaryKind,
  TemporaryMark,
  TemporaryPlan,
  TemporaryState,
} from '../../session/change/corefileChangeTypes.ts';
import { planTemporaryChange } from '../../session/change/planTemporaryChange.ts';
import { TemporaryChange } from '../../session/change/temporaryChange.ts';
import type { ClusterLease } from '../cluster/clusterLeases.ts';
import { type TemporaryChangesOptions, TemporaryLeftovers, tellEnd } from './temporaryLeftovers.ts';
import {
  TEMPORARY_WORDS,
  countdownText,
  prolongQuestion,
  shownTime,
  stateText,
  temporaryQuestion,
} from './temporaryWords.ts';

interface Running {
  readonly context: string;
  readonly place: TemporaryMark['place'];
  readonly lease: ClusterLease;
  readonly change: TemporaryChange;
}

const MINUTE_MS = 60_000;
const DURATIONS = [1, 5, 15, 30, 60];

export class TemporaryChanges extends Disposable {
  readonly #options: TemporaryChangesOptions;
  readonly #running = new Set<Running>();
  readonly #leftovers: TemporaryLeftovers;
  readonly #item: vscode.StatusBarItem;
  #ticking: NodeJS.Timeout | undefined;

  constructor(options: TemporaryChangesOptions) {
    super();
    this.#options = options;
    this.#leftovers = this._register(new TemporaryLeftovers(options));
    this.#item = this._register(
      vscode.window.createStatusBarItem('dnscope.temporary', vscode.StatusBarAlignment.Left, 49),
    );
    this.#item.name = l10n.t('DNS: temporary changes');
    this.#item.command = 'dnscope.endTemporary';
    this.#item.backgroundColor = new vscode.ThemeColor('statusBarItem.warningBackground');
    this._register(
      vscode.window.onDidChangeWindowState(({ focused }) => {
        if (focused) for (const { change } of this.#running) change.check();
      }),
    );
    this._register({
      dispose: () => {
        clearInterval(this.#ticking);
        for (const { change, lease } of this.#running) {
          change.dispose();
          lease.dispose();
        }
      },
    });
  }

  /** Asks for how long, says what will happen, and switches; what is on already may be prolonged or ended. */
  async start(context: string, kind: TemporaryKind): Promise<boolean> {
    const { notify, clock, connection } = this.#options;
    const minutes = await pickMinutes(kind);
    if (minutes === undefined) return false;
    const lease = await connection.acquire(context);
    let handedOver = false;
    try {
      const plan = await notify.progress(l10n.t('Checking the Corefile'), (signal) =>
        planTemporaryChange(lease.kube, { kind, durationMs: minutes * MINUTE_MS }, { nowNs: clock.nowNs() }, signal),
      );
      if (plan === undefined) return false;
      const fatal = plan.change.blockers.find(({ canForce }) => !canForce);
      if (fatal !== undefined) {
        await notify.problem(fatal.problem);
        return false;
      }
      if (!(await this.#agree(context, plan))) return false;
      handedOver = true;
      return await this.#run(context, lease, plan);
    } finally {
      if (!handedOver) lease.dispose();
    }
  }

  /** Ends everything of this window now. */
  async endAll(): Promise<void> {
    if (this.#running.size === 0)
      await this.#options.notify.info(l10n.t('No query log or cache is switched by this window'));
    await Promise.all([...this.#running].map((running) => this.#stop(running)));
  }

  /** Writes back only, for a window that is about to close. */
  async stopQuickly(): Promise<void> {
    await Promise.allSettled([...this.#running].map(({ change }) => change.stop(true)));
  }

  /** True: the plan is to be carried out. */
  async #agree(context: string, plan: TemporaryPlan): Promise<boolean> {
    const { notify } = this.#options;
    const { kind, on } = plan;
    if (on === undefined) {
      const { question, detail } = temporaryQuestion(plan);
      return notify.confirm(question, detail, TEMPORARY_WORDS[kind].title);
    }
    const { question, detail, action } = prolongQuestion(plan, on);
    const answer = await notify.ask<'prolong' | 'back'>(question, detail, [
      { label: action, value: 'prolong' },
      { label: l10n.t('Switch Back Now'), value: 'back' },
    ]);
    if (answer !== 'back') return answer === 'prolong';
    const ours = this.#of(context, plan);
    if (ours.length === 0) await this.#leftovers.end(context, on);
    await Promise.all(ours.map((running) => this.#stop(running)));
    return false;
  }

  /** Takes the lease over. True when it is on. */
  async #run(context: string, lease: ClusterLease, plan: TemporaryPlan): Promise<boolean> {
    const { notify, clock, history, watched } = this.#options;
    const { kind, deadline } = plan;
    await this.#leftovers.own(context, kind, deadline);
    return notify.run(
      visibleText(l10n.t('{0} in {1}', TEMPORARY_WORDS[kind].subject, context)),
      async (signal, report) => {
        const earlier = this.#of(context, plan);
        const change = new TemporaryChange(lease.kube, plan, {
          clock,
          history,
          onState: (state) => this.#onState(running, state),
          onWritten: (written) => watched.begin(written, () => change.stopWatching()),
          onProgress: ({ message }) => report(message),
        });
        const running: Running = { context, place: plan.change.place, lease, change };
        this.#running.add(running);
        signal.addEventListener('abort', () => void change.stop(), { once: true });
        const { state } = await change.start();
        // The cluster knows one deadline: from now on the new one counts it down.
        if (isOn(state)) for (const one of earlier) this.#forget(one);
        return isOn(state);
      },
    );
  }

  /** What this window counts down of the same kind in the same place. */
  #of(context: string, { kind, change }: TemporaryPlan): readonly Running[] {
    return [...this.#running].filter(
      (one) =>
        one.context === context &&
        one.change.state.kind === kind &&
        one.place.namespace === change.place.namespace &&
        one.place.name === change.place.name &&
        one.place.key === change.place.key,
    );
  }

  async #stop({ change }: Running): Promise<void> {
    const { subject } = TEMPORARY_WORDS[change.state.kind];
    await this.#options.notify.progress(l10n.t('{0}: switching back', subject), () => change.stop());
  }

  #onState(running: Running, state: TemporaryState): void {
    const { notify, propose, restart } = this.#options;
    this.#show();
    switch (state.state) {
      case 'starting':
      case 'reverting':
        return;
      case 'on':
        void notify.info(stateText(state), []);
        return;
      case 'written':
        void notify.guard(this.#tellWritten(running, state));
        return;
      case 'ended':
        this.#forget(running);
        void notify.guard(tellEnd(notify, stateText(state), state.needsRestart, () => restart(running.context)));
        return;
      case 'failed': {
        this.#forget(running);
        this.#leftovers.retry(running.context);
        const problem = state.problem ?? { code: 'temporary-failed', detail: state.message };
        const { proposal } = state;
        const choices = proposal === undefined ? [] : [{ label: l10n.t('Open Without the Lines'), value: proposal }];
        const tell = async (): Promise<void> => {
          const text = await notify.problem(problem, choices);
          if (text !== undefined) await propose(running.context, { place: running.place, proposal: text });
        };
        void notify.guard(tell());
      }
    }
  }

  /** It stands in the cluster, and what replicas run is another question. */
  async #tellWritten(running: Running, state: TemporaryState): Promise<void> {
    const { notify, restart } = this.#options;
    const answer = await notify.warn<'restart' | 'back'>(stateText(state), [
      ...(state.needsRestart === true ? [{ label: l10n.t('Restart CoreDNS'), value: 'restart' as const }] : []),
      { label: l10n.t('Switch Back'), value: 'back' },
    ]);
    if (answer === 'back') await this.#stop(running);
    if (answer === 'restart' && (await restart(running.context))) running.change.restarted();
  }

  #forget(running: Running): void {
    if (this.#running.delete(running)) {
      running.change.dispose();
      running.lease.dispose();
    }
    this.#show();
  }

  #show(): void {
    const on = [...this.#running].filter(({ change }) => isOn(change.state.state));
    clearInterval(this.#ticking);
    this.#ticking = undefined;
    if (on.length === 0 || this.isDisposed) return this.#item.hide();
    const draw = (): void => {
      this.#item.text = on.map(({ change }) => `$(clock) ${countdownText(change.state, Date.now())}`).join(' ');
      this.#item.tooltip = on
        .map(({ change: { state }, context }) =>
          visibleText(
            state.state === 'on'
              ? l10n.t(
                  '{0} in {1} until {2}',
                  TEMPORARY_WORDS[state.kind].state,
                  context,
                  shownTime(Date.parse(state.deadline)),
                )
              : `${context}: ${stateText(state)}`,
          ),
        )
        .concat(l10n.t('Click to switch back now'))
        .join('\n');
      this.#item.accessibilityInformation = { label: this.#item.text.replaceAll('$(clock) ', ''), role: 'button' };
    };
    draw();
    this.#item.show();
    this.#ticking = setInterval(draw, 1000);
  }
}

const isOn = (state: TemporaryState['state']): boolean => state === 'on' || state === 'written';

async function pickMinutes(kind: TemporaryKind): Promise<number | undefined> {
  const items = DURATIONS.map((minutes) => ({
    label: minutes === 60 ? l10n.t('1 hour') : plural(l10n.t('{0} minute|{0} minutes'), minutes),
    minutes,
  }));
  const picked = await vscode.window.showQuickPick(items, {
    title: `DNS: ${TEMPORARY_WORDS[kind].title}`,
    placeHolder: l10n.t('For how long? It is switched back then.'),
  });
  return picked?.minutes;
}
