import type { DisposableLike } from '../base/disposable.ts';
import type { ErrorRate } from './corefileChangeTypes.ts';
import { rateBetween, readMetrics, sumRates, type PodMetrics } from './coreDnsMetrics.ts';
import type { Clock, KubeApi } from './ports.ts';

const EVERY_MS = 3_000;

/**
 * The error rate of a changing set of pods from the moment it was started, read every three seconds. A pod that came later
 * counts from its birth; one that left counts as last read. Without the right to read metrics it stays unknown.
 */
export class RateSampler implements DisposableLike {
  readonly #kube: KubeApi;
  readonly #ports: readonly number[];
  readonly #clock: Clock;
  readonly #pods: () => readonly { readonly namespace: string; readonly pod: string; readonly isNew: boolean }[];
  readonly #onRate: (rate: ErrorRate) => void;
  readonly #readings = new Map<string, { readonly first: PodMetrics; readonly last: PodMetrics }>();
  readonly #stop = new AbortController();
  #timer: DisposableLike | undefined;

  constructor(
    kube: KubeApi,
    ports: readonly number[],
    clock: Clock,
    pods: () => readonly { readonly namespace: string; readonly pod: string; readonly isNew: boolean }[],
    onRate: (rate: ErrorRate) => void,
  ) {
    this.#kube = kube;
    this.#ports = ports;
    this.#clock = clock;
    this.#pods = pods;
    this.#onRate = onRate;
    if (ports.length > 0) this.#sample();
  }

  /** `undefined` until two readings of some pod lie apart. */
  get rate(): ErrorRate | undefined {
    return sumRates([...this.#readings.values()].map(({ first, last }) => rateBetween(first, last)));
  }

  dispose(): void {
    this.#stop.abort();
    this.#timer?.dispose();
  }

  #sample(): void {
    const reading = this.#pods().map(async (ref) => {
      const result = await readMetrics(this.#kube, ref, this.#ports, () => this.#clock.nowNs(), this.#stop.signal);
      if (!('metrics' in result)) return result.problem.code !== 'forbidden';
      const last = result.metrics;
      const known = this.#readings.get(ref.pod);
      const born = { ...last, responses: {}, atNs: last.atNs - 1n };
      const isSame = known !== undefined && known.first.startedAt === last.startedAt;
      this.#readings.set(ref.pod, { first: isSame ? known.first : ref.isNew ? born : last, last });
      return true;
    });
    Promise.all(reading).then(
      (allowed) => {
        if (this.#stop.signal.aborted || allowed.includes(false)) return;
        const { rate } = this;
        if (rate !== undefined) this.#onRate(rate);
        this.#timer = this.#clock.after(EVERY_MS, () => this.#sample());
      },
      () => undefined,
    );
  }
}
