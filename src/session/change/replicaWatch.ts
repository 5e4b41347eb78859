/**
 * Which configuration each replica runs, seen from outside: reload's hash in its metrics or log, refusals in its log, the
 * counter of failed reloads, and pods that came or went. A state once reached stays: `running` and `refused` are facts.
 * Invariant: only what is newer than the baseline counts, told by the pod's own clock, so that neither an old refusal nor a
 * clock that differs is taken for an answer to our write.
 */
import { toProblem, type Problem } from '../../base/problem.ts';
import { visibleText } from '../../base/visibleText.ts';
import type { Pod } from '../../core/topology/kubeTypes.ts';
import type { ChangeWatchFacts, ReplicaProgress, ReplicaRef } from './corefileChangeTypes.ts';
import type { CorefilePlace } from '../cluster/clusterModelTypes.ts';
import { podReady } from '../cluster/coreDns.ts';
import { lastWords, refusedLine, reloadEvents, type ReloadEvent } from './coreDnsLog.ts';
import { readMetrics, type PodMetrics } from '../cluster/coreDnsMetrics.ts';
import { mountsMap, restartsOf } from './coreDnsSetup.ts';
import { coreDnsContainer } from '../cluster/coreDns.ts';
import type { Clock, KubeApi } from '../ports.ts';
import { isTrialPod } from './trialPod.ts';

const LOG_LINES = 2_000;

interface Baseline {
  readonly metrics: PodMetrics | undefined;
  /** Time of its newest reload event, as the node's clock writes it; empty when there was none. */
  readonly lastEvent: string;
  /** Reason of that event when it was a refusal: CoreDNS repeats it at each look until the file changes. */
  readonly lastRefusal: string | undefined;
  /** Hash of that event when it was a start or a reload. */
  readonly runs: string | undefined;
  readonly restarts: number;
}

/** One pod as last seen. */
export interface SeenReplica {
  readonly ref: ReplicaRef;
  readonly ready: boolean;
  readonly isNew: boolean;
  readonly restarted: boolean;
  readonly metrics: PodMetrics | undefined;
  readonly progress: ReplicaProgress;
}

export class ReplicaWatch {
  readonly #kube: KubeApi;
  readonly #place: CorefilePlace;
  readonly #facts: ChangeWatchFacts;
  readonly #clock: Clock;
  readonly #known = new Map<string, ReplicaRef>();
  readonly #baselines = new Map<string, Baseline>();
  readonly #decided = new Map<string, ReplicaProgress>();
  #baselineAt = 0n;
  #metricsRefused: Problem | undefined;
  #logRefused: Problem | undefined;

  constructor(
    kube: KubeApi,
    place: CorefilePlace,
    replicas: readonly ReplicaRef[],
    facts: ChangeWatchFacts,
    clock: Clock,
  ) {
    this.#kube = kube;
    this.#place = place;
    this.#facts = facts;
    this.#clock = clock;
    for (const ref of replicas) this.#known.set(ref.pod, ref);
  }

  /** Rights that are missing for looking, each told once. */
  get problems(): readonly Problem[] {
    return [this.#metricsRefused, this.#logRefused].filter((problem) => problem !== undefined);
  }

  /** What the counters of each pod say now; pods without metrics are left out. */
  async measure(signal?: AbortSignal): Promise<ReadonlyMap<string, PodMetrics>> {
    const found = new Map<string, PodMetrics>();
    await Promise.all(
      [...this.#known.values()].map(async (ref) => {
        const metrics = await this.#metrics(ref, signal);
        if (metrics !== undefined) found.set(ref.pod, metrics);
      }),
    );
    return found;
  }

  /** Everything up to now is old. Call right before each write. */
  async setBaseline(signal?: AbortSignal): Promise<void> {
    this.#decided.clear();
    this.#baselines.clear();
    this.#baselineAt = this.#clock.nowNs();
    const pods = await this.#pods(signal);
    await Promise.all(
      [...this.#known.values()].map(async (ref) => {
        const [metrics, log] = await Promise.all([this.#metrics(ref, signal), this.#log(ref, undefined, signal)]);
        const last = reloadEvents(log ?? '').at(-1);
        this.#baselines.set(ref.pod, {
          metrics,
          lastEvent: last?.time ?? '',
          lastRefusal: last?.kind === 'refused' ? last.text : undefined,
          runs: last?.kind === 'running' ? last.hash : undefined,
          restarts: restartsOf(pods?.find(({ metadata }) => metadata?.name === ref.pod)),
        });
      }),
    );
  }

  /** @param expected hash that a replica has to show; any new one when absent */
  async look(expected: string | undefined, signal?: AbortSignal): Promise<readonly SeenReplica[]> {
    const pods = await this.#pods(signal);
    if (pods !== undefined) this.#learn(pods);
    return Promise.all(
      [...this.#known.values()].map(async (ref): Promise<SeenReplica> => {
        const pod = pods?.find(({ metadata }) => metadata?.name === ref.pod && sameUid(metadata.uid, ref.uid));
        const baseline = this.#baselines.get(ref.pod);
        if (pods !== undefined && (pod === undefined || pod.metadata?.deletionTimestamp !== undefined)) {
          const progress = state(ref, 'gone', 'none', 'The pod is gone');
          return { ref, ready: false, isNew: baseline === undefined, restarted: false, metrics: undefined, progress };
        }
        const metrics = await this.#metrics(ref, signal);
        const decided = this.#decided.get(ref.pod);
        const progress = decided ?? (await this.#judge(ref, pod, metrics, expected, signal));
        if (progress.state === 'running' || progress.state === 'refused') this.#decided.set(ref.pod, progress);
        const restarted = baseline !== undefined && pod !== undefined && restartsOf(pod) > baseline.restarts;
        const ready = pod === undefined || podReady(pod);
        return { ref, ready, isNew: baseline === undefined, restarted, metrics, progress };
      }),
    );
  }

  async #judge(
    ref: ReplicaRef,
    pod: Pod | undefined,
    metrics: PodMetrics | undefined,
    wanted: string | undefined,
    signal: AbortSignal | undefined,
  ): Promise<ReplicaProgress> {
    const baseline = this.#baselines.get(ref.pod);
    const log = await this.#log(ref, baseline === undefined ? undefined : this.#secondsSinceBaseline(), signal);
    const events = reloadEvents(log ?? '').filter(({ time }) => time > (baseline?.lastEvent ?? ''));
    const shown = [
      ...(metrics?.hashes ?? []),
      ...events.flatMap((event) => (event.kind === 'running' ? event.hash : [])),
    ];
    // CoreDNS before 1.9.1 shows MD5, which says no more than that something else runs.
    const expected = shown.some((hash) => hash.length !== wanted?.length) ? undefined : wanted;
    const crashed = pod === undefined ? undefined : crashOf(pod, ref.container, baseline?.restarts ?? 0);
    if (crashed !== undefined)
      return this.#refused(ref, crashed === '' ? (lastWords(log ?? '').at(-1) ?? 'it ended') : crashed, 'log');
    const said = newest(events, expected, baseline?.lastRefusal);
    if (said?.kind === 'refused') return this.#refused(ref, said.text, 'log');
    const before = baseline?.metrics;
    const isSameProcess = before !== undefined && metrics?.startedAt === before.startedAt;
    if (metrics !== undefined && isSameProcess && metrics.reloadFailures > before.reloadFailures)
      return this.#refused(ref, 'its counter of failed reloads went up', 'metrics');
    if (said !== undefined)
      return state(ref, 'running', expected === undefined ? 'log' : 'hash', 'Runs the new Corefile');
    const { settleMs } = this.#facts;
    const isSilent = events.length === 0 && shown.every((hash) => hash === expected);
    if (settleMs !== undefined && expected !== undefined && isSilent && ranBefore(baseline, expected)) {
      const waitedMs = Number((this.#clock.nowNs() - this.#baselineAt) / 1_000_000n);
      return waitedMs < settleMs
        ? state(ref, 'waiting', 'none', 'Runs it still; the text that was taken back may be on its way to it')
        : state(ref, 'running', 'hash', 'Runs it, as it did before');
    }
    if (metrics !== undefined && expected !== undefined && metrics.hashes.includes(expected))
      return state(ref, 'running', 'hash', 'Runs the new Corefile');
    if (
      metrics !== undefined &&
      expected === undefined &&
      isSameProcess &&
      metrics.hashes.some((hash) => !before.hashes.includes(hash))
    )
      return state(ref, 'running', 'metrics', 'Loaded a new configuration');
    if (baseline === undefined && pod !== undefined && podReady(pod) && events.length === 0)
      return state(ref, 'running', 'start', 'Started after the change');
    if (metrics === undefined && log === undefined)
      return state(ref, 'unknown', 'none', 'Neither its metrics nor its log can be read');
    return state(ref, 'waiting', 'none', 'Waiting for the kubelet to bring the file and CoreDNS to look at it');
  }

  #refused(ref: ReplicaRef, text: string, evidence: 'log' | 'metrics'): ReplicaProgress {
    const line = refusedLine(text, this.#facts.path);
    const progress = state(ref, 'refused', evidence, `Refused the new Corefile: ${text}`);
    return line === undefined ? progress : { ...progress, line };
  }

  #secondsSinceBaseline(): number {
    return Math.ceil(Number(this.#clock.nowNs() - this.#baselineAt) / 1e9) + 10;
  }

  /** Pods that came since and read the same ConfigMap. */
  #learn(pods: readonly Pod[]): void {
    for (const { metadata, spec } of pods) {
      const { name, labels, uid, deletionTimestamp } = metadata ?? {};
      if (name === undefined || deletionTimestamp !== undefined || this.#known.has(name)) continue;
      if (isTrialPod(labels) || !mountsMap(spec, this.#place.name)) continue;
      this.#known.set(name, {
        namespace: this.#place.namespace,
        pod: name,
        container: coreDnsContainer(spec)?.name ?? 'coredns',
        ...(uid === undefined ? {} : { uid }),
        ...(spec?.nodeName === undefined ? {} : { node: spec.nodeName }),
      });
    }
  }

  async #pods(signal: AbortSignal | undefined): Promise<readonly Pod[] | undefined> {
    try {
      return await this.#kube.list('pods', { namespace: this.#place.namespace }, signal);
    } catch (error) {
      if (toProblem(error, 'kube-failed').code === 'cancelled') throw error;
      return undefined;
    }
  }

  async #metrics(ref: ReplicaRef, signal: AbortSignal | undefined): Promise<PodMetrics | undefined> {
    if (this.#metricsRefused !== undefined) return undefined;
    const reading = await readMetrics(this.#kube, ref, this.#facts.metricsPorts, () => this.#clock.nowNs(), signal);
    if ('metrics' in reading) return reading.metrics;
    if (reading.problem.code === 'forbidden') this.#metricsRefused = reading.problem;
    return undefined;
  }

  async #log(
    ref: ReplicaRef,
    sinceSeconds: number | undefined,
    signal: AbortSignal | undefined,
  ): Promise<string | undefined> {
    if (this.#logRefused !== undefined) return undefined;
    try {
      const since = sinceSeconds === undefined ? {} : { sinceSeconds };
      return await this.#kube.logs(ref, { tailLines: LOG_LINES, timestamps: true, ...since }, signal);
    } catch (error) {
      const problem = toProblem(error, 'kube-failed');
      if (problem.code === 'cancelled') throw error;
      if (problem.code === 'forbidden') this.#logRefused = problem;
      return undefined;
    }
  }
}

/** The last event that answers our write: the expected hash, or a refusal that is not the old one repeated. */
function newest(
  events: readonly ReloadEvent[],
  expected: string | undefined,
  oldRefusal: string | undefined,
): ReloadEvent | undefined {
  return events.findLast((event) =>
    event.kind === 'running' ? expected === undefined || event.hash === expected : event.text !== oldRefusal,
  );
}

const ranBefore = (baseline: Baseline | undefined, expected: string): boolean =>
  baseline?.runs === expected || baseline?.metrics?.hashes.includes(expected) === true;

const state = (
  ref: ReplicaRef,
  name: ReplicaProgress['state'],
  evidence: ReplicaProgress['evidence'],
  message: string,
): ReplicaProgress => ({ ...ref, state: name, evidence, message });

const sameUid = (a: string | undefined, b: string | undefined): boolean =>
  a === undefined || b === undefined || a === b;

/** What a container that fell over said; empty when it said nothing. `undefined`: it did not fall over since. */
function crashOf(pod: Pod, container: string, restartsBefore: number): string | undefined {
  const status = pod.status?.containerStatuses?.find(({ name }) => name === container);
  const ended = status?.state?.terminated ?? status?.lastState?.terminated;
  const isDown = status?.state !== undefined && status.state.running === undefined;
  const fell = status?.state?.terminated !== undefined || (status?.restartCount ?? 0) > restartsBefore;
  if (!isDown || !fell) return undefined;
  if (ended === undefined || ended.exitCode === 0) return undefined;
  const last = (ended.message ?? '').trim().split('\n').at(-1) ?? '';
  return visibleText(last.slice(0, 500));
}
