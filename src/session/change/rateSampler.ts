import type { DisposableLike } from '../../base/disposable.ts';
import type { ErrorRate } from './corefileChangeTypes.ts';
import { readMetrics, type PodMetrics } from '../cluster/coreDnsMetrics.ts';
import { rateBetween, sumRates } from './errorRate.ts';
import type { Clock, KubeApi } from '../ports.ts';

const EVERY_MS = 1_000;

export interface SampledPod {
  readonly namespace: string;
  readonly pod: string;
  /** Came after the sampling began: all that it counted since its birth counts. */
  readonly isNew: boolean;
}

/**
 * The error rate of a changing set of pods from the moment it was started, read every second. A pod that came later
 * counts from its birth; one that left counts as last read. Without the right to read metrics it stays unknown.
 */
export class RateSampler implements DisposableLike {
  readonly #kube: KubeApi;
  readonly #ports: readonly number[];
  readonly #clock: Clock;
  readonly #pods: () => readonly SampledPod[];
  readonly #onRate: () => void;
  readonly #readings = new Map<string, { readonly first: PodMetrics; readonly last: PodMetrics }>();
  /** Reads under way, by pod. */
  readonly #reading = new Map<string, Promise<void>>();
  readonly #stop = new AbortController();
  #isForbidden = false;
  #timer: DisposableLike | undefined;

  constructor(
    kube: KubeApi,
    ports: readonly number[],
    clock: Clock,
    pods: () => readonly SampledPod[],
    onRate: () => void,
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

  /** One more reading of these pods, begun after this call; never rejects. */
  async readNow(pods: readonly string[]): Promise<void> {
    await Promise.all(
      this.#pods()
        .filter(({ pod }) => pods.includes(pod))
        .map(async (ref) => {
          await this.#reading.get(ref.pod);
          await this.#read(ref);
        }),
    );
  }

  #sample(): void {
    for (const ref of this.#pods()) void this.#read(ref);
    this.#timer = this.#clock.after(EVERY_MS, () => this.#sample());
  }

  /** A pod on its way out may answer late or never: it holds up no other. */
  #read(ref: SampledPod): Promise<void> {
    const underWay = this.#reading.get(ref.pod);
    if (underWay !== undefined) return underWay;
    if (this.#ports.length === 0 || this.#isForbidden || this.#stop.signal.aborted) return Promise.resolve();
    const read = this.#readOnce(ref).finally(() => this.#reading.delete(ref.pod));
    this.#reading.set(ref.pod, read);
    return read;
  }

  async #readOnce(ref: SampledPod): Promise<void> {
    try {
      const result = await readMetrics(this.#kube, ref, this.#ports, () => this.#clock.nowNs(), this.#stop.signal);
      if ('problem' in result) {
        this.#isForbidden ||= result.problem.code === 'forbidden';
        return;
      }
      const last = result.metrics;
      const known = this.#readings.get(ref.pod);
      const born = { ...last, responses: {}, atNs: last.atNs - 1n };
      const isSame = known !== undefined && known.first.startedAt === last.startedAt;
      this.#readings.set(ref.pod, { first: isSame ? known.first : ref.isNew ? born : last, last });
      if (!this.#stop.signal.aborted && this.rate !== undefined) this.#onRate();
    } catch {
      // Stopped meanwhile.
    }
  }
}
