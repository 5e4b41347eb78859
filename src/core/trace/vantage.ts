import type { Brand } from '../../base/brand.ts';

/** Index of a vantage in its trace, 0, 1, 2, … in the order they were added. */
export type VantageId = Brand<number, 'VantageId'>;

/**
 * - `client`: a pod's network namespace (the application under trace)
 * - `coredns`: a CoreDNS pod's
 * - `nodelocal`: NodeLocal DNSCache's
 * - `node`: a node's, which sees many pods
 * - `unknown`: a capture file that says nothing; the role is inferred from its traffic
 */
export type VantageRole = 'client' | 'coredns' | 'nodelocal' | 'node' | 'unknown';

/** Where packets were seen: one network namespace (design.md, the words). */
export interface Vantage {
  /** `namespace/pod` for pods, else the file's name. Hostile text. */
  readonly name: string;
  readonly role: VantageRole;
  readonly namespace?: string;
  readonly pod?: string;
  readonly node?: string;
  /** Number of the network namespace on its node (nsfs inode, as `ip netns` and Inspektor Gadget's netns_id have it), where the source tells. */
  readonly netns?: number;
  /** Own addresses of that namespace, when known. */
  readonly addresses: readonly string[];
}

/** What the clock of a vantage says beside those of others (correlate/clockOffsets.ts). */
export interface VantageClock {
  /** How far this clock is ahead of the reference vantage's, ns. */
  readonly offsetNs: number;
  /** The offset is right within this, ns, if the clocks run evenly. */
  readonly uncertaintyNs: number;
  /** What to take from this vantage's times so that a query is seen first by who is nearer to its sender, ns; 0 where that holds already. */
  readonly correctionNs: number;
  /** Vantage whose clock is taken as right. */
  readonly reference: number;
}

/** Something the capture did not see. Every claim that a packet was lost must look here first. */
export interface CaptureLoss {
  /** Packets, or `undefined` when the number cannot be known (a gap). */
  readonly packets: number | undefined;
  /** `kernel`: tcpdump's own drop count; `gap`: the stream was interrupted; `truncated`: a file ended early. */
  readonly kind: 'kernel' | 'gap' | 'truncated';
  /** Epoch nanoseconds; equal for a moment. */
  readonly fromNs: bigint;
  readonly toNs: bigint;
  readonly reason: string;
}

/** When a capture was listening, epoch nanoseconds. */
export interface ListeningTime {
  readonly fromNs: bigint;
  readonly toNs: bigint;
}
