/**
 * The one object that `dnscope analyze --json` prints and `trace --json` ends with. The shape is a stable contract (design.md,
 * the command line). Counts are per message as captured, summed over vantages; `lookups` is the deduplicated view.
 * One pass over transactions and one over lookups.
 */
import { countOwnQueries, type OwnQueries } from '../correlate/ownQueries.ts';
import { EventBit, type Matches } from '../filter/traceFilter.ts';
import { evaluateFindings } from '../findings/evaluateFindings.ts';
import type { Finding } from '../findings/finding.ts';
import { rcodeText, typeText } from '../dns/types.ts';
import { primaryTransaction } from '../lookups/exchangeViews.ts';
import { NONE, ROW_MASK, State } from '../trace/tables.ts';
import type { TraceEngine } from '../trace/traceEngine.ts';
import { roleOf, type Trace } from '../trace/trace.ts';
import { visibleText } from '../../base/visibleText.ts';
import { IdCounts } from '../trace/byId.ts';
import { LatencyHistogram } from './latencyHistogram.ts';
import type { LatencyStats } from './latencyStats.ts';
import { matchedTotals } from './matchedTotals.ts';
import { summarizeWire, type WireSummary } from './wireSummary.ts';

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
  /** What everything below was counted by, but for the files' own figures and `wire`: those are of all packets, see {@link printed}. */
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
  /** Percentiles are within 1 %; count, least, mean and most are exact. */
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
  /** What resolvers asked for nobody that waited (R5): upstream queries, none of them part of a lookup. */
  readonly ownQueries: OwnQueries;
  readonly wire: WireSummary;
  readonly findings: readonly Finding[];
}

/** With a filter, what is of the whole input and not of what matches stands apart. */
export type Printed = Summary | (Omit<Summary, 'files' | 'wire'> & { readonly input: Pick<Summary, 'files' | 'wire'> });

/** The object as `analyze --json` prints it. */
export function printed(summary: Summary): Printed {
  if (summary.filter === undefined) return summary;
  const { filter, files, wire, ...counted } = summary;
  return { filter, input: { files, wire }, ...counted };
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
  const latencies = new LatencyHistogram();
  const servers = new ServerTallies(trace);
  const unansweredAt = new Array<number>(trace.vantages.length).fill(0);
  let transactions = 0;
  let answered = 0;
  const rows = trace.transactions.only(
    'start',
    'end',
    'server',
    'serverPort',
    'retransmissions',
    'vantage',
    'rcode',
    'state',
  );
  for (let id = 0; id < trace.transactions.length; id++) {
    const chunk = rows.of(id);
    const row = id & ROW_MASK;
    if (chunk.state[row] === State.unsolicited || matches?.transactions[id] === 0) continue;
    transactions++;
    const server = servers.of(chunk.server[row]!, chunk.serverPort[row]!);
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
    server.rcodes.add(chunk.rcode[row]!);
    server.latencies.add(took);
    latencies.add(took);
  }
  rows.release();
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
    servers: [...servers.all]
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
    ownQueries: countOwnQueries(trace, matches?.transactions),
    wire: summarizeWire(trace),
    findings: evaluateFindings(engine, matches?.lookups).findings,
  };
}

/** A tally for each address and port; the latest is at hand, since most of a capture asks one server. */
class ServerTallies {
  readonly #trace: Trace;
  readonly #byKey = new Map<string, ServerTally>();
  #server = -1;
  #port = -1;
  #latest: ServerTally | undefined;

  constructor(trace: Trace) {
    this.#trace = trace;
  }

  get all(): Iterable<ServerTally> {
    return this.#byKey.values();
  }

  of(server: number, port: number): ServerTally {
    if (this.#latest !== undefined && server === this.#server && port === this.#port) return this.#latest;
    const key = `${String(server)}:${String(port)}`;
    const tally = this.#byKey.get(key) ?? new ServerTally(this.#trace.addresses.textOf(server), port);
    this.#byKey.set(key, tally);
    [this.#server, this.#port, this.#latest] = [server, port, tally];
    return tally;
  }
}

class ServerTally {
  readonly address: string;
  readonly port: number;
  queries = 0;
  answered = 0;
  unanswered = 0;
  readonly rcodes = new IdCounts();
  readonly latencies = new LatencyHistogram();

  constructor(address: string, port: number) {
    this.address = address;
    this.port = port;
  }
}

/** Queries that brought the application nothing: search names before the deciding one, repeats and retransmissions. */
function wastedQueries(trace: Trace, among?: Uint8Array): number {
  let wasted = 0;
  const types = new Set<number>();
  const lookups = trace.lookups.only('firstExchange', 'stepExchange', 'exchanges');
  const exchanges = trace.exchanges.only('first', 'nextInLookup');
  const transactions = trace.transactions.only('nextInExchange', 'qtype', 'vantage', 'retransmissions');
  const views = { exchanges, transactions, vantages: trace.vantages };
  for (let lookup = 0; lookup < trace.lookups.length; lookup++) {
    if (among?.[lookup] === 0) continue;
    const chunk = lookups.of(lookup);
    const row = lookup & ROW_MASK;
    if (chunk.exchanges[row] === 1) {
      if (trace.totals.retransmissions === 0) continue;
      const only = primaryTransaction(views, chunk.firstExchange[row]!);
      wasted += transactions.of(only).retransmissions[only & ROW_MASK]!;
      continue;
    }
    types.clear();
    const step = chunk.stepExchange[row]!;
    let isInStep = false;
    for (let exchange = chunk.firstExchange[row]!; exchange !== NONE;) {
      const { first, nextInLookup } = exchanges.of(exchange);
      const at = exchange & ROW_MASK;
      const next = nextInLookup[at]!;
      const id = first[at]!;
      isInStep ||= exchange === step;
      if (isInStep) types.add(transactions.of(id).qtype[id & ROW_MASK]!);
      const primary = primaryTransaction(views, exchange);
      wasted += 1 + transactions.of(primary).retransmissions[primary & ROW_MASK]!;
      exchange = next;
    }
    wasted -= types.size;
  }
  lookups.release();
  exchanges.release();
  transactions.release();
  return wasted;
}

function named(counts: Iterable<readonly [number, number]>, textOf: (code: number) => string): Record<string, number> {
  const result: Record<string, number> = {};
  for (const [code, count] of [...counts].sort((a, b) => b[1] - a[1] || a[0] - b[0])) result[textOf(code)] = count;
  return result;
}
