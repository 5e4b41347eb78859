/**
 * Temporary changes that no window counts down any more (a crash, a closed lid), found in the annotation of the ConfigMap:
 * what this user set is ended at its time, anybody else's is asked about first.
 */
import * as l10n from '@vscode/l10n';
import * as vscode from 'vscode';
import { Disposable } from '../../base/disposable.ts';
import { toProblem } from '../../base/problem.ts';
import { visibleText } from '../../base/visibleText.ts';
import type { TemporaryKind, TemporaryMark, WrittenChange } from '../../session/change/corefileChangeTypes.ts';
import type { CorefileHistory } from '../../session/change/corefileHistory.ts';
import { endTemporary, findTemporary, temporaryEnd } from '../../session/change/temporaryChange.ts';
import type { Clock } from '../../session/ports.ts';
import type { ClusterConnection } from '../cluster/clusterConnection.ts';
import { type Notifier, sentence } from '../notify.ts';
import { TEMPORARY_WORDS, shownTime } from './temporaryWords.ts';
import type { WatchedChanges } from './watchedChanges.ts';
import type { Log } from '../log.ts';

export interface TemporaryChangesOptions {
  readonly notify: Notifier;
  readonly log: Log;
  readonly clock: Clock;
  readonly connection: ClusterConnection;
  readonly memory: vscode.Memento;
  readonly history: CorefileHistory;
  readonly watched: WatchedChanges;
  /** Shows a text that the user should check and apply. */
  readonly propose: (context: string, mark: Pick<TemporaryMark, 'place' | 'proposal'>) => Promise<void>;
  readonly restart: (context: string) => Promise<boolean>;
}

/** The window that switched something comes first. */
const GRACE_MS = 30_000;
const RETRY_MS = 60_000;
/** Timers stand still while the machine sleeps: what is due is looked for this often, and when the window gets the focus. */
const PULSE_MS = 20_000;
/** Marks that this user set, so that a later window may end them without asking. */
const OWN_MARKS = 'dnscope.temporaryMarks';

export class TemporaryLeftovers extends Disposable {
  readonly #options: TemporaryChangesOptions;
  readonly #asked = new Set<string>();
  /** When to look at a context again, epoch milliseconds. */
  readonly #due = new Map<string, number>();

  constructor(options: TemporaryChangesOptions) {
    super();
    this.#options = options;
    this._register(options.connection.onDidChange(() => void this.#lookAtOpened()));
    const pulse = setInterval(() => this.lookAtDue(), PULSE_MS);
    this._register({ dispose: () => clearInterval(pulse) });
    this._register(
      vscode.window.onDidChangeWindowState(({ focused }) => {
        if (focused) this.lookAtDue();
      }),
    );
    // This chunk loads because a cluster was opened: that one's change has been told already.
    void this.#lookAtOpened();
  }

  lookAtDue(): void {
    for (const [context, at] of this.#due) {
      if (at > Date.now()) continue;
      this.#due.delete(context);
      void this.#look(context);
    }
  }

  /** After something could not be switched back: a lid was open again sooner than its network. */
  retry(context: string): void {
    this.#lookLater(context, RETRY_MS);
  }

  /** Before it is set. */
  async own(context: string, kind: TemporaryKind, deadline: string): Promise<void> {
    await this.#options.memory.update(OWN_MARKS, [...this.#ownMarks(), ownKey(context, kind, deadline)].slice(-50));
  }

  /** Takes back what is in the cluster; a text that was edited since is only shown. */
  async end(context: string, mark: TemporaryMark): Promise<void> {
    const { notify, connection, clock, history, watched, propose, restart } = this.#options;
    const words = TEMPORARY_WORDS[mark.kind];
    if (mark.edited) {
      const text = l10n.t(
        '{0} in {1}, and {2} was edited since, so it is not switched back by itself',
        words.state,
        context,
        mark.place.key,
      );
      const open = [{ label: l10n.t('Open Without the Lines'), value: true }];
      if ((await notify.warn(visibleText(text), open)) === true) await propose(context, mark);
      return;
    }
    const lease = await connection.acquire(context);
    try {
      const watching = new AbortController();
      const onWritten = (written: WrittenChange): void => watched.begin(written, () => watching.abort());
      const options = { clock, history, onWritten, measureMs: 0 };
      const result = await notify.progress(l10n.t('{0}: switching back', words.subject), (signal, report) =>
        endTemporary(
          lease.kube,
          mark,
          options,
          ({ message }) => report(message),
          AbortSignal.any([signal, watching.signal]),
        ),
      );
      if (result === undefined) return;
      const { state, message, needsRestart, problem } = temporaryEnd(mark.kind, result);
      if (state === 'failed') void notify.problem(problem ?? { code: 'temporary-failed', detail: message });
      else void notify.guard(tellEnd(notify, visibleText(message), needsRestart, () => restart(context)));
    } finally {
      lease.dispose();
    }
  }

  /** What an earlier window, or somebody else's, has left on. */
  async #lookAtOpened(): Promise<void> {
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
      this.#lookLater(context, RETRY_MS);
    }
    let soonest = Infinity;
    for (const mark of marks) {
      const mine = this.#ownMarks().includes(ownKey(context, mark.kind, mark.deadline));
      const settling = mark.overdue ? notify.guard(this.#settle(context, mark, mine)) : undefined;
      // A question about somebody else's may stand open for long.
      if (mine) await settling;
      if (mine && !mark.overdue) soonest = Math.min(soonest, Date.parse(mark.deadline) - Date.now());
    }
    // Read anew then: it may have been switched back, or prolonged, by another window.
    if (soonest !== Infinity) this.#lookLater(context, soonest + GRACE_MS);
  }

  #lookLater(context: string, afterMs: number): void {
    this.#due.set(context, Date.now() + afterMs);
  }

  async #settle(context: string, mark: TemporaryMark, mine: boolean): Promise<void> {
    if (!mine && !mark.edited) {
      const since = shownTime(Date.parse(mark.deadline));
      const text = l10n.t(
        '{0} in {1}: it was to end at {2}, and whoever switched it did not switch it back',
        TEMPORARY_WORDS[mark.kind].state,
        context,
        since,
      );
      const back = [{ label: l10n.t('Switch Back'), value: true }];
      if ((await this.#options.notify.warn(visibleText(text), back)) !== true) return;
    }
    await this.end(context, mark);
  }

  #ownMarks(): readonly string[] {
    const kept: unknown = this.#options.memory.get(OWN_MARKS);
    return Array.isArray(kept) ? kept.filter((one): one is string => typeof one === 'string') : [];
  }
}

/** What the replicas go on doing until they are restarted comes with the way to restart them. */
export async function tellEnd(
  notify: Notifier,
  text: string,
  needsRestart: boolean | undefined,
  restart: () => Promise<boolean>,
): Promise<void> {
  if (needsRestart !== true) return void (await notify.info(text));
  if ((await notify.warn(text, [{ label: l10n.t('Restart CoreDNS'), value: true }])) === true) await restart();
}

const ownKey = (context: string, kind: TemporaryKind, deadline: string): string => `${context} ${kind} ${deadline}`;
