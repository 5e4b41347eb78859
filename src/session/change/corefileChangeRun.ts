import { ProblemError, toProblem, type Problem } from '../../base/problem.ts';
import type { ConfigMap } from '../../core/topology/kubeTypes.ts';
import type {
  ChangeProgress,
  CorefileChangePlan,
  CorefileChangeResult,
  CorefileVersion,
  HealthComparison,
  ReplicaProgress,
  TrialProgress,
  TrialVerdict,
  WrittenChange,
} from './corefileChangeTypes.ts';
import type { CorefileHistory } from './corefileHistory.ts';
import type { PodMetrics } from '../cluster/coreDnsMetrics.ts';
import { compareHealth, rateBetween, type PodHealth } from './errorRate.ts';
import { formatDuration } from '../duration.ts';
import { lastWriter } from './managedCorefile.ts';
import type { Clock, KubeApi } from '../ports.ts';
import { ReplicaWatch, type SeenReplica } from './replicaWatch.ts';
import { planRestart, restartCoreDns } from './restartCoreDns.ts';
import { sleep } from '../sleep.ts';
import { versionOf, writeVersion } from './writeCorefile.ts';

export interface ApplyOptions {
  readonly clock: Clock;
  readonly history?: CorefileHistory;
  /**
   * Pass over the blockers that may be forced and over a refusal by the trial, which `run` then leaves out: who wants to read
   * its verdict first tries before and passes it. Replicas that refuse the text are rolled back all the same.
   */
  readonly force?: boolean;
  /** `run` (default): try the text in a throw-away pod first, where the plan offers it. A verdict: it was tried already. */
  readonly trial?: 'run' | 'skip' | TrialVerdict;
  /** Replace the pods instead of waiting for reload. Needed when the running text has no reload. */
  readonly restart?: boolean;
  /** How long the error rate is measured before the write and after the last replica runs the text. Default 5 s; 0 measures nothing. */
  readonly measureMs?: number;
  /** Patience for the replicas; default one and a half times what the plan expects. */
  readonly deadlineMs?: number;
  readonly onTrial?: (progress: TrialProgress) => void;
  /** Once, when the text stands in the ConfigMap: from here on it may be rolled back, whatever the watching says later. */
  readonly onWritten?: (written: WrittenChange) => void;
}

const POLL_MS = 2_000;
const MEASURE_MS = 5_000;
const RESTART_PATIENCE_MS = 600_000;

type Measured = ReadonlyMap<string, PodMetrics>;

/** One write and all that follows from it. */
export class CorefileChangeRun {
  readonly #kube: KubeApi;
  readonly #plan: CorefileChangePlan;
  readonly #options: ApplyOptions;
  readonly #onProgress: (progress: ChangeProgress) => void;
  readonly #watch: ReplicaWatch;
  #before: { readonly first: Measured; readonly last: Measured } | undefined;
  #rolloutProblem: Problem | undefined;
  #isRolledOut = false;
  /** The last version of which nothing but this change is known to have made the text. */
  #ours: string | undefined;

  constructor(
    kube: KubeApi,
    plan: CorefileChangePlan,
    options: ApplyOptions,
    onProgress: (progress: ChangeProgress) => void,
  ) {
    this.#kube = kube;
    this.#plan = plan;
    this.#options = options;
    this.#onProgress = onProgress;
    this.#watch = new ReplicaWatch(kube, plan.place, plan.replicas, plan.watch, options.clock);
  }

  async run(signal: AbortSignal | undefined): Promise<CorefileChangeResult> {
    const { base, text, annotations, cause, context, watch, reload, removesKey } = this.#plan;
    await this.#measureBefore(signal);
    await this.#watch.setBaseline(signal);
    this.#tell('applying', `Writing ${base.key} of ConfigMap ${base.namespace}/${base.name}`, []);
    const current = await writeVersion(this.#kube, base, removesKey === true ? undefined : text, annotations, signal);
    const ended: WrittenChange = { plan: this.#plan, current, previous: base };
    this.#ours = current.resourceVersion;
    this.#options.onWritten?.(ended);
    await this.#remember(context.server, base, 'seen');
    await this.#remember(context.server, current, cause);
    const isSame = base.text === text && removesKey !== true;
    if (isSame || (watch.oldHash !== undefined && watch.oldHash === watch.newHash)) {
      const replicas = this.#plan.replicas.map((ref): ReplicaProgress => ({
        ...ref,
        state: 'running',
        evidence: 'hash',
        message: 'Nothing to load: only blanks or comments differ',
      }));
      return {
        ...ended,
        kind: 'applied',
        replicas,
        message: 'Written. Only blanks or comments differ, so CoreDNS has nothing to load',
      };
    }
    if (reload.kind === 'restart' && this.#options.restart !== true)
      return { ...ended, kind: 'restart-needed', replicas: [], message: `Written. ${reload.text}` };
    try {
      const seen = await this.#seeThrough(current, signal);
      return seen;
    } catch (error) {
      const problem = toProblem(error, 'watch-failed');
      if (problem.code === 'superseded')
        return { ...ended, kind: 'cancelled', replicas: [], message: problem.detail, problem };
      if (problem.code === 'cancelled')
        return {
          ...ended,
          kind: 'cancelled',
          replicas: [],
          message: 'Written; no longer watching. The replicas load it in their own time',
        };
      return {
        ...ended,
        kind: 'unconfirmed',
        replicas: [],
        message: `Written, but what the replicas do is not known: ${problem.detail}`,
        problem,
      };
    }
  }

  async #seeThrough(current: CorefileVersion, signal: AbortSignal | undefined): Promise<CorefileChangeResult> {
    const ended = { plan: this.#plan, current, previous: this.#plan.base };
    const stopRestart = new AbortController();
    if (this.#options.restart === true) await this.#restart(stopRestart.signal, signal);
    let seen: readonly SeenReplica[];
    try {
      seen = await this.#await(current, signal);
    } finally {
      stopRestart.abort();
    }
    const replicas = seen.map(({ progress }) => progress);
    const refused = replicas.find(({ state }) => state === 'refused');
    const why = refused?.message ?? this.#rolloutProblem?.detail;
    if (why !== undefined) return this.#rollBack(current, replicas, why, signal);
    const health = await this.#compare(seen, signal);
    const withHealth = { ...ended, replicas, ...(health === undefined ? {} : { health }) };
    const present = replicas.filter(({ state }) => state !== 'gone');
    const running = present.filter(({ state }) => state === 'running').length;
    if (present.length > 0 && running === present.length)
      return {
        ...withHealth,
        kind: 'applied',
        message: `${String(running)} of ${String(running)} replicas run the new Corefile`,
      };
    const [problem] = this.#watch.problems;
    return {
      ...withHealth,
      kind: 'unconfirmed',
      message:
        `Written. ${String(running)} of ${String(present.length)} replicas were seen to run it, none was seen to refuse it` +
        (problem === undefined ? '' : `. ${problem.detail}`),
      ...(problem === undefined ? {} : { problem }),
    };
  }

  /** Until every replica is decided, one refuses, or patience ends. */
  async #await(current: CorefileVersion, signal: AbortSignal | undefined): Promise<readonly SeenReplica[]> {
    const { clock } = this.#options;
    const { reload, watch } = this.#plan;
    const began = clock.nowNs();
    const usual = this.#options.restart === true ? RESTART_PATIENCE_MS : reload.kind === 'reload' ? reload.usualMs : 0;
    const patience = this.#options.deadlineMs ?? usual * 1.5;
    for (;;) {
      const seen = await this.#watch.look(watch.newHash, signal);
      const replicas = seen.map(({ progress }) => progress);
      const waitedMs = Number((clock.nowNs() - began) / 1_000_000n);
      const running = replicas.filter(({ state }) => state === 'running').length;
      const present = replicas.filter(({ state }) => state !== 'gone');
      const waiting = present.find(({ state }) => state === 'waiting');
      this.#tell(
        'awaiting',
        `${String(running)} of ${String(present.length)} replicas run the new Corefile` +
          (waiting === undefined
            ? ''
            : `; ${waiting.pod}: ${waiting.message} (${formatDuration(waitedMs)} of about ${formatDuration(usual)})`),
        replicas,
      );
      const decided = !present.some(({ state }) => state === 'waiting' || state === 'unknown');
      // Nothing to be read anywhere: waiting longer tells no more, unless pods are being replaced.
      const isBlind = present.every(({ state }) => state === 'unknown') && this.#options.restart !== true;
      const isRolledOut = this.#options.restart !== true || this.#isRolledOut;
      const failed = this.#rolloutProblem !== undefined || replicas.some(({ state }) => state === 'refused');
      if (failed || (decided && isRolledOut) || isBlind || waitedMs >= patience) return seen;
      // After the look: what was written before a refusal is not taken for ours by having been seen together with it.
      this.#ours = (await this.#readOurs(current, signal))?.resourceVersion ?? this.#ours;
      await sleep(clock, POLL_MS, signal);
    }
  }

  /**
   * What the ConfigMap holds now; `undefined` when it cannot be read.
   * @throws ProblemError `superseded` when another text stands there: what replicas do from then on is no answer to this one
   */
  async #readOurs(current: CorefileVersion, signal?: AbortSignal): Promise<ConfigMap['metadata']> {
    const { namespace, name, key } = current;
    const map = await this.#kube.get('configmaps', namespace, name, signal).catch(() => undefined);
    if (map === undefined) return undefined;
    const now = versionOf(current, map);
    if (now.text === current.text && now.absent === current.absent) return map.metadata;
    const writer = lastWriter(map);
    throw new ProblemError({
      code: 'superseded',
      detail: `Written, and ${key} of ConfigMap ${namespace}/${name} was written again since${writer === undefined ? '' : ` (by ${writer})`}: this text is no longer watched`,
    });
  }

  /** The text stood there all the time since the write, so a refusal is an answer to it. @throws as {@link #readOurs} */
  async #staysOurs(current: CorefileVersion): Promise<boolean> {
    const meta = await this.#readOurs(current);
    return meta === undefined || meta.resourceVersion === this.#ours;
  }

  /** Begins the restart and returns; what goes wrong with it later is in `#rolloutProblem`. */
  async #restart(stop: AbortSignal, signal: AbortSignal | undefined): Promise<void> {
    const plan = await planRestart(this.#kube, signal);
    const tell = ({ message }: { readonly message: string }): void => this.#tell('restarting', message, []);
    restartCoreDns(this.#kube, plan, this.#options.clock, tell, stop, RESTART_PATIENCE_MS).then(
      ({ kind }) => (this.#isRolledOut = kind === 'done'),
      (error: unknown) => (this.#rolloutProblem = toProblem(error, 'rollout-failed')),
    );
  }

  async #rollBack(
    current: CorefileVersion,
    replicas: readonly ReplicaProgress[],
    why: string,
    signal: AbortSignal | undefined,
  ): Promise<CorefileChangeResult> {
    const { base, annotationsBefore, context, watch } = this.#plan;
    if (!(await this.#staysOurs(current))) {
      const { namespace, name } = base;
      const detail = `A replica refused a text, but ConfigMap ${namespace}/${name} was written by others since: whether it refused this one is not known, so nothing was put back`;
      const recover = 'Look at the present text; roll back where it is the one that was refused';
      const problem = { code: 'conflict', detail, recover };
      return {
        plan: this.#plan,
        current,
        previous: base,
        replicas,
        kind: 'refused',
        message: `${detail}. ${why}`,
        problem,
      };
    }
    this.#tell('rolling-back', `Putting the previous text back: ${why}`, replicas);
    const ended = { plan: this.#plan, previous: base, replicas };
    const loaded = new Set(replicas.filter(({ state }) => state === 'running').map(({ pod }) => pod));
    try {
      await this.#watch.setBaseline();
      // Not with the caller's signal: a refused text must not stay because somebody stopped watching.
      const back = await writeVersion(
        this.#kube,
        current,
        base.absent === true ? undefined : base.text,
        annotationsBefore,
      );
      await this.#remember(context.server, back, 'automatic-rollback');
      // Pods that fall over on the refused text start with the old one by themselves: nothing has to be replaced again.
      const waited = loaded.size > 0 ? await this.#awaitOld(watch.oldHash, loaded, signal) : '';
      return {
        ...ended,
        kind: 'rolled-back',
        current: back,
        message: `The previous text was put back${waited}. ${why}`,
      };
    } catch (error) {
      const problem = toProblem(error, 'rollback-failed');
      if (problem.code === 'cancelled')
        return { ...ended, kind: 'rolled-back', current, message: `The previous text was put back. ${why}` };
      return {
        ...ended,
        kind: 'refused',
        current,
        message: `A replica refuses the text, and the previous one could not be put back: ${problem.detail}. ${why}`,
        problem,
      };
    }
  }

  /** Replicas that had taken the new text have to load the old one again; those that refused it never left it. */
  async #awaitOld(
    expected: string | undefined,
    loaded: ReadonlySet<string>,
    signal: AbortSignal | undefined,
  ): Promise<string> {
    const { clock } = this.#options;
    const { reload } = this.#plan;
    const patience = this.#options.deadlineMs ?? (reload.kind === 'reload' ? reload.usualMs * 1.5 : 0);
    for (let waited = 0; ; waited += POLL_MS) {
      const seen = (await this.#watch.look(expected, signal)).filter(({ ref }) => loaded.has(ref.pod));
      const open = seen.filter(({ progress }) => progress.state === 'waiting' || progress.state === 'unknown');
      if (open.length === 0) return ', and every replica runs it';
      if (waited >= patience)
        return `; ${String(open.length)} of the replicas that had loaded the new one were not yet seen to follow`;
      this.#tell(
        'rolling-back',
        `Waiting for ${String(open.length)} replicas to load the previous text`,
        seen.map(({ progress }) => progress),
      );
      await sleep(clock, POLL_MS, signal);
    }
  }

  async #measureBefore(signal: AbortSignal | undefined): Promise<void> {
    const { clock, measureMs = MEASURE_MS } = this.#options;
    if (measureMs === 0 || this.#plan.watch.metricsPorts.length === 0) return;
    this.#tell('measuring', 'Measuring the error rate before the change', []);
    const first = await this.#watch.measure(signal);
    if (first.size === 0) return;
    await sleep(clock, measureMs, signal);
    this.#before = { first, last: await this.#watch.measure(signal) };
  }

  async #compare(seen: readonly SeenReplica[], signal: AbortSignal | undefined): Promise<HealthComparison | undefined> {
    const { clock, measureMs = MEASURE_MS } = this.#options;
    const replicas = seen.map(({ progress }) => progress);
    if (measureMs === 0) return undefined;
    this.#tell('comparing', 'Measuring the error rate after the change', replicas);
    const first = new Map(
      seen.flatMap(({ ref, metrics }) => (metrics === undefined ? [] : [[ref.pod, metrics] as const])),
    );
    if (first.size > 0) await sleep(clock, measureMs, signal);
    const last = await this.#watch.look(this.#plan.watch.newHash, signal);
    const pods = last.map(({ ref, ready, isNew, restarted, metrics, progress }): PodHealth => {
      const before = rateOf(this.#before?.first.get(ref.pod), this.#before?.last.get(ref.pod));
      const after = rateOf(first.get(ref.pod), metrics);
      return {
        pod: ref.pod,
        state: progress.state === 'gone' ? 'lost' : isNew ? 'new' : restarted ? 'restarted' : 'same',
        ready,
        ...(before === undefined ? {} : { before }),
        ...(after === undefined ? {} : { after }),
      };
    });
    return compareHealth(pods, this.#plan.replicas.length);
  }

  async #remember(server: string, version: CorefileVersion, cause: CorefileChangePlan['cause']): Promise<void> {
    await this.#options.history?.add(server, version, cause, this.#options.clock.nowNs());
  }

  #tell(phase: ChangeProgress['phase'], message: string, replicas: readonly ReplicaProgress[]): void {
    this.#onProgress({ phase, message, replicas });
  }
}

function rateOf(before: PodMetrics | undefined, after: PodMetrics | undefined): ReturnType<typeof rateBetween> {
  return before === undefined || after === undefined ? undefined : rateBetween(before, after);
}
