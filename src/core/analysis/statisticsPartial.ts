/**
 * Statistics as plain data that adds up: what one vantage, one agent or one file saw. `mergeStatistics` may be applied in any order and
 * grouping and gives what one pass over everything would, but for the busiest keys: a key that is busy only in the sum
 * may be missing from parts in which it is not among the busiest thousand.
 */
import { type GroupPartial, mergeGroups } from './groupTally.ts';
import { LatencyHistogram, type LatencyPartial } from './latencyHistogram.ts';
import { mergeSeries, noEvents, type SeriesPartial } from './eventSeries.ts';
import { mergeRecords, type RecordsPartial } from './recordTally.ts';
import { mergeSpreads, type Spread } from './spread.ts';

/** A time: whole seconds of the epoch, and nanoseconds since, which may be more than a second's. */
export interface Instant {
  readonly seconds: number;
  readonly nanoseconds: number;
}

/** What was counted, by code of its topic. */
export const TOPICS = [
  'messages',
  'direction',
  'rcode',
  'opcode',
  'type',
  'class',
  'payload',
  'labels',
  'responseTime',
  'service',
] as const;
export type Topic = (typeof TOPICS)[number];

export const Direction = { query: 0, response: 1 } as const;
export const Service = {
  unanswered: 0,
  unsolicited: 1,
  retransmission: 2,
  duplicate: 3,
  late: 4,
  copy: 5,
  sentAgain: 6,
} as const;

/** A count over time, of one code of a topic; with a spread where what is counted has a size. */
export interface TopicRow {
  readonly code: number;
  readonly series: SeriesPartial;
  readonly values?: Spread;
}

export interface StatisticsPartial {
  /** What intervals begin later by than the epoch's own 5 ms, ns. */
  readonly phaseNs: number;
  /** The first packet, and the first and last message; absent when there was none. */
  readonly origin?: Instant;
  readonly first?: Instant;
  readonly last?: Instant;
  /** Rows in rising order of codes. */
  readonly topics: Readonly<Record<Topic, readonly TopicRow[]>>;
  /** Lengths of the names in queries, as text without the final dot. */
  readonly nameLength: Spread;
  /** Absent unless records were counted. */
  readonly records?: RecordsPartial;
  readonly latency: LatencyPartial;
  readonly servers: GroupPartial;
  readonly clients: GroupPartial;
  readonly names: GroupPartial;
  readonly namespaces: GroupPartial;
}

export function mergeStatistics(a: StatisticsPartial, b: StatisticsPartial): StatisticsPartial {
  // Nothing was counted in a part without a first packet: its phase means nothing.
  const phaseNs =
    a.origin === undefined ? b.phaseNs : b.origin === undefined ? a.phaseNs : Math.min(a.phaseNs, b.phaseNs);
  const origin = extreme(a.origin, b.origin, -1);
  const first = extreme(a.first, b.first, -1);
  const last = extreme(a.last, b.last, 1);
  const records =
    a.records === undefined ? b.records : b.records === undefined ? a.records : mergeRecords(a.records, b.records);
  const latency = new LatencyHistogram();
  latency.addPartial(a.latency);
  latency.addPartial(b.latency);
  const topics = TOPICS.map((topic) => [topic, mergeTopic(a, b, topic, phaseNs)] as const);
  return {
    phaseNs,
    ...(origin && { origin }),
    ...(first && { first }),
    ...(last && { last }),
    topics: Object.fromEntries(topics) as unknown as StatisticsPartial['topics'],
    nameLength: mergeSpreads(a.nameLength, b.nameLength),
    ...(records && { records }),
    latency: latency.partial(),
    servers: mergeGroups(a.servers, b.servers),
    clients: mergeGroups(a.clients, b.clients),
    names: mergeGroups(a.names, b.names),
    namespaces: mergeGroups(a.namespaces, b.namespaces),
  };
}

function mergeTopic(a: StatisticsPartial, b: StatisticsPartial, topic: Topic, phaseNs: number): readonly TopicRow[] {
  const codes = new Set([...a.topics[topic], ...b.topics[topic]].map((row) => row.code));
  const of = (part: StatisticsPartial): Map<number, TopicRow> =>
    new Map(part.topics[topic].map((row) => [row.code, row]));
  const ofA = of(a);
  const ofB = of(b);
  return [...codes]
    .sort((x, y) => x - y)
    .map((code) => {
      const x = ofA.get(code);
      const y = ofB.get(code);
      const values =
        x?.values === undefined ? y?.values : y?.values === undefined ? x.values : mergeSpreads(x.values, y.values);
      return {
        code,
        series: mergeSeries(x?.series ?? noEvents, a.phaseNs - phaseNs, y?.series ?? noEvents, b.phaseNs - phaseNs),
        ...(values && { values }),
      };
    });
}

/** The earlier (-1) or later (1) of two times. */
function extreme(a: Instant | undefined, b: Instant | undefined, side: 1 | -1): Instant | undefined {
  if (a === undefined || b === undefined) return a ?? b;
  const order = a.seconds - b.seconds || a.nanoseconds - b.nanoseconds;
  return order * side >= 0 ? a : b;
}
