/**
 * One capture in one pod, as the trace session drives it. `src/sources/podCapture.ts` implements it over exec.
 */
import type { Problem } from '../../base/problem.ts';
import type { Clock, ExecTarget, KubeApi } from '../ports.ts';

export interface CaptureOptions {
  readonly target: ExecTarget;
  /** DNS ports, 1..65535, checked by the opener. */
  readonly ports: readonly number[];
  /** Bytes kept of each packet, 64..65535. */
  readonly snapLength: number;
  /** Kernel ring buffer, KiB, 256..65536. */
  readonly bufferKib: number;
}

/** tcpdump's own counts since it started; each only ever grows within one capture. */
export interface CaptureCounters {
  readonly captured: number | undefined;
  readonly received: number | undefined;
  readonly dropped: number | undefined;
}

export interface CaptureListener {
  /** pcap bytes in order. The chunk is the receiver's from here on. */
  onBytes(chunk: Uint8Array): void;
  onCounters(counters: CaptureCounters): void;
  /** tcpdump said that it listens: packets from here on are seen. */
  onListening(): void;
  /** Number of the network namespace it listens in; said once, by images that can. */
  onNetns(netns: number): void;
}

/**
 * - `stopped`: we asked for it and the command ended
 * - `lost`: the connection broke; the supervisor ends the capture by itself
 * - `failed`: tcpdump or the supervisor ended with an error, told by `problem`
 */
export type CaptureEnd =
  | { readonly kind: 'stopped' }
  | { readonly kind: 'lost'; readonly problem: Problem }
  | { readonly kind: 'failed'; readonly problem: Problem };

export interface CaptureHandle {
  pause(): void;
  resume(): void;
  /** Asks the supervisor to end; `ended` settles when it did, or as `lost` after a time limit. */
  stop(): void;
  /** Never rejects. */
  readonly ended: Promise<CaptureEnd>;
}

export type OpenCapture = (
  kube: KubeApi,
  options: CaptureOptions,
  listener: CaptureListener,
  clock: Clock,
  signal?: AbortSignal,
) => Promise<CaptureHandle>;
