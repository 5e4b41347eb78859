/** What the statistics tell the panel: plain data. */
import type { EventLevel } from '../rows.ts';

/** How many of something, and how to see them. */
export interface StatisticsCount {
  readonly count: number;
  /** What was counted. */
  readonly rows: EventLevel;
  /** Conditions that, beside the filter of the view, choose exactly these rows; none for all of them. */
  readonly filter?: readonly string[];
  /** Why no filter does. */
  readonly why?: string;
}

export interface StatisticsValues {
  readonly unit: 'time' | 'bytes' | 'number';
  /** Nanoseconds, bytes, or what the row's title says. */
  readonly min: number;
  readonly mean: number;
  readonly max: number;
  /** That half, 95 and 99 of 100 reach at most. */
  readonly percentiles?: readonly [p50: number, p95: number, p99: number];
}

export interface StatisticsNode {
  /** Stable, unique in the tree. */
  readonly id: string;
  readonly title: string;
  readonly figure?: StatisticsCount;
  /** Of what the row stands under, 0 to 1. */
  readonly share?: number;
  readonly values?: StatisticsValues;
  readonly ratePerMs?: number;
  /** Most within `windowMs`, and when its first began: since the first packet, and epoch µs. */
  readonly burst?: {
    readonly count: number;
    readonly windowMs: number;
    readonly startNs: number;
    readonly startUs: number;
  };
  readonly children: readonly StatisticsNode[];
}

export type GroupKind = 'names' | 'clients' | 'servers' | 'namespaces';

export interface TopRow {
  readonly key: string;
  /** A name, a pod, an address; visible text. */
  readonly label: string;
  /** The address where the label is a name for it. */
  readonly detail?: string;
  /** Messages, as captured. */
  readonly queries: StatisticsCount;
  /** Of all queries, 0 to 1. */
  readonly share: number;
  /** These three are of transactions. */
  readonly nxdomain: StatisticsCount;
  /** Answers that help nobody: neither NOERROR nor NXDOMAIN. */
  readonly errors: StatisticsCount;
  readonly unanswered: StatisticsCount;
  /** Absent where nothing was answered. */
  readonly p95Ns?: number;
}

export interface TopList {
  readonly kind: GroupKind;
  readonly rows: readonly TopRow[];
  /** There are more than these. */
  readonly hasMore: boolean;
}

export interface TimeBucket {
  /** 0 where there is no lower edge. */
  readonly fromNs: number;
  /** Absent where there is no upper edge. */
  readonly belowNs?: number;
  /** Transactions. */
  readonly count: number;
  readonly filter: readonly string[];
}

export interface StatisticsPicture {
  /** Conditions of the filter that all of it was counted under. */
  readonly within: readonly string[];
  /** From the first message to the last. */
  readonly durationNs: number;
  readonly messages: number;
  readonly tree: readonly StatisticsNode[];
  readonly tops: readonly TopList[];
  /** From the shortest time that occurred to the longest, without gaps. */
  readonly times: readonly TimeBucket[];
}
