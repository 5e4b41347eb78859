/**
 * What a new query is to the rest of the trace: another view of a known exchange (R2), a resolver's question on a client's or its own
 * behalf (R3, R5), or the beginning or next step of a lookup (R7).
 */
import { ChangedNames } from '../correlate/changedNames.ts';
import { ExchangeJoin } from '../correlate/exchangeJoin.ts';
import { UpstreamJoin } from '../correlate/upstreamJoin.ts';
import { RootPlacement } from '../lookups/rootPlacement.ts';
import type { PairKey } from './pairing.ts';
import { Join, NONE, ROW_MASK } from './tables.ts';
import type { Trace, VantageState } from './trace.ts';

/** Such answers kept. */
const MOST_FROM_ELSEWHERE = 50_000;

export class ExchangePlacement {
  /** Finds out for whom a resolver asked what no waiting client explained. */
  readonly changedNames: ChangedNames;
  readonly #trace: Trace;
  readonly #exchangeJoin: ExchangeJoin;
  readonly #upstreamJoin: UpstreamJoin;
  readonly #placement: RootPlacement;

  constructor(trace: Trace) {
    this.#trace = trace;
    this.#exchangeJoin = new ExchangeJoin(trace);
    this.#upstreamJoin = new UpstreamJoin(trace);
    this.changedNames = new ChangedNames(trace, this.#upstreamJoin);
    this.#placement = new RootPlacement(trace);
  }

  get clients(): number {
    return this.#placement.clients;
  }

  /** Touches what placing a query with this ID, name and type begins with. */
  load(name: number, qtype: number, dnsId: number, proto: number): number {
    return this.#exchangeJoin.load(name, qtype, dnsId, proto);
  }

  /** Places a transaction that was just made by a query. */
  place(transaction: number, key: PairKey, state: VantageState): void {
    if (!this.#exchangeJoin.join(transaction)) this.#begin(transaction, key, state);
    else this.#joined(transaction, state);
    this.#upstreamJoin.remember(transaction);
  }

  /** A transaction placed before has its answer. */
  answered(transaction: number, exchange: number, key: PairKey): void {
    if (exchange !== NONE && this.#isUpstreamLeg(exchange, transaction)) this.#count(key, 'answered');
  }

  /**
   * The query behind an answer that was seen with its addresses translated back, NONE without one. Of an answer that came from elsewhere
   * than from whom its query went to, that is noted.
   */
  answeredBack(key: PairKey, name: number, qtype: number, qclass: number, time: number): number {
    const query = this.#exchangeJoin.queryBehind(key, name, qtype, qclass, time);
    if (query === NONE || this.#exchangeJoin.isTranslatedBack(query, key)) return query;
    const { fromElsewhere, transactions } = this.#trace;
    if (fromElsewhere.size < MOST_FROM_ELSEWHERE && transactions.of(query).client[query & ROW_MASK] === key.client)
      fromElsewhere.set(query, key.server);
    return NONE;
  }

  /** Gives the waiting exchanges that began up to `time` their lookups, oldest first. */
  placeWaiting(time: number): void {
    this.#placement.placeWaiting(time);
  }

  /** Asked by a resolver, and seen here first: further views of it are not counted again. */
  #isUpstreamLeg(exchange: number, transaction: number): boolean {
    const chunk = this.#trace.exchanges.of(exchange);
    const row = exchange & ROW_MASK;
    return chunk.first[row] === transaction && (chunk.parent[row] !== NONE || chunk.background[row] === 1);
  }

  /** What NodeLocal asks is not counted: CoreDNS is no upstream. */
  #count({ client, server, serverPort: port }: PairKey, what: 'asked' | 'answered'): void {
    const { upstreams, nodeLocal } = this.#trace;
    if (nodeLocal.sources.has(client)) return;
    const key = `${String(server)}:${String(port)}`;
    let tally = upstreams.get(key);
    if (tally === undefined) {
      tally = { server, port, asked: 0, answered: 0 };
      upstreams.set(key, tally);
    }
    tally[what]++;
  }

  #begin(transaction: number, key: PairKey, state: VantageState): void {
    const trace = this.#trace;
    const id = trace.exchanges.add();
    const chunk = trace.exchanges.edit(id);
    const row = id & ROW_MASK;
    chunk.first[row] = transaction;
    chunk.parent[row] = NONE;
    chunk.firstChild[row] = NONE;
    chunk.lastChild[row] = NONE;
    chunk.nextSibling[row] = NONE;
    chunk.lookup[row] = NONE;
    chunk.nextInLookup[row] = NONE;
    chunk.parentJoin[row] = Join.none;
    const transactions = trace.transactions.edit(transaction);
    transactions.exchange[transaction & ROW_MASK] = id;
    transactions.joined[transaction & ROW_MASK] = Join.exact;
    if (this.#upstreamJoin.attach(transaction)) {
      trace.markDirty(trace.lookupOf(id));
      this.#count(key, 'asked');
    } else if (this.#isResolversOwn(key, state)) {
      chunk.background[row] = 1;
      trace.background.push(id);
      this.changedNames.remember(transaction);
      this.#count(key, 'asked');
    } else if (trace.addresses.isMulticast(key.server)) {
      chunk.background[row] = 1;
    } else {
      this.#placement.placeRoot(transaction, id, state);
    }
  }

  /**
   * Asked by a resolver for itself (R5). Not in an application's pod, which may run a cache of its own beside the application: there
   * every query is somebody's lookup.
   */
  #isResolversOwn(key: PairKey, state: VantageState): boolean {
    return this.#trace.resolvers.has(key.client) && state.vantage.role !== 'client' && key.client !== key.server;
  }

  /** R8: CoreDNS saw the query before the capture on its node told that it is NodeLocal's, and for whom. */
  #attachLate(transaction: number, exchange: number): boolean {
    const chunk = this.#trace.exchanges.of(exchange);
    const row = exchange & ROW_MASK;
    if (chunk.parent[row] !== NONE || chunk.lookup[row] !== NONE || !this.#upstreamJoin.attach(transaction))
      return false;
    this.#trace.exchanges.edit(exchange).background[row] = 0;
    this.#trace.markDirty(this.#trace.lookupOf(exchange));
    return true;
  }

  /** Another view of a known exchange. The pod's own view is in order, so it may be placed without waiting any longer. */
  #joined(transaction: number, state: VantageState): void {
    const exchange = this.#trace.transactions.of(transaction).exchange[transaction & ROW_MASK]!;
    if (this.#trace.nodeLocal.isThere && this.#attachLate(transaction, exchange)) return;
    this.changedNames.rememberView(transaction, exchange);
    if (!this.#placement.placeJoined(transaction, exchange, state))
      this.#trace.markDirty(this.#trace.lookupOf(exchange));
  }
}
