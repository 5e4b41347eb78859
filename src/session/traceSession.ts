import { Disposable } from '../base/disposable.ts';
import { Emitter, type Event } from '../base/event.ts';
import type { OpenCapture } from './capturePort.ts';
import type { ClusterModel } from './clusterModel.ts';
import type { Clock, KubeApi, TraceSink } from './ports.ts';
import type { Aftermath, TracePlan, TraceStatus } from './traceTypes.ts';

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
  readonly #changed = this._register(new Emitter<TraceStatus>());
  readonly #options: TraceSessionOptions;
  readonly onDidChange: Event<TraceStatus> = this.#changed.event;

  constructor(options: TraceSessionOptions) {
    super();
    this.#options = options;
  }

  get status(): TraceStatus {
    const { plan } = this.#options;
    return {
      state: 'idle',
      title: plan.title,
      context: plan.context,
      captures: [],
      dropped: 0,
      gaps: 0,
      unwatched: [],
      problems: [],
    };
  }

  /** Resolves when the first capture runs; rejects (ProblemError) when none could be started. */
  start(): Promise<void> {
    return Promise.reject(new Error('Not yet written'));
  }

  /** Ends all captures and containers. Always resolves, within 15 s; a second call gives the same result. */
  stop(): Promise<Aftermath> {
    return Promise.reject(new Error('Not yet written'));
  }

  /** Settles when the trace is over for whatever reason (stopped, its time is up, the pod is gone, failed). Never rejects. */
  get ended(): Promise<TraceStatus> {
    return Promise.resolve(this.status);
  }
}
