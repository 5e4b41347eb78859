/**
 * Statistics of a trace, from its columns: what every message is goes into counts over time by topic, what became of every
 * transaction into response times and groups. The records of responses come from `RecordTally`, counted as the messages came in.
 * Cost: one pass over the messages, one over the transactions, and one over the transactions' ids to find the busiest keys; about 0.5 µs a
 * message. It comes in steps. Rows that a trace gets meanwhile are left out, so that all passes are of the same.
 */
import { runSteps, type Steps } from '../../base/steps.ts';
import { DnsFlag } from '../dns/header.ts';
import { EventBit, type Matches } from '../filter/traceFilter.ts';
import { COPY_NS } from '../trace/messageRows.ts';
import { NONE, ROW_MASK, State } from '../trace/tables.ts';
import type { TraceEngine } from '../trace/traceEngine.ts';
import type { Trace } from '../trace/trace.ts';
import { EventSeries, IntervalClock } from './eventSeries.ts';
import { LatencyHistogram } from './latencyHistogram.ts';
import { SpreadTally } from './spread.ts';
import { StatisticsGroups } from './statisticsGroups.ts';
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

/** Hears, while statistics are collected, what the sums do not keep. */
export interface StatisticsListener {
  /** A message that repeats another of its transaction was counted under `code`, unlike that one, which was counted under `first`. */
  repeatedUnlike(topic: Topic, code: number, first: number): void;
  /** A transaction was counted for its response alone: the filter leaves its query out. */
  countedByResponse(): void;
  /** A query was counted whose name has a dot within a label. */
  dottedLabel(): void;
  /** How long an answered transaction took, ns. */
  answered(tookNs: number): void;
  /** Clients by their namespace, as address ids. */
  namespaces(clients: ReadonlyMap<string, readonly number[]>): void;
}

/** Rows between two steps. */
const STRETCH = 1 << 14;

/** @param matches counts only messages and transactions that a filter found; records are then left out, as they were counted of all */
export function collectStatistics(engine: TraceEngine, matches?: Matches): StatisticsPartial {
  engine.refresh();
  return runSteps(collectingStatistics(engine, matches));
}

/** The same in steps, of an engine that is refreshed. */
export function* collectingStatistics(
  engine: TraceEngine,
  matches?: Matches,
  listener?: StatisticsListener,
): Steps<StatisticsPartial> {
  const { trace } = engine;
  const baseSeconds = trace.baseSeconds || 0;
  const firstPacket = earliestPacket(trace);
  const topics = new Topics(new IntervalClock(baseSeconds, firstPacket ?? 0));
  const groups = new StatisticsGroups(engine);
  const pass: Pass = {
    trace,
    matches,
    listener,
    topics,
    groups,
    messages: trace.messages.length,
    transactions: trace.transactions.length,
  };
  yield* countKeys(pass);
  const span = yield* countMessages(pass);
  const latency = yield* countTransactions(pass);
  listener?.namespaces(groups.clientsByNamespace());
  const instant = (time: number): Instant => {
    const seconds = Math.floor(time / NS_PER_S);
    return { seconds: baseSeconds + seconds, nanoseconds: time - seconds * NS_PER_S };
  };
  const records = matches === undefined ? trace.records : undefined;
  return {
    phaseNs: topics.clock.phaseNs,
    ...(firstPacket === undefined ? {} : { origin: instant(firstPacket) }),
    ...(span === undefined ? {} : { first: instant(span.first), last: instant(span.last) }),
    topics: yield* topics.rows(),
    nameLength: topics.nameLength.spread(),
    ...(records === undefined ? {} : { records: records.partial() }),
    latency: latency.partial(),
    ...groups.partials(),
  };
}

interface Pass {
  readonly trace: Trace;
  readonly matches: Matches | undefined;
  readonly listener: StatisticsListener | undefined;
  readonly topics: Topics;
  readonly groups: StatisticsGroups;
  /** Rows as the passes began. */
  readonly messages: number;
  readonly transactions: number;
}

function* countKeys({ trace, matches, listener, groups, transactions }: Pass): Steps<void> {
  for (let id = 0; id < transactions; id++) {
    if ((id & (STRETCH - 1)) === STRETCH - 1) yield;
    const bits = matches?.transactions[id];
    if (bits === 0) continue;
    if (bits === EventBit.response) listener?.countedByResponse();
    const chunk = trace.transactions.of(id);
    const row = id & ROW_MASK;
    groups.expect(chunk.server[row]!, chunk.client[row]!, chunk.name[row]!);
  }
  groups.keepBusiest();
}

function* countMessages(pass: Pass): Steps<{ first: number; last: number } | undefined> {
  const { trace, matches, listener, topics, groups } = pass;
  /** When a transaction's query was sent last, of those that were sent more than once. */
  const sentAgain = new Map<number, number>();
  let first = Number.POSITIVE_INFINITY;
  let last = Number.NEGATIVE_INFINITY;
  for (let id = 0; id < pass.messages; id++) {
    if ((id & (STRETCH - 1)) === STRETCH - 1) yield;
    const chunk = trace.messages.of(id);
    const row = id & ROW_MASK;
    const transaction = chunk.transaction[row]!;
    const flags = chunk.flags[row]!;
    const isResponse = (flags & DnsFlag.QR) !== 0;
    if (matches !== undefined && (matches.transactions[transaction]! & bitOf(isResponse)) === 0) continue;
    const of = trace.transactions.of(transaction);
    const at = transaction & ROW_MASK;
    const time = chunk.time[row]!;
    const size = chunk.size[row]!;
    if (time < first) first = time;
    if (time > last) last = time;
    topics.clock.set(time);
    topics.count('messages', 0);
    topics.count('direction', isResponse ? Direction.response : Direction.query);
    topics.count('opcode', (flags >> 11) & 15);
    topics.count('type', of.qtype[at]!);
    topics.count('class', of.qclass[at]!);
    topics.countValue('payload', payloadCode(size), size);
    groups.eachOf(transaction, of.server[at]!, of.client[at]!, of.name[at]!);
    if (isResponse) {
      const isFirst = of.response[at] === id;
      const rcode = isFirst ? of.rcode[at]! : flags & 15;
      topics.count('rcode', rcode);
      const isUnsolicited = of.state[at] === State.unsolicited;
      if (isUnsolicited) topics.count('service', Service.unsolicited);
      else if (!isFirst) topics.count('service', Service.duplicate);
      else if (of.state[at] === State.late) topics.count('service', Service.late);
      for (const tally of groups.current) {
        tally.responses++;
        if (isUnsolicited) tally.unsolicited++;
      }
      if (!isFirst && listener !== undefined) {
        if (rcode !== of.rcode[at]) listener.repeatedUnlike('rcode', rcode, of.rcode[at]!);
        compareWith(trace, of.response[at]!, flags, size, listener);
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
      if (listener === undefined) continue;
      if (trace.names.hasDottedLabel(name)) listener.dottedLabel();
      if (isRepeated) compareWith(trace, of.firstMessage[at]!, flags, size, listener);
    }
  }
  return first > last ? undefined : { first, last };
}

/** A repeated message beside the one that stands for its side of the transaction. May bring back other rows from disk. */
function compareWith(trace: Trace, message: number, flags: number, size: number, listener: StatisticsListener): void {
  if (message === NONE) return;
  const chunk = trace.messages.of(message);
  const row = message & ROW_MASK;
  const opcodes = [(flags >> 11) & 15, (chunk.flags[row]! >> 11) & 15] as const;
  if (opcodes[0] !== opcodes[1]) listener.repeatedUnlike('opcode', ...opcodes);
  const payloads = [payloadCode(size), payloadCode(chunk.size[row]!)] as const;
  if (payloads[0] !== payloads[1]) listener.repeatedUnlike('payload', ...payloads);
}

function* countTransactions(pass: Pass): Steps<LatencyHistogram> {
  const { trace, matches, listener, topics, groups } = pass;
  const latency = new LatencyHistogram();
  for (let id = 0; id < pass.transactions; id++) {
    if ((id & (STRETCH - 1)) === STRETCH - 1) yield;
    const chunk = trace.transactions.of(id);
    const row = id & ROW_MASK;
    if (chunk.state[row] === State.unsolicited || matches?.transactions[id] === 0) continue;
    groups.eachOf(id, chunk.server[row]!, chunk.client[row]!, chunk.name[row]!);
    if (chunk.retransmissions[row]! > 0) {
      topics.clock.set(chunk.start[row]!);
      topics.count('service', Service.sentAgain);
    }
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
    listener?.answered(took);
    const rcode = chunk.rcode[row]!;
    for (const tally of groups.current) {
      tally.answered++;
      tally.rcodes.set(rcode, (tally.rcodes.get(rcode) ?? 0) + 1);
      tally.latency.add(took);
    }
  }
  return latency;
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

/** Of a DNS message of this many bytes. */
export function payloadCode(size: number): number {
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

  *rows(): Steps<Readonly<Record<Topic, readonly TopicRow[]>>> {
    const entries: [Topic, readonly TopicRow[]][] = [];
    for (const topic of TOPICS) {
      const rows: TopicRow[] = [];
      for (const [code, { series, values }] of [...this.#topics[topic]].sort((a, b) => a[0] - b[0])) {
        // Up to 100,000 intervals are put in order for each.
        yield;
        rows.push({ code, series: series.partial(), ...(values && { values: values.spread() }) });
      }
      entries.push([topic, rows]);
    }
    return Object.fromEntries(entries) as unknown as Record<Topic, readonly TopicRow[]>;
  }
}
