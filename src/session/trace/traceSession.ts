import { Disposable, type DisposableLike, toDisposable } from '../../base/disposable.ts';
import { Emitter, type Event } from '../../base/event.ts';
import { ProblemError, toProblem, type Problem } from '../../base/problem.ts';
import type { Pod } from '../../core/topology/kubeTypes.ts';
import type { VantageId } from '../../core/trace/vantage.ts';
import { describeAftermath } from './aftermath.ts';
import { CaptureRunner } from './captureRunner.ts';
import type { OpenCapture } from './capturePort.ts';
import type { ClusterModel } from '../cluster/clusterModel.ts';
import { podKey, podRunning } from '../cluster/coreDns.ts';
import { formatDuration } from '../duration.ts';
import { DEFAULT_MAX_DURATION_MS } from './planCapture.ts';
import { planFollowUp } from './planTrace.ts';
import type { Clock, KubeApi, TraceSink } from '../ports.ts';
import type { Aftermath, PlannedCapture, TracePlan, TraceState, TraceStatus } from './traceTypes.ts';

const TICK_MS = 200;

export interface TraceSessionOptions {
  readonly kube: KubeApi;
  /** A plan without problems that the user agreed to. */
  readonly plan: TracePlan;
  readonly sink: TraceSink;
  readonly clock: Clock;
  readonly openCapture: OpenCapture;
  /** Started model of the same cluster; the session follows pods in it and feeds its topology to the sink. Not disposed here. */
  readonly cluster: ClusterModel;
}

/** One live trace. `start` once, `stop` when enough was seen; events tell the rest. */
export class TraceSession extends Disposable {
  readonly #options: TraceSessionOptions;
  readonly #changed = this._register(new Emitter<TraceStatus>());
  readonly #runners = new Map<string, CaptureRunner>();
  readonly #problems = new Map<string, Problem>();
  readonly #following = new Set<string>();
  readonly #abort = new AbortController();
  /** Whose NodeLocal pod the user agreed to watch. */
  readonly #nodesWithNodeLocal: ReadonlySet<string | undefined>;
  #state: TraceState = 'idle';
  #startedNs: bigint | undefined;
  #aftermath: Aftermath | undefined;
  #stopping: Promise<Aftermath> | undefined;
  #ticker: DisposableLike | undefined;
  #timeLimit: DisposableLike | undefined;
  #unwatched: readonly string[] = [];
  #settleEnded: (status: TraceStatus) => void = () => undefined;

  /** Any change of the status; not throttled, a few a second. */
  readonly onDidChange: Event<TraceStatus> = this.#changed.event;
  /** Settles when the trace is over for whatever reason (stopped, its time is up, the pod is gone, failed). Never rejects. */
  readonly ended: Promise<TraceStatus>;

  constructor(options: TraceSessionOptions) {
    super();
    this.#options = options;
    const nodeLocal = options.plan.captures.filter(({ vantage }) => vantage.role === 'nodelocal');
    this.#nodesWithNodeLocal = new Set(nodeLocal.map(({ vantage }) => vantage.node));
    this.ended = new Promise((resolve) => (this.#settleEnded = resolve));
    this._register(toDisposable(() => this.#drop()));
  }

  get status(): TraceStatus {
    const { plan } = this.#options;
    const captures = [...this.#runners.values()].map((runner) => runner.status);
    return {
      state: this.#state,
      title: plan.title,
      context: plan.context,
      ...(this.#startedNs === undefined ? {} : { startedNs: this.#startedNs }),
      captures,
      dropped: captures.reduce((sum, capture) => sum + capture.dropped, 0),
      gaps: captures.reduce((sum, capture) => sum + capture.gaps, 0),
      unwatched: this.#unwatched,
      problems: [...this.#problems.values()],
      ...(this.#aftermath === undefined ? {} : { aftermath: this.#aftermath }),
    };
  }

  /** Resolves when the first target is seen; rejects (ProblemError) when none could be, after ending what had started. */
  async start(): Promise<void> {
    const { plan, sink, cluster } = this.#options;
    const [refused] = plan.problems;
    if (this.#state !== 'idle' || refused !== undefined || plan.captures.length === 0) {
      throw new ProblemError(
        refused ?? { code: 'trace-not-startable', detail: 'This plan captures nothing or was started before' },
      );
    }
    this.#move('starting');
    for (const { name, problem } of plan.unwatched)
      this.#note({ ...problem, detail: `${name} is not watched: ${problem.detail}` });
    sink.setTopology(cluster.topology);
    this._register(cluster.onDidChange(() => this.#onCluster()));
    for (const capture of plan.captures) this.#add(capture);
    this.#onCluster();
    this.#tick();
    const runners = [...this.#runners.values()];
    const targets = runners.filter((runner) => this.#isTarget(runner));
    const firsts = (targets.length > 0 ? targets : runners).map((runner) => runner.firstRun);
    const problem = await anyRuns(firsts);
    if (problem !== undefined && this.#stopping === undefined) {
      await this.#end('failed');
      throw new ProblemError(problem);
    }
    if (problem !== undefined) throw new ProblemError(problem);
    this.#startedNs = this.#options.clock.nowNs();
    const longest = plan.request.maxDurationMs ?? DEFAULT_MAX_DURATION_MS;
    this.#timeLimit = this.#options.clock.after(longest, () => {
      this.#note({ code: 'trace-time-up', detail: `The trace ended by itself after ${formatDuration(longest)}` });
      void this.stop();
    });
    this.#refresh();
  }

  /** Ends all captures and containers. Always resolves, within 20 s; a second call gives the same result. */
  stop(): Promise<Aftermath> {
    return this.#end('ended');
  }

  #end(state: 'ended' | 'failed'): Promise<Aftermath> {
    this.#stopping ??= this.#stop(state);
    return this.#stopping;
  }

  async #stop(state: 'ended' | 'failed'): Promise<Aftermath> {
    this.#move('stopping');
    const results = await Promise.all(
      [...this.#runners.values()].map(async (runner) => ({ runner, result: await runner.stop() })),
    );
    const { clock, plan } = this.#options;
    this.#options.sink.tick(clock.nowNs());
    this.#aftermath = describeAftermath(results, plan.request, clock.nowNs());
    this.#over(state);
    return this.#aftermath;
  }

  #over(state: 'ended' | 'failed'): void {
    this.#abort.abort();
    this.#ticker?.dispose();
    this.#timeLimit?.dispose();
    this.#move(state);
    this.#settleEnded(this.status);
  }

  #drop(): void {
    for (const runner of this.#runners.values()) runner.abort();
    if (this.#state !== 'ended' && this.#state !== 'failed') this.#over('ended');
  }

  #add(planned: PlannedCapture): void {
    const { kube, sink, clock, openCapture, plan } = this.#options;
    const runner = new CaptureRunner(this.#runners.size as VantageId, planned, {
      kube,
      sink,
      clock,
      openCapture,
      request: plan.request,
      onChange: () => this.#refresh(),
    });
    this.#runners.set(`${runner.name} ${planned.uid ?? ''}`, runner);
    void runner.over.then(() => this.#onRunnerOver(runner));
    runner.start();
  }

  #isTarget(runner: CaptureRunner): boolean {
    return this.#options.plan.targets.some((target) => podKey(target.namespace, target.pod) === runner.name);
  }

  #onRunnerOver(runner: CaptureRunner): void {
    const { problem } = runner.status;
    if (problem !== undefined)
      this.#note(
        problem.detail.includes(runner.name) ? problem : { ...problem, detail: `${runner.name}: ${problem.detail}` },
      );
    if (this.#stopping !== undefined || this.#startedNs === undefined) return;
    // CoreDNS alone may be the target: then its replacements count as well.
    const left = [...this.#runners.values()].filter((one) => !isOver(one) && (this.#followsDns || this.#isTarget(one)));
    if (left.length === 0 && this.#following.size === 0) void this.#end('ended');
    else this.#refresh();
  }

  get #followsDns(): boolean {
    return this.#options.plan.request.target.kind === 'coredns';
  }

  /** The cluster changed: tell the engine, drop captures of pods that are gone, follow CoreDNS and NodeLocal pods that are new. */
  #onCluster(): void {
    const { cluster, sink, plan } = this.#options;
    if (this.#stopping !== undefined || this.isDisposed) return;
    if (cluster.isReady) sink.setTopology(cluster.topology);
    for (const runner of this.#runners.values()) {
      if (isOver(runner) || !cluster.knowsPodsOf(runner.planned.namespace)) continue;
      const pod = cluster.pod(runner.planned.namespace, runner.planned.pod);
      if (pod === undefined || (runner.planned.uid !== undefined && pod.metadata?.uid !== runner.planned.uid))
        runner.podGone();
    }
    if (plan.request.watchCoreDns !== false && cluster.isReady) {
      for (const pod of cluster.discovery?.pods ?? []) if (podRunning(pod)) this.#follow(pod);
      for (const pod of cluster.discovery?.nodeLocalPods ?? [])
        if (podRunning(pod) && this.#nodesWithNodeLocal.has(pod.spec?.nodeName)) this.#follow(pod);
    }
    this.#refresh();
  }

  #follow(pod: Pod): void {
    const name = podKey(pod.metadata?.namespace, pod.metadata?.name);
    const key = `${name} ${pod.metadata?.uid ?? ''}`;
    const { kube, plan, clock } = this.#options;
    const refused = plan.unwatched.some((hop) => hop.name === name || hop.name === 'CoreDNS');
    if (refused || this.#runners.has(key) || this.#following.has(key) || this.#problems.has(`follow ${key}`)) return;
    this.#following.add(key);
    planFollowUp(kube, plan.request, pod, { nowNs: clock.nowNs() }, this.#abort.signal)
      .then(
        (capture) => {
          if (this.#stopping === undefined) this.#add(capture);
        },
        (error: unknown) => {
          const problem = toProblem(error, 'capture-refused');
          this.#problems.set(`follow ${key}`, {
            ...problem,
            detail: `${name} is not watched: ${problem.detail}`,
          });
        },
      )
      .finally(() => {
        this.#following.delete(key);
        if (!this.isDisposed) this.#refresh();
      });
  }

  #tick(): void {
    this.#options.sink.tick(this.#options.clock.nowNs());
    this.#ticker = this.#options.clock.after(TICK_MS, () => this.#tick());
  }

  #note(problem: Problem): void {
    if (problem.code !== 'cancelled') this.#problems.set(`${problem.code} ${problem.detail}`, problem);
  }

  #refresh(): void {
    this.#tellUnwatched();
    if (this.#state === 'starting' || this.#state === 'running' || this.#state === 'reconnecting') {
      const states = [...this.#runners.values()].map((runner) => runner.state);
      const state = states.includes('reconnecting')
        ? 'reconnecting'
        : this.#startedNs === undefined
          ? 'starting'
          : 'running';
      return this.#move(state);
    }
    this.#changed.fire(this.status);
  }

  #tellUnwatched(): void {
    // While it stops, captures end one by one: nothing that is said about silence then would be true. Asked by the state: the first
    // capture is told to end, and says so, before `#stopping` is there.
    if (this.#state === 'stopping' || this.#state === 'ended' || this.#state === 'failed') return;
    const watched = new Set(
      [...this.#runners.values()].filter((runner) => runner.state === 'running').map((runner) => runner.name),
    );
    const unwatched = (this.#options.cluster.discovery?.pods ?? [])
      .filter(podRunning)
      .map((pod) => podKey(pod.metadata?.namespace, pod.metadata?.name))
      .filter((name) => !watched.has(name))
      .sort();
    if (unwatched.join(' ') === this.#unwatched.join(' ')) return;
    this.#unwatched = unwatched;
    this.#options.sink.setUnwatched(unwatched);
  }

  #move(state: TraceState): void {
    this.#state = state;
    if (!this.isDisposed) this.#changed.fire(this.status);
  }
}

const isOver = (runner: CaptureRunner): boolean => runner.state === 'ended' || runner.state === 'failed';

/** `undefined` as soon as one runs; the first one's problem when none does. */
function anyRuns(firsts: readonly Promise<Problem | undefined>[]): Promise<Problem | undefined> {
  return new Promise((resolve) => {
    const problems: Problem[] = [];
    for (const first of firsts) {
      void first.then((problem) => {
        if (problem === undefined) return resolve(undefined);
        problems.push(problem);
        if (problems.length === firsts.length) resolve(problems[0]);
      });
    }
  });
}
