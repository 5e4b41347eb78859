/**
 * The one object that `dnscope analyze --json` prints and `trace --json` ends with. The shape is a stable contract (design.md,
 * the command line). Counts are per message as captured, summed over vantages; `lookups` is the deduplicated view.
 * One pass over transactions and one over lookups.
 */
import { EventBit, type Matches } from '../filter/traceFilter.ts';
import { evaluateFindings } from '../findings/evaluateFindings.ts';
import type { Finding } from '../findings/finding.ts';
import { rcodeText, typeText } from '../dns/types.ts';
import { primaryTransaction } from '../lookups/exchangeViews.ts';
import { ROW_MASK, State } from '../trace/tables.ts';
import type { TraceEngine } from '../trace/traceEngine.ts';
import { roleOf, type Trace } from '../trace/trace.ts';
import { visibleText } from '../../base/visibleText.ts';
import { matchedTotals } from './matchedTotals.ts';
import { summarizeWire, type WireSummary } from './wireSummary.ts';

export interface LatencyStats {
  readonly count: number;
  readonly min: number;
  readonly mean: number;
  readonly p50: number;
  readonly p90: number;
  readonly p99: number;
  readonly max: number;
}

export interface AnalyzedFile {
  readonly path: string;
  readonly packets: number;
  readonly bytes: number;
  readonly linkTypes: readonly number[];
  readonly truncated: boolean;
  /** What its writer noted in it; absent when nothing. */
  readonly comments?: readonly string[];
}

export interface Summary {
  /** What everything below was counted by, but for the files' own figures and `wire`: those are of all packets. */
  readonly filter?: string;
  readonly files: readonly AnalyzedFile[];
  readonly packets: number;
  readonly dnsMessages: number;
  readonly undecodable: number;
  readonly queries: number;
  readonly responses: number;
  readonly transactions: number;
  readonly answered: number;
  readonly unanswered: number;
  readonly retransmissions: number;
  readonly unsolicitedResponses: number;
  readonly rcodes: Readonly<Record<string, number>>;
  readonly qtypes: Readonly<Record<string, number>>;
  readonly latencyNs: LatencyStats;
  readonly vantages: readonly {
    readonly name: string;
    readonly role: string;
    readonly queries: number;
    readonly responses: number;
    readonly unanswered: number;
    /** How far its clock is ahead of the one taken as right; absent when nothing seen at two places tells. */
    readonly clockOffsetNs?: number;
  }[];
  readonly servers: readonly {
    readonly address: string;
    readonly port: number;
    readonly queries: number;
    readonly answered: number;
    readonly unanswered: number;
    readonly rcodes: Readonly<Record<string, number>>;
    readonly latencyNs: LatencyStats;
  }[];
  readonly lookups: {
    readonly count: number;
    readonly failed: number;
    readonly slow: number;
    readonly wastedQueries: number;
  };
  readonly wire: WireSummary;
  readonly findings: readonly Finding[];
}

/** Most servers listed; a scan of the whole address space must not make a report of millions of lines. */
const MOST_SERVERS = 1000;

/** A filter, and what of the trace it matches. */
export interface Selected {
  readonly filter: string;
  readonly matches: Matches;
}

/** @param selected counts only what a filter matches: messages, the transactions they are of, lookups and findings about them */
export function summarize(engine: TraceEngine, files: readonly AnalyzedFile[], selected?: Selected): Summary {
  engine.refresh();
  const { trace } = engine;
  const matches = selected?.matches;
  const matched = matches === undefined ? undefined : matchedTotals(trace, matches);
  const latencies = new NumberList();
  const servers = new Map<string, ServerTally>();
  const unansweredAt = new Array<number>(trace.vantages.length).fill(0);
  let transactions = 0;
  let answered = 0;
  for (let id = 0; id < trace.transactions.length; id++) {
    const chunk = trace.transactions.of(id);
    const row = id & ROW_MASK;
    if (chunk.state[row] === State.unsolicited || matches?.transactions[id] === 0) continue;
    transactions++;
    const key = `${String(chunk.server[row]!)}:${String(chunk.serverPort[row]!)}`;
    let server = servers.get(key);
    if (server === undefined) {
      server = new ServerTally(trace.addresses.textOf(chunk.server[row]!), chunk.serverPort[row]!);
      servers.set(key, server);
    }
    // Queries as captured: retransmissions are messages too.
    if (matches === undefined || (matches.transactions[id]! & EventBit.query) !== 0)
      server.queries += 1 + chunk.retransmissions[row]!;
    const took = chunk.end[row]! - chunk.start[row]!;
    if (Number.isNaN(took)) {
      server.unanswered++;
      unansweredAt[chunk.vantage[row]!]!++;
      continue;
    }
    answered++;
    server.answered++;
    server.rcodes.set(chunk.rcode[row]!, (server.rcodes.get(chunk.rcode[row]!) ?? 0) + 1);
    server.latencies.push(took);
    latencies.push(took);
  }
  const totals = matched ?? trace.totals;
  const { count, failed, slow } = matched?.lookups ?? { ...engine.counts, count: engine.counts.lookups };
  return {
    ...(selected === undefined ? {} : { filter: selected.filter }),
    files,
    packets: totals.packets,
    dnsMessages: totals.messages,
    undecodable: matched === undefined ? trace.totals.undecodable : 0,
    queries: totals.queries,
    responses: totals.responses,
    transactions,
    answered,
    unanswered: transactions - answered,
    retransmissions: totals.retransmissions,
    unsolicitedResponses: totals.unsolicited,
    rcodes: named((matched ?? trace).rcodes, rcodeText),
    qtypes: named((matched ?? trace).qtypes, typeText),
    latencyNs: latencies.stats(),
    vantages: trace.vantages.map((state, index) => ({
      name: visibleText(state.vantage.name),
      role: roleOf(state),
      queries: (matched?.vantages[index] ?? state).queries,
      responses: (matched?.vantages[index] ?? state).responses,
      unanswered: unansweredAt[index]!,
      ...(state.clock === undefined ? {} : { clockOffsetNs: Math.round(state.clock.offsetNs) }),
    })),
    servers: [...servers.values()]
      .sort((a, b) => b.queries - a.queries)
      .slice(0, MOST_SERVERS)
      .map((server) => ({
        address: server.address,
        port: server.port,
        queries: server.queries,
        answered: server.answered,
        unanswered: server.unanswered,
        rcodes: named(server.rcodes, rcodeText),
        latencyNs: server.latencies.stats(),
      })),
    lookups: {
      count,
      failed,
      slow,
      wastedQueries: wastedQueries(trace, matches?.lookups),
    },
    wire: summarizeWire(trace),
    findings: evaluateFindings(engine, matches?.lookups).findings,
  };
}

class ServerTally {
  readonly address: string;
  readonly port: number;
  queries = 0;
  answered = 0;
  unanswered = 0;
  readonly rcodes = new Map<number, number>();
  readonly latencies = new NumberList();

  constructor(address: string, port: number) {
    this.address = address;
    this.port = port;
  }
}

/** Queries that brought the application nothing: search names before the deciding one, repeats and retransmissions. */
function wastedQueries(trace: Trace, among?: Uint8Array): number {
  let wasted = 0;
  const types = new Set<number>();
  for (let lookup = 0; lookup < trace.lookups.length; lookup++) {
    if (among?.[lookup] === 0) continue;
    const chunk = trace.lookups.of(lookup);
    const row = lookup & ROW_MASK;
    if (chunk.exchanges[row] === 1) {
      const only = primaryTransaction(trace, chunk.firstExchange[row]!);
      wasted += trace.transactions.of(only).retransmissions[only & ROW_MASK]!;
      continue;
    }
    types.clear();
    for (const exchange of trace.exchangesOf(lookup, chunk.stepExchange[row])) {
      const id = trace.exchanges.of(exchange).first[exchange & ROW_MASK]!;
      types.add(trace.transactions.of(id).qtype[id & ROW_MASK]!);
    }
    for (const exchange of trace.exchangesOf(lookup)) {
      const id = primaryTransaction(trace, exchange);
      wasted += 1 + trace.transactions.of(id).retransmissions[id & ROW_MASK]!;
    }
    wasted -= types.size;
  }
  return wasted;
}

function named(counts: Iterable<readonly [number, number]>, textOf: (code: number) => string): Record<string, number> {
  const result: Record<string, number> = {};
  for (const [code, count] of [...counts].sort((a, b) => b[1] - a[1] || a[0] - b[0])) result[textOf(code)] = count;
  return result;
}

/** Numbers in a growing typed array, so that millions of them sort in place without boxing. */
class NumberList {
  #values = new Float64Array(64);
  #length = 0;

  push(value: number): void {
    if (this.#length === this.#values.length) {
      const larger = new Float64Array(this.#length * 2);
      larger.set(this.#values);
      this.#values = larger;
    }
    this.#values[this.#length++] = value;
  }

  /** Exact percentiles by the nearest-rank method; zeros when empty. */
  stats(): LatencyStats {
    const values = this.#values.subarray(0, this.#length);
    const count = values.length;
    if (count === 0) return { count: 0, min: 0, mean: 0, p50: 0, p90: 0, p99: 0, max: 0 };
    let sum = 0;
    let min = values[0]!;
    let max = min;
    for (const value of values) {
      sum += value;
      if (value < min) min = value;
      if (value > max) max = value;
    }
    // Each share is looked for above the one before it only.
    let from = 0;
    const rank = (share: number): number => {
      const wanted = Math.max(0, Math.ceil(share * count) - 1);
      select(values, from, count - 1, wanted);
      from = wanted;
      return values[wanted]!;
    };
    return { count, min, mean: sum / count, p50: rank(0.5), p90: rank(0.9), p99: rank(0.99), max };
  }
}

/** Halving 5 million values takes 23 rounds; chance rarely doubles that. */
const MOST_ROUNDS = 100;

/** Hoare's selection: puts the value of rank `wanted` in its place, nothing greater before it, nothing less after it. */
function select(values: Float64Array, from: number, to: number, wanted: number): void {
  let low = from;
  let high = to;
  for (let rounds = 0; low < high; rounds++) {
    // Values made to foil the choice of pivots must not cost their square.
    if (rounds === MOST_ROUNDS) {
      values.subarray(low, high + 1).sort();
      return;
    }
    const pivot = values[(low + high) >>> 1]!;
    let i = low;
    let j = high;
    while (i <= j) {
      while (values[i]! < pivot) i++;
      while (values[j]! > pivot) j--;
      if (i > j) break;
      const value = values[i]!;
      values[i++] = values[j]!;
      values[j--] = value;
    }
    if (wanted <= j) high = j;
    else if (wanted >= i) low = i;
    else return;
  }
}
