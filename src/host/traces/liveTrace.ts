import { Disposable } from '../../base/disposable.ts';
import { Emitter, type Event } from '../../base/event.ts';
import { type Problem, toProblem } from '../../base/problem.ts';
import type { TraceSnapshot } from '../../protocol/webview.ts';
import type { OpenCapture } from '../../session/trace/capturePort.ts';
import type { Clock } from '../../session/ports.ts';
import { TraceSession } from '../../session/trace/traceSession.ts';
import type { SourceView, TraceStore } from '../../session/trace/traceStore.ts';
import type { TracePlan, TraceStatus } from '../../session/trace/traceTypes.ts';
import type { ClusterLease } from '../cluster/clusterLeases.ts';
import type { OpenTrace, PanelState, TraceChoice } from './openTrace.ts';

export interface LiveTraceOptions {
  readonly plan: TracePlan;
  readonly choice: TraceChoice;
  readonly lease: ClusterLease;
  readonly store: TraceStore;
  readonly clock: Clock;
  readonly openCapture: OpenCapture;
}

/** A running capture and its rows. After its end the rows stay; the cluster connection is given back. */
export class LiveTrace extends Disposable implements OpenTrace {
  readonly kind = 'live';
  readonly name: string;
  readonly store: TraceStore;
  readonly choice: TraceChoice;
  readonly lease: ClusterLease;
  readonly restore: PanelState;
  readonly #session: TraceSession;
  readonly #changed = this._register(new Emitter<void>());
  readonly onDidChange: Event<void> = this.#changed.event;
  #snapshot: TraceSnapshot | undefined;
  #failure: Problem | undefined;

  constructor(options: LiveTraceOptions) {
    super();
    this.name = options.choice.pod;
    this.choice = options.choice;
    this.restore = { kind: 'live', choice: options.choice };
    this.lease = this._register(options.lease);
    this.store = this._register(options.store);
    this.#session = this._register(
      new TraceSession({
        kube: options.lease.kube,
        plan: options.plan,
        sink: options.store,
        clock: options.clock,
        openCapture: options.openCapture,
        cluster: options.lease.model,
      }),
    );
    this._register(this.#session.onDidChange((status) => this.#onStatus(status)));
    this._register(
      this.store.onDidChange((snapshot) => {
        this.#snapshot = snapshot;
        this.#changed.fire();
      }),
    );
    this.#onStatus(this.#session.status);
  }

  get snapshot(): TraceSnapshot | undefined {
    return this.#snapshot;
  }

  get status(): TraceStatus {
    return this.#session.status;
  }

  get isRunning(): boolean {
    const { state } = this.#session.status;
    return (
      this.#failure === undefined && !this.isDisposed && state !== 'idle' && state !== 'ended' && state !== 'failed'
    );
  }

  get watched(): ReadonlySet<string> {
    if (!this.isRunning) return new Set();
    const running = this.#session.status.captures.filter(
      (capture) => capture.state !== 'ended' && capture.state !== 'failed',
    );
    return new Set(running.map((capture) => capture.vantage.name));
  }

  /** Settles when the trace is over, whoever ended it. */
  get ended(): Promise<TraceStatus> {
    return this.#session.ended;
  }

  /** @throws ProblemError when no capture could be started; what was created by then has been ended again */
  async start(signal: AbortSignal): Promise<void> {
    const onAbort = (): void => void this.#session.stop();
    signal.addEventListener('abort', onAbort, { once: true });
    try {
      await this.#session.start();
    } catch (error) {
      this.#failure = toProblem(error, 'trace-failed');
      this.#onStatus(this.#session.status);
      throw error;
    } finally {
      signal.removeEventListener('abort', onAbort);
    }
  }

  async stop(): Promise<void> {
    await this.#session.stop();
  }

  #onStatus(status: TraceStatus): void {
    if (this.isDisposed) return;
    this.store.setSource(sourceView(status, this.#failure));
    this.#changed.fire();
  }
}

function sourceView(status: TraceStatus, failure: Problem | undefined): SourceView {
  const state = failure !== undefined ? 'failed' : status.state === 'idle' ? 'starting' : status.state;
  // The session names the pod with its problem; the bare failure would only repeat it.
  const problems = failure === undefined || status.problems.length > 0 ? status.problems : [failure];
  return {
    kind: 'live',
    title: status.title,
    state,
    problems,
    ...(status.aftermath === undefined ? {} : { aftermath: status.aftermath.text }),
  };
}
