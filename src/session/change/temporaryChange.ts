/**
 * Query log on or cache off for a while. Crash-safe as far as a program outside the cluster can be: the ConfigMap's annotation
 * says what is on until when, so any later session sees and ends it. What ends it: the time, `stop`, the next session.
 * Invariant: a text that somebody edited since is never overwritten; then the state is `failed` with `conflict` and a proposal.
 */
import type { DisposableLike } from '../../base/disposable.ts';
import { ProblemError, toProblem, type Problem } from '../../base/problem.ts';
import { applyCorefileChange, type ApplyOptions } from './changeCorefile.ts';
import type {
  ChangeProgress,
  CorefileChangeResult,
  TemporaryKind,
  TemporaryMark,
  TemporaryPlan,
  TemporaryState,
} from './corefileChangeTypes.ts';
import { DNS_NAMESPACES } from '../cluster/coreDns.ts';
import { planCorefileChange } from './planCorefileChange.ts';
import { OVERRIDE_KEY } from './planTemporaryChange.ts';
import type { KubeApi } from '../ports.ts';
import { nextAnnotation, readEntries, TEMPORARY_ANNOTATION, temporaryMarks } from './temporaryMark.ts';
import { versionOf, writeVersion } from './writeCorefile.ts';

const NAMES = { 'query-log': 'The query log', 'cache-off': 'The cache' } as const;
const SWITCHED = { 'query-log': 'on', 'cache-off': 'off' } as const;
/** Timers stand still while the machine sleeps: the clock is looked at this often. */
const CHECK_MS = 30_000;

export interface TemporaryOptions extends ApplyOptions {
  readonly onState: (state: TemporaryState) => void;
  readonly onProgress?: (progress: ChangeProgress) => void;
}

/** One temporary change, from its start to its end. */
export class TemporaryChange implements DisposableLike {
  readonly #kube: KubeApi;
  readonly #plan: TemporaryPlan;
  readonly #options: TemporaryOptions;
  readonly #starting = new AbortController();
  /** Of the replicas, after the last write. */
  #watching = new AbortController();
  #deadline: string;
  #timer: DisposableLike | undefined;
  #isLooking = false;
  #ending: Promise<TemporaryState> | undefined;
  #state: TemporaryState;
  #started: Promise<TemporaryState> | undefined;

  constructor(kube: KubeApi, plan: TemporaryPlan, options: TemporaryOptions) {
    this.#kube = kube;
    this.#plan = plan;
    this.#options = options;
    this.#deadline = plan.deadline;
    this.#state = this.#make('starting', `${NAMES[plan.kind]}: being switched`);
  }

  get state(): TemporaryState {
    return this.#state;
  }

  /** Applies the change and begins the countdown. Never rejects: what went wrong is in the state. */
  start(): Promise<TemporaryState> {
    this.#started ??= this.#start();
    return this.#started;
  }

  /**
   * Takes it back now. Never rejects.
   * @param quick only write, do not watch the replicas: for a program that is about to end
   */
  stop(quick = false): Promise<TemporaryState> {
    this.#ending ??= this.#end(quick);
    return this.#ending;
  }

  /** Looks at the clock. It does so by itself as well; a machine that just woke up need not wait for that. */
  check(): void {
    if (!this.#isCounting()) return;
    if (this.#leftMs() > 0) this.#arm();
    else void this.#onDeadline();
  }

  /** After a later write for the same replicas: what they do from now on is no answer to this one. It still ends at its time. */
  stopWatching(): void {
    this.#watching.abort();
  }

  /** All replicas were replaced since the write. */
  restarted(): void {
    const { kind } = this.#plan;
    if (this.#state.state === 'written')
      this.#set('on', `${NAMES[kind]} is ${SWITCHED[kind]}: CoreDNS was restarted with it`);
  }

  /** Ends the countdown and leaves the cluster as it is: the annotation stays for the next session. Call `stop` to take it back. */
  dispose(): void {
    this.#timer?.dispose();
    this.#starting.abort();
  }

  async #start(): Promise<TemporaryState> {
    const { kind, change, on } = this.#plan;
    this.#options.onState(this.#state);
    try {
      const result = await applyCorefileChange(
        this.#kube,
        change,
        { measureMs: 0, ...this.#options },
        (progress) => this.#options.onProgress?.(progress),
        AbortSignal.any([this.#starting.signal, this.#watching.signal]),
      );
      if (result.kind === 'rolled-back' || result.kind === 'refused')
        return this.#set('failed', result.message, { problem: { code: 'corefile-refused', detail: result.message } });
      if (this.#ending !== undefined || this.#starting.signal.aborted) return this.#state;
      const name = NAMES[kind];
      this.#arm();
      if (result.kind === 'restart-needed')
        return this.#set('written', `${name} is not ${SWITCHED[kind]} yet. ${result.message}`, { needsRestart: true });
      if (result.kind !== 'applied' && result.kind !== 'unchanged')
        return this.#set(
          'written',
          `Whether ${name.toLowerCase()} is ${SWITCHED[kind]} is not known. ${result.message}`,
        );
      const stays = on !== undefined && change.text === change.base.text;
      return this.#set(
        'on',
        stays ? `${name} stays ${SWITCHED[kind]}` : `${name} is ${SWITCHED[kind]}. ${result.message}`,
      );
    } catch (error) {
      const problem = toProblem(error, 'temporary-failed');
      // Stopped on the way: what became of it is told by the end.
      if (this.#ending !== undefined && problem.code === 'cancelled') return this.#state;
      return this.#set('failed', problem.detail, { problem });
    }
  }

  #isCounting(): boolean {
    const { state } = this.#state;
    return (state === 'on' || state === 'written') && this.#ending === undefined && !this.#starting.signal.aborted;
  }

  #leftMs(): number {
    return Date.parse(this.#deadline) - Number(this.#options.clock.nowNs() / 1_000_000n);
  }

  #arm(): void {
    this.#timer?.dispose();
    const after = Math.min(Math.max(this.#leftMs(), 0), CHECK_MS);
    this.#timer = this.#options.clock.after(after, () => this.check());
  }

  /** Somebody may have prolonged it meanwhile: what stands in the cluster counts. */
  async #onDeadline(): Promise<void> {
    if (this.#isLooking) return;
    this.#isLooking = true;
    const mark = await this.#readMark().catch(() => undefined);
    this.#isLooking = false;
    if (!this.#isCounting()) return;
    if (mark === undefined || Date.parse(mark.deadline) <= Date.parse(this.#deadline)) return void this.stop();
    this.#deadline = mark.deadline;
    this.#arm();
    this.#set(this.#state.state, `${NAMES[mark.kind]} was prolonged elsewhere`, this.#state);
  }

  async #readMark(): Promise<TemporaryMark | undefined> {
    const { kind, change } = this.#plan;
    const map = await this.#kube.get('configmaps', change.place.namespace, change.place.name);
    return temporaryMarks(map, this.#options.clock.nowNs()).find(
      (one) => one.kind === kind && one.place.key === change.place.key,
    );
  }

  async #end(quick: boolean): Promise<TemporaryState> {
    this.#timer?.dispose();
    // A start that is still trying or waiting: written or not, what stands in the cluster decides below.
    this.#starting.abort();
    await this.#started;
    const { kind } = this.#plan;
    this.#set('reverting', `${NAMES[kind]}: being switched back`);
    try {
      const mark = await this.#readMark();
      if (mark === undefined) return this.#set('ended', `${NAMES[kind]} is as it was before`);
      if (mark.edited)
        return this.#set('failed', editedProblem(mark).detail, {
          problem: editedProblem(mark),
          proposal: mark.proposal,
        });
      if (quick) return this.#set('ended', await endTemporaryQuickly(this.#kube, mark));
      this.#watching = new AbortController();
      const result = await endTemporary(
        this.#kube,
        mark,
        { measureMs: 0, ...this.#options },
        (progress) => this.#options.onProgress?.(progress),
        this.#watching.signal,
      );
      const { state, message, ...more } = temporaryEnd(kind, result);
      return this.#set(state, message, more);
    } catch (error) {
      const problem = toProblem(error, 'temporary-failed');
      return this.#set('failed', `${NAMES[kind]} could not be switched back: ${problem.detail}`, { problem });
    }
  }

  #make(state: TemporaryState['state'], message: string): TemporaryState {
    return { kind: this.#plan.kind, state, deadline: this.#deadline, message };
  }

  #set(
    state: TemporaryState['state'],
    message: string,
    { problem, proposal, needsRestart }: Pick<TemporaryState, 'problem' | 'proposal' | 'needsRestart'> = {},
  ): TemporaryState {
    this.#state = {
      ...this.#make(state, message),
      ...(problem === undefined ? {} : { problem }),
      ...(proposal === undefined ? {} : { proposal }),
      ...(needsRestart === undefined ? {} : { needsRestart }),
    };
    this.#options.onState(this.#state);
    return this.#state;
  }
}

/** How the way back came out: the ConfigMap is one thing, what replicas run another. */
export function temporaryEnd(
  kind: TemporaryKind,
  result: CorefileChangeResult,
): Pick<TemporaryState, 'message' | 'needsRestart' | 'problem'> & { readonly state: 'ended' | 'failed' } {
  const { message } = result;
  switch (result.kind) {
    case 'applied':
    case 'unchanged':
      return { state: 'ended', message: `${NAMES[kind]} is as it was before. ${message}` };
    case 'restart-needed':
      return { state: 'ended', message: `The text is as it was before. ${message}`, needsRestart: true };
    case 'unconfirmed':
    case 'cancelled':
      return { state: 'ended', message: `The text is as it was before. ${message}` };
    case 'rolled-back':
    case 'refused': {
      const detail = `${NAMES[kind]} could not be switched back. ${message}`;
      return { state: 'failed', message: detail, problem: { code: 'corefile-refused', detail } };
    }
  }
}

function editedProblem({ kind, place }: TemporaryMark): Problem {
  return {
    code: 'conflict',
    detail: `${place.key} of ConfigMap ${place.namespace}/${place.name} was edited since ${NAMES[kind].toLowerCase()} was switched for a while, so it is not switched back by itself`,
    recover: 'Open the present text without the temporary lines, check it and apply it',
  };
}

/** Temporary changes that are on in the cluster's DNS namespaces, ours or another's. What may not be read has none. */
export async function findTemporary(
  kube: KubeApi,
  nowNs: bigint,
  signal?: AbortSignal,
): Promise<readonly TemporaryMark[]> {
  const found: TemporaryMark[] = [];
  for (const namespace of DNS_NAMESPACES) {
    try {
      const maps = await kube.list('configmaps', { namespace }, signal);
      found.push(...maps.flatMap((map) => temporaryMarks(map, nowNs)));
    } catch (error) {
      const { code } = toProblem(error, 'kube-failed');
      if (code !== 'forbidden' && code !== 'not-found') throw error;
    }
  }
  return found;
}

/**
 * Takes a temporary change back and watches the replicas.
 * @throws ProblemError `conflict` when somebody edited the text since, `not-found` when it is gone already, and as `applyCorefileChange`
 */
export async function endTemporary(
  kube: KubeApi,
  mark: TemporaryMark,
  options: ApplyOptions,
  onProgress: (progress: ChangeProgress) => void,
  signal?: AbortSignal,
): Promise<CorefileChangeResult> {
  const { base, text, annotations } = await revertOf(kube, mark, signal);
  const plan = await planCorefileChange(
    kube,
    { place: mark.place, text: text ?? '', base, annotations, cause: 'temporary-end' },
    { nowNs: options.clock.nowNs() },
    signal,
  );
  // The text ran before: nothing that lint says of it is a reason to keep the temporary one.
  const forced: ApplyOptions = { ...options, force: true };
  const { reload, watch } = plan;
  const back = {
    ...plan,
    ...(text === undefined ? { removesKey: true as const } : {}),
    ...(reload.kind === 'reload' ? { watch: { ...watch, settleMs: reload.usualMs } } : {}),
  };
  return applyCorefileChange(kube, back, forced, onProgress, signal);
}

/** Writes only. Says what is true then. */
async function endTemporaryQuickly(kube: KubeApi, mark: TemporaryMark, signal?: AbortSignal): Promise<string> {
  const { base, text, annotations } = await revertOf(kube, mark, signal);
  await writeVersion(kube, base, text, annotations, signal);
  return 'The text is as it was before. The replicas load it in their own time';
}

async function revertOf(
  kube: KubeApi,
  { kind, place }: TemporaryMark,
  signal: AbortSignal | undefined,
): Promise<{
  readonly base: ReturnType<typeof versionOf>;
  readonly text: string | undefined;
  readonly annotations: Readonly<Record<string, string | undefined>>;
}> {
  const map = await kube.get('configmaps', place.namespace, place.name, signal);
  const mark = temporaryMarks(map, 0n).find((one) => one.kind === kind && one.place.key === place.key);
  if (mark === undefined)
    throw new ProblemError({ code: 'not-found', detail: `${NAMES[kind]} was switched back already` });
  if (mark.edited) throw new ProblemError(editedProblem(mark));
  const { proposal } = mark;
  const annotation = nextAnnotation(readEntries(map), { kind, key: place.key, text: proposal }, undefined);
  return {
    base: versionOf(place, map),
    text: place.key === OVERRIDE_KEY && proposal.trim() === '' ? undefined : proposal,
    annotations: { [TEMPORARY_ANNOTATION]: annotation },
  };
}
