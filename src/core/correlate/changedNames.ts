/**
 * Rule R3 where CoreDNS asks an upstream for another name than it was asked for: `rewrite`, `autopath`, an ExternalName Service, a CNAME of its
 * own data. Time alone joins nothing: the answer's CNAME or the Corefile must lead from one name to the other (nameChange.ts), and the
 * upstream query must lie within the client's wait, at one vantage. CoreDNS asks one after the other for a client, so a further query
 * of it begins when the one before has failed; of queries for one name that wait at once, the oldest goes to whom is answered first.
 * Decided when the client is answered, or known not to be: the CNAME is not there earlier. What happens at other vantages decides nothing.
 * Cost: for an ordinary answer, two reads; only where a resolver asked meanwhile what no client explains, those queries are looked at.
 */
import { DnsRcode, DnsType } from '../dns/types.ts';
import { isCutAnswer } from '../lookups/exchangeViews.ts';
import { Join, NONE, ROW_MASK, State } from '../trace/tables.ts';
import type { Trace } from '../trace/trace.ts';
import { cnameTargets, nameChangeOf, type AskedOfCoreDns } from './nameChange.ts';
import type { UpstreamJoin } from './upstreamJoin.ts';

/** Queries kept of a vantage, the latest. CoreDNS asks for itself seldom, and answers within seconds. */
const KEEP = 1024;
/** Looked through for one answer. */
const MOST_SEARCHED = 256;
/** CoreDNS waits longer than this before it gives up on an upstream (plugin/forward read_timeout is 2 s). */
const GIVES_UP_NS = 1e9;
/** An answer that comes without its upstream's must have waited: what comes sooner came from the cache. */
const WAITED_NS = 100e6;

/** What a resolver asked at one vantage for nobody that waited for that name, newest last. */
class Unexplained {
  readonly transactions = new Int32Array(KEEP);
  readonly starts = new Float64Array(KEEP);
  count = 0;
  newest = Number.NEGATIVE_INFINITY;

  add(transaction: number, start: number): void {
    this.transactions[this.count % KEEP] = transaction;
    this.starts[this.count % KEEP] = start;
    this.count++;
    if (start > this.newest) this.newest = start;
  }
}

export class ChangedNames {
  readonly #trace: Trace;
  readonly #upstreamJoin: UpstreamJoin;
  readonly #byVantage: (Unexplained | undefined)[] = [];

  constructor(trace: Trace, upstreamJoin: UpstreamJoin) {
    this.#trace = trace;
    this.#upstreamJoin = upstreamJoin;
  }

  /** A query of a resolver that serves nobody under its own name. */
  remember(transaction: number): void {
    const chunk = this.#trace.transactions.of(transaction);
    const row = transaction & ROW_MASK;
    const qtype = chunk.qtype[row]!;
    // Probes of upstreams, and of loops.
    if (qtype === DnsType.NS || qtype === DnsType.HINFO) return;
    (this.#byVantage[chunk.vantage[row]!] ??= new Unexplained()).add(transaction, chunk.start[row]!);
  }

  /** The same, seen elsewhere before: it is its resolver's own vantage that tells for whom it is. */
  rememberView(transaction: number, exchange: number): void {
    const chunk = this.#trace.exchanges.of(exchange);
    const row = exchange & ROW_MASK;
    if (chunk.background[row] === 1 && chunk.parent[row] === NONE && chunk.lookup[row] === NONE)
      this.remember(transaction);
  }

  /** Whether anything is left to be explained at a vantage. */
  mayExplain(vantage: number): boolean {
    return this.#byVantage[vantage] !== undefined;
  }

  /** A client has its answer, the message in `bytes[start, end)`. */
  answered(transaction: number, vantage: number, bytes: Uint8Array, start: number, end: number): void {
    const unexplained = this.#byVantage[vantage];
    if (unexplained === undefined) return;
    const chunk = this.#trace.transactions.of(transaction);
    const row = transaction & ROW_MASK;
    if (unexplained.newest < chunk.start[row]! || chunk.state[row] === State.unsolicited) return;
    const candidates = this.#candidates(transaction, unexplained);
    if (candidates.length > 0) this.#explain(transaction, candidates, () => cnameTargets(bytes, start, end));
  }

  /** A client had no answer in all the time it waited. */
  unanswered(transaction: number): void {
    const chunk = this.#trace.transactions.of(transaction);
    const unexplained = this.#byVantage[chunk.vantage[transaction & ROW_MASK]!];
    if (unexplained === undefined || unexplained.newest < chunk.start[transaction & ROW_MASK]!) return;
    const candidates = this.#candidates(transaction, unexplained);
    if (candidates.length > 0) this.#explain(transaction, candidates, () => []);
  }

  /** What its server asked of the same type while this client waited, oldest first; what is explained by now among them. */
  #candidates(client: number, { transactions, starts, count }: Unexplained): readonly number[] {
    const trace = this.#trace;
    const asked = trace.transactions.of(client);
    const row = client & ROW_MASK;
    const [server, qtype, qclass] = [asked.server[row]!, asked.qtype[row]!, asked.qclass[row]!];
    const [from, to] = [asked.start[row]!, asked.end[row]!];
    const found: number[] = [];
    for (let at = count - 1; at >= 0 && at > count - 1 - MOST_SEARCHED; at--) {
      // Nearly in order: a millisecond of disorder is left out at most. Whatever is served is older than what is asked for it.
      if (starts[at % KEEP]! <= from) break;
      if (starts[at % KEEP]! > to) continue;
      const id = transactions[at % KEEP]!;
      const chunk = trace.transactions.of(id);
      const other = id & ROW_MASK;
      if (chunk.client[other] === server && chunk.qtype[other] === qtype && chunk.qclass[other] === qclass)
        found.push(id);
    }
    return found.reverse();
  }

  #explain(client: number, candidates: readonly number[], targetsOf: () => readonly string[]): void {
    const trace = this.#trace;
    const asked = this.#asked(client, targetsOf);
    const joined = new Map<number, number>();
    for (const id of candidates) {
      const chunk = trace.transactions.of(id);
      const row = id & ROW_MASK;
      const exchange = chunk.exchange[row]!;
      const above = trace.exchanges.of(exchange);
      if (above.parent[exchange & ROW_MASK] !== NONE || above.lookup[exchange & ROW_MASK] !== NONE) continue;
      if (!this.#isWithin(id, client) || !this.#isNext(id, client)) continue;
      const reason = nameChangeOf(trace.serverBlocks, asked, this.#nameOf(id));
      if (reason === undefined) continue;
      const hasItsBits = chunk.asks[row] === trace.transactions.of(client).asks[client & ROW_MASK];
      this.#upstreamJoin.hang(exchange, client, hasItsBits ? reason.joined : Join.inferred);
      trace.exchanges.edit(exchange).background[exchange & ROW_MASK] = 0;
      joined.set(id, exchange);
    }
    if (joined.size === 0) return;
    // Another client got one that might have been this one's.
    const names = new Set([...joined.keys()].map((id) => this.#nameIdOf(id)));
    const isContested = candidates.some((id) => !joined.has(id) && names.has(this.#nameIdOf(id)));
    if (isContested)
      for (const exchange of joined.values())
        trace.exchanges.edit(exchange).parentJoin[exchange & ROW_MASK] = Join.inferred;
    trace.markDirty(trace.lookupOf(trace.transactions.of(client).exchange[client & ROW_MASK]!));
  }

  #asked(client: number, targetsOf: () => readonly string[]): AskedOfCoreDns {
    const trace = this.#trace;
    const chunk = trace.transactions.of(client);
    const row = client & ROW_MASK;
    let isForwarded = false;
    for (const child of trace.childrenOf(chunk.exchange[row]!)) {
      const first = trace.exchanges.of(child).first[child & ROW_MASK]!;
      if (this.#nameIdOf(first) === chunk.name[row]) isForwarded = true;
    }
    return { name: this.#nameOf(client), port: chunk.serverPort[row]!, targets: targetsOf(), isForwarded };
  }

  #nameIdOf(transaction: number): number {
    return this.#trace.transactions.of(transaction).name[transaction & ROW_MASK]!;
  }

  #nameOf(transaction: number): string {
    return this.#trace.names.textOf(this.#nameIdOf(transaction)).toLowerCase();
  }

  /** It was answered before the client was, or CoreDNS gave up on it. */
  #isWithin(id: number, client: number): boolean {
    const { transactions } = this.#trace;
    const own = transactions.of(id);
    const start = own.start[id & ROW_MASK]!;
    const end = own.end[id & ROW_MASK]!;
    const asked = transactions.of(client);
    const row = client & ROW_MASK;
    const until = asked.end[row]!;
    if (Number.isNaN(until) || end <= until) return true;
    const rcode = asked.rcode[row]!;
    return (rcode !== DnsRcode.NOERROR && rcode !== DnsRcode.NXDOMAIN) || until - start >= WAITED_NS;
  }

  /** What was asked before for this client is over, and did not settle the matter. */
  #isNext(id: number, client: number): boolean {
    const trace = this.#trace;
    const start = trace.transactions.of(id).start[id & ROW_MASK]!;
    const name = this.#nameIdOf(id);
    const exchange = trace.transactions.of(client).exchange[client & ROW_MASK]!;
    const child = trace.exchanges.of(exchange).lastChild[exchange & ROW_MASK]!;
    if (child === NONE) return true;
    const last = trace.exchanges.of(child).first[child & ROW_MASK]!;
    const chunk = trace.transactions.of(last);
    const row = last & ROW_MASK;
    // Of an earlier query of this client, before it repeated it.
    if (chunk.start[row]! < trace.transactions.of(client).start[client & ROW_MASK]!) return true;
    if (!(chunk.end[row]! <= start)) return trace.icmpErrors.has(last) || start - chunk.start[row]! >= GIVES_UP_NS;
    const isWell = chunk.rcode[row] === DnsRcode.NOERROR && !isCutAnswer(trace, chunk.response[row]!);
    return chunk.name[row] !== name || !isWell;
  }
}
