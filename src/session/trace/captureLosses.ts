/**
 * What one capture did not see, told to the sink as it happens. Kernel drops come from tcpdump's counters, which start
 * at zero with each exec. A gap is told in contiguous pieces, the first when the loss is noticed and reaching back to the
 * last sign of life, the last when packets flow again: so no claim about silence rests on a moment that nobody watched.
 */
import type { VantageId } from '../../core/trace/vantage.ts';
import type { CaptureCounters } from './capturePort.ts';
import type { TraceSink } from '../ports.ts';

export class CaptureLosses {
  readonly #sink: TraceSink;
  readonly #id: VantageId;
  #dropped = 0;
  #droppedHere = 0;
  #packetsBefore = 0;
  #packets: number | undefined;
  #countersNs = 0n;
  #lastSeenNs = 0n;
  #gaps = 0;
  #gapFromNs: bigint | undefined;

  constructor(sink: TraceSink, id: VantageId) {
    this.#sink = sink;
    this.#id = id;
  }

  /** Packets that the kernel dropped, over all execs. */
  get dropped(): number {
    return this.#dropped;
  }

  get gaps(): number {
    return this.#gaps;
  }

  /** Packets that tcpdump took, over all execs; `undefined` before its first report. */
  get packets(): number | undefined {
    return this.#packets === undefined && this.#packetsBefore === 0
      ? undefined
      : this.#packetsBefore + (this.#packets ?? 0);
  }

  /** A new exec: tcpdump counts from zero. */
  restart(): void {
    this.#packetsBefore += this.#packets ?? 0;
    this.#packets = undefined;
    this.#droppedHere = 0;
  }

  seen(nowNs: bigint): void {
    this.#lastSeenNs = nowNs;
  }

  listening(nowNs: bigint): void {
    this.#countersNs = nowNs;
    this.seen(nowNs);
    this.close(nowNs);
  }

  counters(counters: CaptureCounters, nowNs: bigint): void {
    this.seen(nowNs);
    this.#packets = counters.captured ?? this.#packets;
    const more = (counters.dropped ?? 0) - this.#droppedHere;
    if (more > 0) {
      this.#droppedHere += more;
      this.#dropped += more;
      this.#sink.reportLoss(this.#id, {
        packets: more,
        kind: 'kernel',
        fromNs: this.#countersNs,
        toNs: nowNs,
        reason: 'The kernel dropped packets before tcpdump could take them',
      });
    }
    this.#countersNs = nowNs;
  }

  /** The stream broke. Told again for each attempt that fails, it extends the same gap. */
  interrupted(nowNs: bigint, reason: string): void {
    if (this.#gapFromNs === undefined) {
      this.#gaps++;
      this.#gapFromNs = this.#lastSeenNs;
    }
    this.#report(nowNs, reason);
  }

  /** Packets flow again, or never will: an open gap ends here. */
  close(nowNs: bigint): void {
    if (this.#gapFromNs === undefined) return;
    this.#report(nowNs, 'The capture was interrupted');
    this.#gapFromNs = undefined;
  }

  #report(toNs: bigint, reason: string): void {
    const fromNs = this.#gapFromNs ?? toNs;
    this.#sink.reportLoss(this.#id, { packets: undefined, kind: 'gap', fromNs, toNs, reason });
    this.#gapFromNs = toNs;
  }
}
