/**
 * Query log on, cache off: for a while. The clock runs here and in the ConfigMap's annotation, so that what this window
 * leaves behind (a crash, a closed lid) is found again: by the next window of this user, which ends its own work at its
 * time, or by anybody else's, which asks first.
 */
import * as vscode from 'vscode';
import { Disposable } from '../../base/disposable.ts';
import { toProblem } from '../../base/problem.ts';
import { visibleText } from '../../base/visibleText.ts';
import type { CorefileHistory } from '../../session/change/corefileHistory.ts';
import type {
  TemporaryKind,
  TemporaryMark,
  TemporaryPlan,
  TemporaryState,
} from '../../session/change/corefileChangeTypes.ts';
import { planTemporaryChange } from '../../session/change/planTemporaryChange.ts';
import type { Clock } from '../../session/ports.ts';
import { TemporaryChange, endTemporary, findTemporary } from '../../session/change/temporaryChange.ts';
import type { ClusterConnection } from '../cluster/clusterConnection.ts';
import type { ClusterLease } from '../cluster/clusterLeases.ts';
import { type Notifier, sentence } from '../notify.ts';
import { TEMPORARY_WORDS, leftText, shortTime, temporaryQuestion } from './temporaryWords.ts';

export interface TemporaryChangesOptions {
  readonly notify: Notifier;
  readonly log: vscode.LogOutputChannel;
  readonly clock: Clock;
  readonly connection: ClusterConnection;
  readonly memory: vscode.Memento;
  readonly history: CorefileHistory;
  /** Shows a text that the user should check and apply. */
  readonly propose: (context: string, mark: Pick<TemporaryMark, 'place' | 'proposal'>) => Promise<void>;
}

interface Running {
  readonly context: string;
  readonly kind: TemporaryKind;
  readonly deadlineMs: number;
  readonly place: TemporaryMark['place'];
  readonly lease: ClusterLease;
  readonly change: TemporaryChange;
}

const MINUTE_MS = 60_000;
/** The window that switched something comes first. */
const GRACE_MS = 30_000;
const DURATIONS = [1, 5, 15, 30, 60];
/** Marks that this user set, so that a later window may end them without asking. */
const OWN_MARKS = 'dnscope.temporaryMarks';

export class TemporaryChanges extends Disposable {
  readonly #options: TemporaryChangesOptions;
  readonly #running = new Set<Running>();
  readonly #asked = new Set<string>();
  /** When to look at a context again. */
  readonly #looks = new Map<string, NodeJS.Timeout>();
  readonly #item: vscode.StatusBarItem;
  #ticking: NodeJS.Timeout | undefined;

  constructor(options: TemporaryChangesOptions) {
    super();
    this.#options = options;
    this.#item = this._register(
      vscode.window.createStatusBarItem('dnscope.temporary', vscode.StatusBarAlignment.Left, 49),
    );
    this.#item.name = 'DNS: temporary changes';
    this.#item.command = 'dnscope.endTemporary';
    this.#item.backgroundColor = new vscode.ThemeColor('statusBarItem.warningBackground');
    this._register(options.connection.onDidChange(() => void this.#lookForOverdue()));
    this._register({
      dispose: () => {
        clearInterval(this.#ticking);
        for (const timer of this.#looks.values()) clearTimeout(timer);
        for (const { change, lease } of this.#running) {
          change.dispose();
          lease.dispose();
        }
      },
    });
    // This chunk loads because a cluster was opened: that one's change has been told already.
    void this.#lookForOverdue();
  }

  /** Asks for how long, says what will happen, and switches. */
  async start(context: string, kind: TemporaryKind): Promise<boolean> {
    const { notify, clock, connection } = this.#options;
    const minutes = await pickMinutes(kind);
    if (minutes === undefined) return false;
    const lease = await connection.acquire(context);
    let handedOver = false;
    try {
      const plan = await notify.progress('Checking the Corefile', (signal) =>
        planTemporaryChange(lease.kube, { kind, durationMs: minutes * MINUTE_MS }, { nowNs: clock.nowNs() }, signal),
      );
      if (plan === undefined) return false;
      const fatal = plan.change.blockers.find(({ canForce }) => !canForce);
      if (fatal !== undefined) {
        await notify.problem(fatal.problem);
        return false;
      }
      if (plan.steps.length === 0) {
        await notify.info(visibleText(['Nothing to switch', ...plan.cannot.map(sentence)].join('. ')));
        return false;
      }
      const { question, detail } = temporaryQuestion(plan);
      if (!(await notify.confirm(question, detail, TEMPORARY_WORDS[kind].title))) return false;
      handedOver = true;
      return await this.#run(context, lease, plan);
    } finally {
      if (!handedOver) lease.dispose();
    }
  }

  /** Ends everything of this window now. */
  async endAll(): Promise<void> {
    if (this.#running.size === 0) await this.#options.notify.info('No query log or cache is switched by this window');
    await Promise.all(
      [...this.#running].map(({ change, kind }) =>
        this.#options.notify.progress(`${TEMPORARY_WORDS[kind].subject}: switching back`, () => change.stop()),
      ),
    );
  }

  /** Writes back only, for a window that is about to close. */
  async stopQuickly(): Promise<void> {
    await Promise.allSettled([...this.#running].map(({ change }) => change.stop(true)));
  }

  /** Takes the lease over. True when it is on. */
  async #run(context: string, lease: ClusterLease, plan: TemporaryPlan): Promise<boolean> {
    const { notify, clock, history, memory } = this.#options;
    const { kind } = plan;
    await memory.update(OWN_MARKS, [...this.#ownMarks(), ownKey(context, kind, plan.deadline)].slice(-50));
    return notify.run(visibleText(`${TEMPORARY_WORDS[kind].subject} in ${context}`), async (signal, report) => {
      const change = new TemporaryChange(lease.kube, plan, {
        clock,
        history,
        onState: (state) => this.#onState(running, state),
        onProgress: ({ message }) => report(message),
      });
      const { place } = plan.change;
      const running: Running = { context, kind, deadlineMs: Date.parse(plan.deadline), place, lease, change };
      this.#running.add(running);
      signal.addEventListener('abort', () => void change.stop(), { once: true });
      return (await change.start()).state === 'on';
    });
  }

  #onState(running: Running, state: TemporaryState): void {
    const { notify, propose } = this.#options;
    this.#show();
    switch (state.state) {
      case 'starting':
      case 'reverting':
        return;
      case 'on':
        void notify.info(visibleText(state.message), []);
        return;
      case 'ended':
        this.#forget(running);
        void notify.info(visibleText(state.message));
        return;
      case 'failed': {
        this.#forget(running);
        // What could not be switched back is tried again: a lid was open again sooner than its network.
        this.#lookLater(running.context, MINUTE_MS);
        const problem = state.problem ?? { code: 'temporary-failed', detail: state.message };
        const { proposal } = state;
        const choices = proposal === undefined ? [] : [{ label: 'Open Without the Lines', value: proposal }];
        void notify.problem(problem, choices).then(async (text) => {
          if (text !== undefined) await propose(running.context, { place: running.place, proposal: text });
        });
      }
    }
  }

  #forget(running: Running): void {
    if (this.#running.delete(running)) running.lease.dispose();
    this.#show();
  }

  #show(): void {
    const on = [...this.#running].filter(({ change }) => change.state.state === 'on');
    clearInterval(this.#ticking);
    this.#ticking = undefined;
    if (on.length === 0 || this.isDisposed) return this.#item.hide();
    const draw = (): void => {
      this.#item.text = on
        .map(({ kind, deadlineMs }) => `$(clock) ${TEMPORARY_WORDS[kind].short} ${leftText(deadlineMs - Date.now())}`)
        .join(' ');
      this.#item.tooltip = on
        .map(({ kind, context, deadlineMs }) =>
          visibleText(`${TEMPORARY_WORDS[kind].state} in ${context} until ${shortTime(deadlineMs)}`),
        )
        .concat('Click to switch back now')
        .join('\n');
      this.#item.accessibilityInformation = { label: this.#item.text.replaceAll('$(clock) ', ''), role: 'button' };
    };
    draw();
    this.#item.show();
    this.#ticking = setInterval(draw, 1000);
  }

  /** When a cluster is opened: what an earlier window, or somebody else's, has left on. */
  async #lookForOverdue(): Promise<void> {
    const { state } = this.#options.connection;
    if (state.kind !== 'open' || this.#asked.has(state.context)) return;
    this.#asked.add(state.context);
    await this.#look(state.context);
  }

  async #look(context: string): Promise<void> {
    const { connection, clock, log, notify } = this.#options;
    let marks: readonly TemporaryMark[] = [];
    try {
      const lease = await connection.acquire(context);
      try {
        marks = await findTemporary(lease.kube, clock.nowNs());
      } finally {
        lease.dispose();
      }
    } catch (error) {
      // A look that fails tells nothing the tree doesn't say already.
      log.warn(sentence(toProblem(error, 'unexpected')));
      this.#lookLater(context, MINUTE_MS);
    }
    let soonest = Infinity;
    for (const mark of marks) {
      const left = Date.parse(mark.deadline) - Date.now();
      const mine = this.#ownMarks().includes(ownKey(context, mark.kind, mark.deadline));
      const settling = left <= 0 ? notify.guard(this.#settle(context, mark, mine)) : undefined;
      // A question about somebody else's may stand open for long.
      if (mine) await settling;
      if (mine && left > 0) soonest = Math.min(soonest, left);
    }
    // Read anew then: it may have been switched back, or prolonged, by another window.
    if (soonest !== Infinity) this.#lookLater(context, soonest + GRACE_MS);
  }

  #lookLater(context: string, afterMs: number): void {
    if (this.isDisposed) return;
    clearTimeout(this.#looks.get(context));
    const timer = setTimeout(() => {
      this.#looks.delete(context);
      void this.#look(context);
    }, afterMs);
    this.#looks.set(context, timer);
  }

  async #settle(context: string, mark: TemporaryMark, mine: boolean): Promise<void> {
    const { notify, connection, clock, history, propose } = this.#options;
    const words = TEMPORARY_WORDS[mark.kind];
    if (mark.edited) {
      const text = `${words.state} in ${context}, and ${mark.place.key} was edited since, so it is not switched back by itself`;
      const open = [{ label: 'Open Without the Lines', value: true }];
      if ((await notify.warn(visibleText(text), open)) === true) await propose(context, mark);
      return;
    }
    if (!mine) {
      const since = shortTime(Date.parse(mark.deadline));
      const text = `${words.state} in ${context}: it was to end at ${since}, and whoever switched it did not switch it back`;
      if ((await notify.warn(visibleText(text), [{ label: 'Switch Back', value: true }])) !== true) return;
    }
    const lease = await connection.acquire(context);
    try {
      const result = await notify.progress(`${words.subject}: switching back`, (signal, report) =>
        endTemporary(lease.kube, mark, { clock, history, measureMs: 0 }, ({ message }) => report(message), signal),
      );
      if (result !== undefined)
        void notify.info(visibleText(`${words.subject} is as it was before. ${result.message}`));
    } finally {
      lease.dispose();
    }
  }

  #ownMarks(): readonly string[] {
    const kept: unknown = this.#options.memory.get(OWN_MARKS);
    return Array.isArray(kept) ? kept.filter((one): one is string => typeof one === 'string') : [];
  }
}

const ownKey = (context: string, kind: TemporaryKind, deadline: string): string => `${context} ${kind} ${deadline}`;

async function pickMinutes(kind: TemporaryKind): Promise<number | undefined> {
  const items = DURATIONS.map((minutes) => ({
    label: minutes === 1 ? '1 minute' : minutes === 60 ? '1 hour' : `${String(minutes)} minutes`,
    minutes,
  }));
  const picked = await vscode.window.showQuickPick(items, {
    title: `DNS: ${TEMPORARY_WORDS[kind].title}`,
    placeHolder: 'For how long? It is switched back then.',
  });
  return picked?.minutes;
}
