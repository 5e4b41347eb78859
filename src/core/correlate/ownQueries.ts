/**
 * Rule R5: what resolvers ask for nobody that waits, counted by what it looks like. None of it is a lookup.
 * - `health`: `.` NS, with which plugin/forward probes an upstream after an error
 * - `loop`: HINFO for a random name, with which plugin/loop looks for itself at the start
 * - `refresh`: the same question was answered to a client within the second before: prefetch, or a stale answer renewed
 *   (plugin/cache asks over TCP for both since 1.14.3)
 * - `transfer`: SOA, AXFR and IXFR: a secondary asks after its zones, a primary tells of a change
 * - `other`: a name that nothing leads to from a client's (changedNames.ts), another process in the pod's network
 * Cost: each such query is looked at; where one may be a refresh, one ascending pass over the transactions, of which only those for its name count.
 */
import { DnsType } from '../dns/types.ts';
import { NONE, ROW_MASK } from '../trace/tables.ts';
import type { Trace } from '../trace/trace.ts';

export type OwnQueryKind = 'health' | 'loop' | 'refresh' | 'transfer' | 'other';
export type OwnQueries = Readonly<Record<OwnQueryKind, number>>;

const JUST_BEFORE_NS = 1e9;
/** Answers to one question that are on their way at once; those of more clients are left out. */
const MOST_OPEN = 256;
/** plugin/loop: two random numbers as labels. */
const LOOP_NAME = /^\d+\.\d+\.(.*\.)?$/;

/** @param among a byte a transaction; the others are not counted */
export function countOwnQueries(trace: Trace, among?: Uint8Array): OwnQueries {
  const counts = { health: 0, loop: 0, refresh: 0, transfer: 0, other: 0 };
  const untold: number[] = [];
  for (const exchange of trace.background) {
    const chunk = trace.exchanges.of(exchange);
    const row = exchange & ROW_MASK;
    const first = chunk.first[row]!;
    // A client's query that was found later explains it after all.
    if (chunk.parent[row] !== NONE || among?.[first] === 0) continue;
    const kind = kindByQuestion(trace, first);
    if (kind === undefined) untold.push(first);
    else counts[kind]++;
  }
  counts.refresh = countRefreshes(trace, untold);
  counts.other = untold.length - counts.refresh;
  return counts;
}

function kindByQuestion(trace: Trace, transaction: number): OwnQueryKind | undefined {
  const chunk = trace.transactions.of(transaction);
  const row = transaction & ROW_MASK;
  switch (chunk.qtype[row]) {
    case DnsType.NS:
      return trace.names.textOf(chunk.name[row]!) === '.' ? 'health' : undefined;
    case DnsType.HINFO:
      return LOOP_NAME.test(trace.names.textOf(chunk.name[row]!)) ? 'loop' : undefined;
    case DnsType.SOA:
    case DnsType.AXFR:
    case DnsType.IXFR:
      return 'transfer';
    default:
      return undefined;
  }
}

/** When clients got their answers to one question at one place from one server. */
class AnswerTimes {
  #latest = Number.NEGATIVE_INFINITY;
  /** Of questions that were asked by now and answered later. */
  #open: number[] = [];

  add(end: number): void {
    if (!Number.isNaN(end) && this.#open.length < MOST_OPEN) this.#open.push(end);
  }

  /** The latest one up to `time`; times never go back by much. */
  before(time: number): number {
    for (const end of this.#open) if (end <= time && end > this.#latest) this.#latest = end;
    this.#open = this.#open.filter((end) => end > time);
    return this.#latest;
  }
}

/** How many of these queries of resolvers followed an answer to the same question. */
function countRefreshes(trace: Trace, transactions: readonly number[]): number {
  const own = Uint32Array.from(transactions).sort();
  const isSought = new Uint8Array(own.length === 0 ? 0 : trace.names.size);
  for (const id of own) isSought[trace.transactions.of(id).name[id & ROW_MASK]!] = 1;
  const answers = new Map<string, AnswerTimes>();
  let count = 0;
  for (let id = 0, next = 0; next < own.length; id++) {
    const chunk = trace.transactions.of(id);
    const row = id & ROW_MASK;
    const name = chunk.name[row]!;
    if (isSought[name] === 0) continue;
    const question = `${String(chunk.vantage[row]!)} ${String(name)} ${String(chunk.qtype[row]!)}`;
    const start = chunk.start[row]!;
    if (id === own[next]) {
      next++;
      const asked = [chunk.client[row]!, trace.nodeLocal.hop].map((server) =>
        answers.get(`${question} ${String(server)}`),
      );
      if (asked.some((times) => times !== undefined && start - times.before(start) <= JUST_BEFORE_NS)) count++;
      continue;
    }
    const key = `${question} ${String(trace.nodeLocal.hopOf(chunk.server[row]!))}`;
    const times = answers.get(key) ?? new AnswerTimes();
    answers.set(key, times);
    times.before(start);
    times.add(chunk.end[row]!);
  }
  return count;
}

const WORDS: Readonly<Record<OwnQueryKind, readonly [string, string]>> = {
  health: ['health probe', 'health probes'],
  loop: ['loop probe', 'loop probes'],
  refresh: ['refresh of what is cached', 'refreshes of what is cached'],
  transfer: ['zone transfer', 'zone transfers'],
  other: ['other query', 'other queries'],
};

/** `3 health probes, 1 loop probe`; empty when there are none. */
export function ownQueriesText(counts: OwnQueries): string {
  return Object.entries(WORDS)
    .map(([kind, words]) => ({ count: counts[kind as OwnQueryKind], words }))
    .filter(({ count }) => count > 0)
    .map(({ count, words }) => `${String(count)} ${words[count === 1 ? 0 : 1]}`)
    .join(', ');
}
