/**
 * Statistics of a trace, from its columns: what every message is goes into counts over time by topic, what became of every
 * transaction into response times and groups. The records of responses come from `RecordTally`, counted as the messages came in.
 * Cost: one pass over the messages, one over the transactions, and one over the transactions' ids to find the busiest keys.
 */
import { DnsFlag } from '../dns/header.ts';
import { EventBit, type Matches } from '../filter/traceFilter.ts';
import { IdCounts } from '../trace/byId.ts';
import { COPY_NS } from '../trace/messageRows.ts';
import { ROW_MASK, State } from '../trace/tables.ts';
import type { TraceEngine } from '../trace/traceEngine.ts';
import type { Trace } from '../trace/trace.ts';
import { EventSeries, IntervalClock } from './eventSeries.ts';
import { type GroupTally, GroupTallies } from './groupTally.ts';
import { LatencyHistogram } from './latencyHistogram.ts';
import { SpreadTally } from './spread.ts';
import {
  Direction,
  type Instant,
  Service,
  type StatisticsPartial,
  type Topic,
  TOPICS,
  type TopicRow,
} from './statisticsPartial.ts';

const NS_PER_S = 1e9;
/** Payload sizes by the doubling: code 6 is below 64 bytes, 7 below 128, … */
const SMALLEST_DOUBLING = 6;
const LARGEST_DOUBLING = 12;
/** More labels than this count as this many. */
export const MOST_LABELS = 4;
/** Upper edges of the buckets of response times, ns; the code of a bucket is its place here. */
export const RESPONSE_TIME_EDGES: readonly number[] = [
  1e6, 5e6, 1e7, 5e7, 1e8, 2e8, 5e8, 1e9, 2e9, 3e9, 4e9, 5e9, 6e9, 7e9, 8e9, 9e9, 1e10,
];

/** @param matches counts only messages and transactions that a filter found; records are then left out, as they were counted of all */
export function collectStatistics(engine: TraceEngine, matches?: Matches): StatisticsPartial {
  engine.refresh();
  const { trace } = engine;
  const baseSeconds = trace.baseSeconds || 0;
  const firstPacket = earliestPacket(trace);
  const topics = new Topics(new IntervalClock(baseSeconds, firstPacket ?? 0));
  const groups = new Groups(engine, matches);
  const span = countMessages(trace, matches, topics, groups);
  const latency = new LatencyHistogram();
  countTransactions(trace, matches, topics, groups, latency);
  const instant = (time: number): Instant => {
    const seconds = Math.floor(time / NS_PER_S);
    return { seconds: baseSeconds + seconds, nanoseconds: time - seconds * NS_PER_S };
  };
  const records = matches === undefined ? trace.records : undefined;
  return {
    phaseNs: topics.clock.phaseNs,
    ...(firstPacket === undefined ? {} : { origin: instant(firstPacket) }),
    ...(span === undefined ? {} : { first: instant(span.first), last: instant(span.last) }),
    topics: topics.rows(),
    nameLength: topics.nameLength.spread(),
    ...(records === undefined ? {} : { records: records.partial() }),
    latency: latency.partial(),
    ...groups.partials(),
  };
}

function countMessages(
  trace: Trace,
  matches: Matches | undefined,
  topics: Topics,
  groups: Groups,
): { first: number; last: number } | undefined {
  /** When a transaction's query was sent last, of those that were sent more than once. */
  const sentAgain = new Map<number, number>();
  let first = Number.POSITIVE_INFINITY;
  let last = Number.NEGATIVE_INFINITY;
  for (let id = 0; id < trace.messages.length; id++) {
    const chunk = trace.messages.of(id);
    const row = id & ROW_MASK;
    const transaction = chunk.transaction[row]!;
    const flags = chunk.flags[row]!;
    const isResponse = (flags & DnsFlag.QR) !== 0;
    if (matches !== undefined && (matches.transactions[transaction]! & bitOf(isResponse)) === 0) continue;
    const of = trace.transactions.of(transaction);
    const at = transaction & ROW_MASK;
    const time = chunk.time[row]!;
    if (time < first) first = time;
    if (time > last) last = time;
    topics.clock.set(time);
    topics.count('messages', 0);
    topics.count('direction', isResponse ? Direction.response : Direction.query);
    topics.count('opcode', (flags >> 11) & 15);
    topics.count('type', of.qtype[at]!);
    topics.count('class', of.qclass[at]!);
    topics.countValue('payload', payloadCode(chunk.size[row]!), chunk.size[row]!);
    groups.eachOf(transaction, of.server[at]!, of.client[at]!, of.name[at]!);
    if (isResponse) {
      const isFirst = of.response[at] === id;
      topics.count('rcode', isFirst ? of.rcode[at]! : flags & 15);
      const isUnsolicited = of.state[at] === State.unsolicited;
      if (isUnsolicited) topics.count('service', Service.unsolicited);
      else if (!isFirst) topics.count('service', Service.duplicate);
      else if (of.state[at] === State.late) topics.count('service', Service.late);
      for (const tally of groups.current) {
        tally.responses++;
        if (isUnsolicited) tally.unsolicited++;
      }
    } else {
      const name = of.name[at]!;
      topics.nameLength.add(Math.max(0, trace.names.wireLengthOf(name) - 2));
      topics.count('labels', Math.min(trace.names.labelsOf(name), MOST_LABELS));
      const isRepeated = of.firstMessage[at] !== id;
      const isRetransmission = isRepeated && time - (sentAgain.get(transaction) ?? of.start[at]!) > COPY_NS;
      if (isRetransmission) sentAgain.set(transaction, time);
      if (isRepeated) topics.count('service', isRetransmission ? Service.retransmission : Service.copy);
      for (const tally of groups.current) {
        tally.queries++;
        if (isRetransmission) tally.retransmissions++;
      }
    }
  }
  return first > last ? undefined : { first, last };
}

function countTransactions(
  trace: Trace,
  matches: Matches | undefined,
  topics: Topics,
  groups: Groups,
  latency: LatencyHistogram,
): void {
  for (let id = 0; id < trace.transactions.length; id++) {
    const chunk = trace.transactions.of(id);
    const row = id & ROW_MASK;
    if (chunk.state[row] === State.unsolicited || matches?.transactions[id] === 0) continue;
    groups.eachOf(id, chunk.server[row]!, chunk.client[row]!, chunk.name[row]!);
    const took = chunk.end[row]! - chunk.start[row]!;
    if (Number.isNaN(took)) {
      topics.clock.set(chunk.start[row]!);
      topics.count('service', Service.unanswered);
      for (const tally of groups.current) tally.unanswered++;
      continue;
    }
    topics.clock.set(chunk.end[row]!);
    topics.countValue('responseTime', responseTimeCode(took), Math.round(took));
    latency.add(took);
    const rcode = chunk.rcode[row]!;
    for (const tally of groups.current) {
      tally.answered++;
      tally.rcodes.set(rcode, (tally.rcodes.get(rcode) ?? 0) + 1);
      tally.latency.add(took);
    }
  }
}

function bitOf(isResponse: boolean): number {
  return isResponse ? EventBit.response : EventBit.query;
}

function earliestPacket(trace: Trace): number | undefined {
  let earliest: number | undefined;
  for (const { firstTime } of trace.vantages)
    if (!Number.isNaN(firstTime) && !(firstTime >= (earliest ?? Number.POSITIVE_INFINITY))) earliest = firstTime;
  return earliest;
}

function payloadCode(size: number): number {
  return Math.min(Math.max(32 - Math.clz32(size), SMALLEST_DOUBLING), LARGEST_DOUBLING + 1);
}

/** The bytes from which, and below which, a payload has this code. */
export function payloadLimits(code: number): readonly [from: number, below: number | undefined] {
  return [code === SMALLEST_DOUBLING ? 0 : 2 ** (code - 1), code > LARGEST_DOUBLING ? undefined : 2 ** code];
}

function responseTimeCode(took: number): number {
  const code = RESPONSE_TIME_EDGES.findIndex((edge) => took < edge);
  return code === -1 ? RESPONSE_TIME_EDGES.length : code;
}

interface RowTally {
  readonly series: EventSeries;
  values?: SpreadTally;
}

class Topics {
  readonly clock: IntervalClock;
  readonly nameLength = new SpreadTally();
  readonly #topics: Readonly<Record<Topic, Map<number, RowTally>>>;

  constructor(clock: IntervalClock) {
    this.clock = clock;
    this.#topics = Object.fromEntries(TOPICS.map((topic) => [topic, new Map()])) as unknown as Record<
      Topic,
      Map<number, RowTally>
    >;
  }

  /** An event at the time the clock is set to. */
  count(topic: Topic, code: number): void {
    this.#row(topic, code).series.add();
  }

  countValue(topic: Topic, code: number, value: number): void {
    const row = this.#row(topic, code);
    row.series.add();
    (row.values ??= new SpreadTally()).add(value);
  }

  #row(topic: Topic, code: number): RowTally {
    const rows = this.#topics[topic];
    let row = rows.get(code);
    if (row === undefined) {
      row = { series: new EventSeries(this.clock) };
      rows.set(code, row);
    }
    return row;
  }

  rows(): Readonly<Record<Topic, readonly TopicRow[]>> {
    const entries = TOPICS.map((topic) => {
      const rows = [...this.#topics[topic]].sort((a, b) => a[0] - b[0]);
      return [
        topic,
        rows.map(([code, { series, values }]) => ({
          code,
          series: series.partial(),
          ...(values && { values: values.spread() }),
        })),
      ] as const;
    });
    return Object.fromEntries(entries) as unknown as Record<Topic, readonly TopicRow[]>;
  }
}

/** What stands for clients whose namespace is not known. */
const NO_NAMESPACE = '';

class Groups {
  /** Tallies that the transaction last given to `eachOf` counts in; overwritten each time. */
  readonly current: GroupTally[] = [];
  readonly #engine: TraceEngine;
  readonly #servers: GroupTallies;
  readonly #clients: GroupTallies;
  readonly #names: GroupTallies;
  readonly #namespaces: GroupTallies;
  /** Namespace id by client id. */
  readonly #namespaceOf: number[] = [];
  readonly #namespaceIds = new Map<string, number>();
  readonly #namespaceTexts: string[] = [];
  #transaction = -1;

  constructor(engine: TraceEngine, matches: Matches | undefined) {
    this.#engine = engine;
    const { trace } = engine;
    const servers = new IdCounts();
    const clients = new IdCounts();
    const names = new IdCounts();
    const namespaces = new IdCounts();
    for (let id = 0; id < trace.transactions.length; id++) {
      if (matches?.transactions[id] === 0) continue;
      const chunk = trace.transactions.of(id);
      const row = id & ROW_MASK;
      servers.add(chunk.server[row]!);
      clients.add(chunk.client[row]!);
      names.add(chunk.name[row]!);
      namespaces.add(this.#namespaceId(chunk.client[row]!));
    }
    this.#servers = new GroupTallies(servers);
    this.#clients = new GroupTallies(clients);
    this.#names = new GroupTallies(names);
    this.#namespaces = new GroupTallies(namespaces);
  }

  eachOf(transaction: number, server: number, client: number, name: number): void {
    if (transaction === this.#transaction) return;
    this.#transaction = transaction;
    this.current.length = 0;
    this.#push(this.#servers.get(server));
    this.#push(this.#clients.get(client));
    this.#push(this.#names.get(name));
    this.#push(this.#namespaces.get(this.#namespaceId(client)));
  }

  partials(): Pick<StatisticsPartial, 'servers' | 'clients' | 'names' | 'namespaces'> {
    const { addresses, names } = this.#engine.trace;
    return {
      servers: this.#servers.partial((id) => addresses.textOf(id)),
      clients: this.#clients.partial((id) => addresses.textOf(id)),
      names: this.#names.partial((id) => names.textOf(id)),
      namespaces: this.#namespaces.partial((id) => this.#namespaceTexts[id] ?? NO_NAMESPACE),
    };
  }

  #push(tally: GroupTally | undefined): void {
    if (tally !== undefined) this.current.push(tally);
  }

  #namespaceId(client: number): number {
    const known = this.#namespaceOf[client];
    if (known !== undefined) return known;
    const owner = this.#engine.topology.ownerOf(this.#engine.trace.addresses.textOf(client));
    const text = owner?.kind === 'pod' ? owner.pod.namespace : NO_NAMESPACE;
    let id = this.#namespaceIds.get(text);
    if (id === undefined) {
      id = this.#namespaceTexts.push(text) - 1;
      this.#namespaceIds.set(text, id);
    }
    this.#namespaceOf[client] = id;
    return id;
  }
}
