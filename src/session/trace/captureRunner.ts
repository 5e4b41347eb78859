/**
 * One vantage of a live trace from its container to its last byte. States: waiting → starting → running ⇄ reconnecting →
 * stopping → ended, or failed from anywhere. What was not seen goes to the sink through captureLosses.ts. Memory is bounded
 * by pausing the stream while the engine is behind: then the pod's kernel drops, and counts what it dropped.
 */
import type { DisposableLike } from '../../base/disposable.ts';
import { ProblemError, toProblem, type Problem } from '../../base/problem.ts';
import { DNS_PORT } from '../../core/dns/ports.ts';
import type { VantageId } from '../../core/trace/vantage.ts';
import { ephemeralStatus, leaseCommand, lifetimeSeconds, REUSE_SECONDS } from './captureContainer.ts';
import { CaptureLosses } from './captureLosses.ts';
import type { CaptureCounters, CaptureEnd, CaptureHandle, OpenCapture } from './capturePort.ts';
import { podKey } from '../cluster/coreDns.ts';
import { DEFAULT_MAX_DURATION_MS } from './planCapture.ts';
import type { Clock, ExecTarget, KubeApi, TraceSink } from '../ports.ts';
import { containerEnded, podDeleted, waitForContainer } from './startContainer.ts';
import {
  DEFAULT_CAPTURE_IMAGE,
  type CaptureState,
  type CaptureStatus,
  type PlannedCapture,
  type TraceRequest,
} from './traceTypes.ts';

const HIGH_WATER = 8 * 1024 * 1024;
const LOW_WATER = 2 * 1024 * 1024;
const BACKLOG_POLL_MS = 20;
const FIRST_RETRY_MS = 500;
const LONGEST_RETRY_MS = 10_000;
/** A capture that never ran gives up; one that did goes on trying while the cluster cannot be reached, until it is stopped. */
const MOST_ATTEMPTS = 6;
const STOP_LIMIT_MS = 12_000;
const LEASE_LIMIT_MS = 5_000;

export interface RunnerDeps {
  readonly kube: KubeApi;
  readonly sink: TraceSink;
  readonly clock: Clock;
  readonly openCapture: OpenCapture;
  readonly request: TraceRequest;
  readonly onChange: () => void;
}

/**
 * How a capture left its pod. `pending`: its container never came up, and may still. `shared`: it was told to end, and does
 * so after the capture of another trace in it.
 */
export type RunnerAftermath = 'ended' | 'shared' | 'idling' | 'unconfirmed' | 'pending' | 'nothing';

export class CaptureRunner {
  readonly id: VantageId;
  readonly planned: PlannedCapture;
  readonly #deps: RunnerDeps;
  readonly #abort = new AbortController();
  #state: CaptureState = 'waiting';
  #container: string | undefined;
  #handle: CaptureHandle | undefined;
  #problem: Problem | undefined;
  #bytes = 0;
  readonly #losses: CaptureLosses;
  #ran = false;
  #paused: DisposableLike | undefined;
  #stopping: Promise<RunnerAftermath> | undefined;
  #settleFirst: (problem: Problem | undefined) => void = () => undefined;
  #settleOver: () => void = () => undefined;
  /** Settles with `undefined` once the first packets can be seen, else with why not. */
  readonly firstRun: Promise<Problem | undefined>;
  /** Settles when nothing more will come. */
  readonly over: Promise<void>;

  constructor(id: VantageId, planned: PlannedCapture, deps: RunnerDeps) {
    this.id = id;
    this.planned = planned;
    this.#deps = deps;
    this.#losses = new CaptureLosses(deps.sink, id);
    this.#container = planned.reuse ?? planned.create?.name;
    this.firstRun = new Promise((resolve) => (this.#settleFirst = resolve));
    this.over = new Promise((resolve) => (this.#settleOver = resolve));
  }

  get name(): string {
    return podKey(this.planned.namespace, this.planned.pod);
  }

  get state(): CaptureState {
    return this.#state;
  }

  get status(): CaptureStatus {
    const { packets, dropped, gaps } = this.#losses;
    return {
      id: this.id,
      vantage: this.planned.vantage,
      state: this.#state,
      ...(this.#container === undefined ? {} : { container: this.#container }),
      bytes: this.#bytes,
      ...(packets === undefined ? {} : { packets }),
      dropped,
      gaps,
      paused: this.#paused !== undefined,
      ...(this.#problem === undefined ? {} : { problem: this.#problem }),
    };
  }

  get target(): ExecTarget {
    return { namespace: this.planned.namespace, pod: this.planned.pod, container: this.#container ?? '' };
  }

  start(): void {
    this.#deps.sink.addVantage(this.id, this.planned.vantage);
    void this.#run();
  }

  /** The pod is gone: nothing is left to end. */
  podGone(): void {
    if (this.#isOver) return;
    this.#fail(podDeleted(this.name));
    this.#abort.abort();
  }

  stop(): Promise<RunnerAftermath> {
    this.#stopping ??= this.#stop();
    return this.#stopping;
  }

  /** Drops everything at once; the supervisor ends the capture in the pod. */
  abort(): void {
    this.#abort.abort();
    this.#finish('ended');
  }

  get #isOver(): boolean {
    return this.#state === 'ended' || this.#state === 'failed';
  }

  get #goesOn(): boolean {
    return !this.#isOver && this.#stopping === undefined;
  }

  async #run(): Promise<void> {
    try {
      this.#move('starting');
      await this.#startContainer();
      let delay = FIRST_RETRY_MS;
      let attempts = 0;
      while (this.#goesOn) {
        const bytesBefore = this.#bytes;
        const end = await this.#capture();
        if (!this.#goesOn || end.kind === 'stopped') return;
        const gone = end.kind === 'failed' ? await this.#whatIsGone() : undefined;
        if (gone !== undefined) return this.#fail(gone);
        if (end.kind === 'failed' && !RETRIED.has(end.problem.code)) return this.#fail(end.problem);
        if (this.#bytes > bytesBefore) attempts = 0;
        if (++attempts >= MOST_ATTEMPTS && !(this.#ran && PASSING.has(end.problem.code)))
          return this.#fail(end.problem);
        this.#interrupted(end.problem);
        delay = this.#bytes > bytesBefore ? FIRST_RETRY_MS : Math.min(delay * 2, LONGEST_RETRY_MS);
        await this.#sleep(delay);
      }
    } catch (error) {
      if (this.#goesOn) this.#fail(toProblem(error, 'capture-failed'));
    }
  }

  async #startContainer(): Promise<void> {
    const { kube, clock, request } = this.#deps;
    const { create, reuse, namespace, pod } = this.planned;
    const { signal } = this.#abort;
    if (create !== undefined) await kube.addEphemeralContainer(namespace, pod, create, { dryRun: false }, signal);
    await waitForContainer(kube, this.target, create?.image ?? request.image ?? DEFAULT_CAPTURE_IMAGE, clock, signal);
    if (reuse !== undefined) {
      await this.#lease(lifetimeSeconds(request.maxDurationMs ?? DEFAULT_MAX_DURATION_MS));
    }
  }

  /** One exec from its opening to its end. */
  async #capture(): Promise<CaptureEnd> {
    const { kube, openCapture, clock, request } = this.#deps;
    const { snapLength, bufferKib } = this.planned;
    this.#losses.restart();
    let fresh = true;
    try {
      this.#handle = await openCapture(
        kube,
        { target: this.target, ports: request.ports ?? [DNS_PORT], snapLength, bufferKib },
        {
          onBytes: (chunk) => {
            if (fresh && this.#bytes > 0) this.#deps.sink.restartStream(this.id);
            fresh = false;
            this.#onBytes(chunk);
          },
          onCounters: (counters) => this.#onCounters(counters),
          onListening: () => this.#onListening(),
          onNetns: (netns) => this.#deps.sink.noteNetns(this.id, netns),
        },
        clock,
        this.#abort.signal,
      );
    } catch (error) {
      const problem = toProblem(error, 'capture-failed');
      if (!PASSING.has(problem.code) && !(this.#ran && STARTING_UP.has(problem.code)))
        throw new ProblemError((await this.#whatIsGone()) ?? problem);
      return { kind: 'lost', problem };
    }
    if (this.#stopping !== undefined) this.#handle.stop();
    const end = await this.#handle.ended;
    this.#handle = undefined;
    this.#unpause();
    return end;
  }

  #onBytes(chunk: Uint8Array): void {
    const { sink } = this.#deps;
    this.#bytes += chunk.length;
    this.#losses.seen(this.#deps.clock.nowNs());
    sink.push(this.id, chunk);
    if (sink.backlogBytes > HIGH_WATER && this.#paused === undefined && this.#stopping === undefined) {
      this.#handle?.pause();
      this.#watchBacklog();
      this.#deps.onChange();
    }
  }

  #watchBacklog(): void {
    this.#paused = this.#deps.clock.after(BACKLOG_POLL_MS, () => {
      if (this.#deps.sink.backlogBytes > LOW_WATER && !this.#isOver) this.#watchBacklog();
      else this.#unpause();
    });
  }

  #unpause(): void {
    if (this.#paused === undefined) return;
    this.#paused.dispose();
    this.#paused = undefined;
    this.#handle?.resume();
    this.#deps.onChange();
  }

  #onListening(): void {
    this.#losses.listening(this.#deps.clock.nowNs());
    this.#ran = true;
    this.#problem = undefined;
    if (this.#state === 'starting' || this.#state === 'reconnecting') this.#move('running');
    this.#settleFirst(undefined);
  }

  #onCounters(counters: CaptureCounters): void {
    this.#losses.counters(counters, this.#deps.clock.nowNs());
    this.#deps.onChange();
  }

  #interrupted(problem: Problem): void {
    // Before it ever ran nothing was promised: the trace counts from its first packet.
    if (this.#ran) this.#losses.interrupted(this.#deps.clock.nowNs(), problem.detail);
    this.#problem = problem;
    if (this.#state === 'running') this.#move('reconnecting');
    else this.#deps.onChange();
  }

  /** The pod or its container when one of them is gone: then no other try can help, and no other words either. */
  async #whatIsGone(): Promise<Problem | undefined> {
    const { namespace, pod: name, uid } = this.planned;
    try {
      const pod = await this.#deps.kube.get('pods', namespace, name, this.#abort.signal);
      if (pod.metadata?.deletionTimestamp !== undefined || (uid !== undefined && pod.metadata?.uid !== uid)) {
        return podDeleted(this.name);
      }
      const ended = ephemeralStatus(pod, this.target.container)?.state?.terminated;
      if (ended === undefined) return undefined;
      const why = ended.reason === 'OOMKilled' ? ' for want of memory (OOMKilled)' : '';
      return {
        code: 'capture-container-gone',
        detail: `The capture container in ${this.name} ended${why}`,
        recover: 'Trace again',
      };
    } catch (error) {
      return toProblem(error, '').code === 'not-found' ? podDeleted(this.name) : undefined;
    }
  }

  async #stop(): Promise<RunnerAftermath> {
    if (this.#isOver) return this.#endContainer();
    this.#move('stopping');
    this.#unpause();
    const handle = this.#handle;
    if (handle !== undefined) {
      handle.stop();
      await Promise.race([handle.ended, this.#sleep(STOP_LIMIT_MS)]);
    }
    const result = await this.#endContainer();
    this.#abort.abort();
    this.#finish('ended');
    return result;
  }

  async #endContainer(): Promise<RunnerAftermath> {
    const code = this.#problem?.code ?? '';
    if (GONE.has(code)) return 'nothing';
    if (code === 'image-pull-failed') return 'pending';
    const keep = this.#deps.request.endContainers === false;
    if (await this.#lease(keep ? REUSE_SECONDS : 0)) {
      if (keep) return 'idling';
      // Not before the cluster says so: a trace that starts right now must not try to use this container again.
      return (await containerEnded(this.#deps.kube, this.target, this.#deps.clock)) ? 'ended' : 'shared';
    }
    return this.#ran || this.planned.reuse !== undefined ? 'unconfirmed' : 'pending';
  }

  async #lease(seconds: number): Promise<boolean> {
    const limit = new AbortController();
    const timer = this.#deps.clock.after(LEASE_LIMIT_MS, () => limit.abort());
    try {
      const silent = { onStdout: (): void => undefined, onStderr: (): void => undefined };
      const handle = await this.#deps.kube.exec(this.target, leaseCommand(seconds), silent, limit.signal);
      const end = await handle.ended;
      return end.kind === 'exit' && end.code === 0;
    } catch {
      return false;
    } finally {
      timer.dispose();
    }
  }

  #fail(problem: Problem): void {
    this.#problem = problem;
    this.#finish('failed');
  }

  #finish(state: 'ended' | 'failed'): void {
    if (this.#isOver) return;
    this.#losses.close(this.#deps.clock.nowNs());
    this.#unpause();
    this.#deps.sink.endStream(this.id);
    this.#settleFirst(this.#problem ?? { code: 'cancelled', detail: 'Cancelled' });
    this.#settleOver();
    this.#move(state);
  }

  #move(state: CaptureState): void {
    this.#state = state;
    this.#deps.onChange();
  }

  #sleep(milliseconds: number): Promise<void> {
    return new Promise((resolve) => {
      const timer = this.#deps.clock.after(milliseconds, resolve);
      this.#abort.signal.addEventListener(
        'abort',
        () => {
          timer.dispose();
          resolve();
        },
        { once: true },
      );
    });
  }
}

/** Ends of a capture that another try may mend. */
const RETRIED: ReadonlySet<string> = new Set(['capture-container-gone']);
/** Refusals of an exec that pass. */
const PASSING: ReadonlySet<string> = new Set(['cluster-unreachable', 'cluster-busy', 'cluster-error']);
/** What an API server may say in the first moments after a restart, before it knows its users and Roles. */
const STARTING_UP: ReadonlySet<string> = new Set(['forbidden', 'token-refused']);
/** Then no container of ours runs. */
const GONE: ReadonlySet<string> = new Set([
  'pod-deleted',
  'forbidden',
  'pod-security-refused',
  'admission-refused',
  'not-found',
  'image-without-sh',
  'container-start-failed',
  'capture-container-gone',
]);
