/**
 * When a root exchange gets its lookup. Grouping needs each client's exchanges in time order. One stream is; several are not in step with each
 * other, and a client that is seen only in CoreDNS pods is spread over all of them. So an exchange is placed at once when its order is
 * certain (a pod's own view, or a trace with one vantage), and else waits until every stream has caught up.
 */
import { DnsRcode } from '../dns/types.ts';
import { NONE, ROW_MASK, State } from '../trace/tables.ts';
import type { Trace, VantageState } from '../trace/trace.ts';
import { LookupGrouping } from './grouping.ts';

export class RootPlacement {
  readonly #trace: Trace;
  readonly #grouping: LookupGrouping;
  #waiting: number[] = [];

  constructor(trace: Trace) {
    this.#trace = trace;
    this.#grouping = new LookupGrouping(trace);
  }

  get clients(): number {
    return this.#grouping.clients;
  }

  placeRoot(transaction: number, exchange: number, state: VantageState): void {
    if (this.#isInOrder(state)) this.#grouping.place(transaction);
    else this.#waiting.push(exchange);
  }

  /** The pod's own view of a waiting exchange ends its wait. False when nothing was placed. */
  placeJoined(transaction: number, exchange: number, state: VantageState): boolean {
    if (!this.#isUnplaced(exchange) || !this.#isInOrder(state)) return false;
    this.#grouping.place(transaction);
    return true;
  }

  placeWaiting(time: number): void {
    if (this.#waiting.length === 0) return;
    const unplaced = this.#waiting.filter((exchange) => this.#isUnplaced(exchange));
    const ready = unplaced.filter((exchange) => this.#startOf(exchange) <= time);
    this.#waiting = unplaced.filter((exchange) => this.#startOf(exchange) > time);
    ready.sort((a, b) => this.#startOf(a) - this.#startOf(b));
    for (const exchange of ready) {
      if (this.#isCutOff(exchange)) {
        this.#trace.exchanges.edit(exchange).background[exchange & ROW_MASK] = 2;
        continue;
      }
      this.#grouping.place(this.#trace.exchanges.of(exchange).first[exchange & ROW_MASK]!);
    }
  }

  /**
   * A missing name that only CoreDNS saw, before the pod's own capture began: the walk through the search list may have gone on in
   * there, where nothing joins the two. Set apart, or the trace would begin with a name that does not exist.
   */
  #isCutOff(exchange: number): boolean {
    const trace = this.#trace;
    const first = trace.exchanges.of(exchange).first[exchange & ROW_MASK]!;
    const chunk = trace.transactions.of(first);
    const row = first & ROW_MASK;
    if (!trace.live || chunk.state[row] !== State.answered || chunk.rcode[row] !== DnsRcode.NXDOMAIN) return false;
    const client = trace.addresses.textOf(chunk.client[row]!);
    return trace.vantages.some(
      ({ vantage, firstTime }) =>
        vantage.role === 'client' && vantage.addresses.includes(client) && chunk.end[row]! < firstTime,
    );
  }

  #isInOrder(state: VantageState): boolean {
    return this.#trace.vantages.length === 1 || state.vantage.role === 'client';
  }

  #isUnplaced(exchange: number): boolean {
    const chunk = this.#trace.exchanges.of(exchange);
    const row = exchange & ROW_MASK;
    return chunk.lookup[row] === NONE && chunk.parent[row] === NONE && chunk.background[row] === 0;
  }

  #startOf(exchange: number): number {
    const first = this.#trace.exchanges.of(exchange).first[exchange & ROW_MASK]!;
    return this.#trace.transactions.of(first).start[first & ROW_MASK]!;
  }
}
