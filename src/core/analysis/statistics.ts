/**
 * Statistics as `analyze --stats` reports them: the rows of Wireshark's DNS statistics, and the same by server, client, name and
 * namespace. Made from partial sums, so that it reports what several agents saw as it does one file.
 */
import { classText, opcodeText, rcodeText, typeText } from '../dns/types.ts';
import { type Burst, burstOf } from './eventSeries.ts';
import type { GroupPartial } from './groupTally.ts';
import { MOST_LABELS, payloadLimits, RESPONSE_TIME_EDGES } from './collectStatistics.ts';
import { LatencyHistogram } from './latencyHistogram.ts';
import type { LatencyStats } from './latencyStats.ts';
import type { SectionPartial } from './recordTally.ts';
import { mergeSpreads, noSpread, type SpreadView, spreadView } from './spread.ts';
import {
  Direction,
  type Instant,
  Service,
  type StatisticsPartial,
  type Topic,
  type TopicRow,
} from './statisticsPartial.ts';

export interface StatisticsRow {
  readonly count: number;
  /** Of the row it stands under, 0 to 1. */
  readonly share: number;
  /** Per millisecond, over the time from the first message to the last. */
  readonly ratePerMs: number;
  /** Absent where nothing was counted. */
  readonly burst?: Burst & { readonly ratePerMs: number };
}

export interface NamedRow extends StatisticsRow {
  readonly name: string;
}

/** A row of values, and where they lie: from `from` on, below `below`; without it there is no upper edge. */
export interface BucketRow extends StatisticsRow, SpreadView {
  readonly from: number;
  readonly below?: number;
}

export interface SectionView {
  readonly perResponse: SpreadView;
  readonly types: readonly { readonly type: string; readonly count: number; readonly ttlSeconds: SpreadView }[];
}

export interface GroupView {
  readonly rows: readonly {
    readonly key: string;
    readonly queries: number;
    /** Of all queries. */
    readonly share: number;
    readonly responses: number;
    readonly answered: number;
    readonly unanswered: number;
    readonly retransmissions: number;
    readonly unsolicited: number;
    readonly rcodes: Readonly<Record<string, number>>;
    readonly latencyNs: LatencyStats;
  }[];
  /** Keys that were counted but are not among the rows, and transactions of keys that were not counted each. */
  readonly moreRows: number;
  readonly otherTransactions: number;
}

export interface Statistics {
  /** From the first message to the last. */
  readonly durationNs: number;
  readonly messages: StatisticsRow;
  readonly queries: StatisticsRow;
  readonly responses: StatisticsRow;
  /** Of responses; shares are of them. */
  readonly rcodes: readonly NamedRow[];
  /** These three are of all messages. */
  readonly opcodes: readonly NamedRow[];
  readonly types: readonly NamedRow[];
  readonly classes: readonly NamedRow[];
  /** Bytes of DNS messages. */
  readonly payload: SpreadView & { readonly buckets: readonly BucketRow[] };
  /** Of queries: characters without the final dot, and labels. */
  readonly queryNames: { readonly length: SpreadView; readonly labels: readonly NamedRow[] };
  /** Of responses; absent with a filter. */
  readonly records?: {
    readonly questionsPerResponse: SpreadView;
    readonly answers: SectionView;
    readonly authorities: SectionView;
    readonly additionals: SectionView;
  };
  /** Of transactions that were answered, ns. */
  readonly responseTime: LatencyStats & { readonly buckets: readonly BucketRow[] };
  readonly service: {
    /** Queries without a response ("request not found"); shares are of queries. */
    readonly unanswered: StatisticsRow;
    readonly retransmissions: StatisticsRow;
    /** Transactions whose query was sent more than once. */
    readonly sentAgain: StatisticsRow;
    /** Queries that a capture of several interfaces holds more than once. */
    readonly copies: StatisticsRow;
    /** Shares are of responses. */
    readonly unsolicited: StatisticsRow;
    readonly duplicateResponses: StatisticsRow;
    /** Came after the asker's patience. */
    readonly lateResponses: StatisticsRow;
  };
  readonly servers: GroupView;
  readonly clients: GroupView;
  readonly names: GroupView;
  /** Of clients; empty where it is not known. */
  readonly namespaces: GroupView;
}

/** @param mostRows of each kind of group */
export function statisticsOf(partial: StatisticsPartial, mostRows: number): Statistics {
  const rows = new Rows(partial);
  const messages = countOf(partial, 'messages', 0);
  const queries = countOf(partial, 'direction', Direction.query);
  const responses = countOf(partial, 'direction', Direction.response);
  const answered = partial.latency.count;
  const { records } = partial;
  const group = (kind: GroupPartial): GroupView => groupView(kind, queries, mostRows);
  return {
    durationNs: rows.durationNs,
    messages: rows.row('messages', 0, messages),
    queries: rows.row('direction', Direction.query, messages),
    responses: rows.row('direction', Direction.response, messages),
    rcodes: rows.named('rcode', responses, rcodeText),
    opcodes: rows.named('opcode', messages, opcodeText),
    types: rows.named('type', messages, typeText),
    classes: rows.named('class', messages, classText),
    payload: { ...rows.spread('payload'), buckets: rows.buckets('payload', messages, payloadLimits) },
    queryNames: {
      length: spreadView(partial.nameLength),
      labels: rows.named('labels', queries, labelsText).toSorted((a, b) => (a.name < b.name ? -1 : 1)),
    },
    ...(records && {
      records: {
        questionsPerResponse: spreadView(records.questions),
        answers: sectionView(records.answers),
        authorities: sectionView(records.authorities),
        additionals: sectionView(records.additionals),
      },
    }),
    responseTime: {
      ...latencyOf(partial.latency),
      buckets: rows.buckets('responseTime', answered, (code) => [
        RESPONSE_TIME_EDGES[code - 1] ?? 0,
        RESPONSE_TIME_EDGES[code],
      ]),
    },
    service: {
      unanswered: rows.row('service', Service.unanswered, queries),
      retransmissions: rows.row('service', Service.retransmission, queries),
      sentAgain: rows.row('service', Service.sentAgain, queries),
      copies: rows.row('service', Service.copy, queries),
      unsolicited: rows.row('service', Service.unsolicited, responses),
      duplicateResponses: rows.row('service', Service.duplicate, responses),
      lateResponses: rows.row('service', Service.late, responses),
    },
    servers: group(partial.servers),
    clients: group(partial.clients),
    names: group(partial.names),
    namespaces: group(partial.namespaces),
  };
}

class Rows {
  readonly durationNs: number;
  readonly #partial: StatisticsPartial;
  readonly #origin: Instant;

  constructor(partial: StatisticsPartial) {
    const { first, last } = partial;
    this.#partial = partial;
    this.#origin = partial.origin ?? { seconds: 0, nanoseconds: 0 };
    this.durationNs =
      first === undefined || last === undefined
        ? 0
        : (last.seconds - first.seconds) * 1e9 + last.nanoseconds - first.nanoseconds;
  }

  row(topic: Topic, code: number, of: number): StatisticsRow {
    const found = this.#partial.topics[topic].find((row) => row.code === code);
    return found === undefined ? { count: 0, share: 0, ratePerMs: 0 } : this.#view(found, of);
  }

  /** The most frequent first. */
  named(topic: Topic, of: number, textOf: (code: number) => string): readonly NamedRow[] {
    return this.#partial.topics[topic]
      .map((row) => ({ name: textOf(row.code), ...this.#view(row, of) }))
      .sort((a, b) => b.count - a.count);
  }

  buckets(
    topic: Topic,
    of: number,
    limitsOf: (code: number) => readonly [from: number, below: number | undefined],
  ): readonly BucketRow[] {
    return this.#partial.topics[topic].map((row) => {
      const [from, below] = limitsOf(row.code);
      const { min, mean, max } = spreadView(row.values ?? noSpread);
      return { from, ...(below === undefined ? {} : { below }), ...this.#view(row, of), min, mean, max };
    });
  }

  /** Over all codes of a topic. */
  spread(topic: Topic): SpreadView {
    const values = this.#partial.topics[topic].flatMap((row) => row.values ?? []);
    return spreadView(values.reduce(mergeSpreads, noSpread));
  }

  #view({ series }: TopicRow, of: number): StatisticsRow {
    const { seconds, nanoseconds } = this.#origin;
    const burst = burstOf(series, this.#partial.phaseNs, seconds, nanoseconds);
    return {
      count: series.count,
      share: of === 0 ? 0 : series.count / of,
      ratePerMs: this.durationNs === 0 ? 0 : series.count / (this.durationNs / 1e6),
      ...(burst && { burst: { ...burst, ratePerMs: burst.count / burst.windowMs } }),
    };
  }
}

function countOf(partial: StatisticsPartial, topic: Topic, code: number): number {
  return partial.topics[topic].find((row) => row.code === code)?.series.count ?? 0;
}

function labelsText(labels: number): string {
  return labels === MOST_LABELS ? `${String(labels)} or more` : String(labels);
}

function sectionView({ perResponse, types }: SectionPartial): SectionView {
  return {
    perResponse: spreadView(perResponse),
    types: types
      .toSorted((a, b) => b.count - a.count)
      .map(({ type, count, ttl }) => ({ type: typeText(type), count, ttlSeconds: spreadView(ttl) })),
  };
}

function groupView({ rows, others }: GroupPartial, queries: number, mostRows: number): GroupView {
  const busiest = rows.toSorted((a, b) => b.queries - a.queries || b.responses - a.responses);
  return {
    rows: busiest.slice(0, mostRows).map(({ rcodes, latency, ...row }) => ({
      ...row,
      share: queries === 0 ? 0 : row.queries / queries,
      rcodes: Object.fromEntries(rcodes.map(([code, count]) => [rcodeText(code), count])),
      latencyNs: latencyOf(latency),
    })),
    moreRows: Math.max(0, rows.length - mostRows),
    otherTransactions: others,
  };
}

function latencyOf(partial: StatisticsPartial['latency']): LatencyStats {
  const histogram = new LatencyHistogram();
  histogram.addPartial(partial);
  return histogram.stats();
}
