/**
 * Rules R3, R5 and R6: which client query a resolver's own query serves. CoreDNS draws a new ID for the upstream leg
 * (since 1.8.7), so the ID says nothing: same resolver, same name, same type, and asked while the client waits. One
 * client query in flight: `strong`. Of several with the same question, CoreDNS hands on the DO and CD bits and mostly the transport:
 * the only one with the query's bits is `strong`; else first come, first served (CoreDNS does not coalesce), those over its transport
 * before others, `inferred`. A resolver that was seen to ask otherwise than its only client is not judged by what it changes.
 * Further attempts for the same client query hang under it in order (R6: every 2 s). A resolver's query that serves
 * nobody is its own business (prefetch, health or loop probe: R5) and never counts as a lookup.
 * R8: NodeLocal DNSCache is asked at one address and asks from another, the node's; `trace.nodeLocal` knows both.
 */
import { DnsRcode } from '../dns/types.ts';
import { isCutAnswer } from '../lookups/exchangeViews.ts';
import { IdSet } from '../trace/byId.ts';
import { Forgetting } from '../trace/forgetting.ts';
import { RowIndex } from '../trace/rowIndex.ts';
import { Join, NONE, ROW_MASK, State } from '../trace/tables.ts';
import { isOnNode, type Trace } from '../trace/trace.ts';

/** CoreDNS gives up on an upstream query after 5 s (plugin/forward defaultTimeout); twice that bounds the search. */
const IN_FLIGHT_NS = 10e9;
/** Packets of one namespace may be captured slightly out of order. */
export const DISORDER_NS = 1e6;
const FRESH_NS = 100e6;
const DEPTH = 64;
/** Streams run apart, so the latest queries are kept whatever their time. */
const KEEP = 16_384;

export class UpstreamJoin {
  readonly #trace: Trace;
  readonly #index = new RowIndex();
  readonly #forgetting: Forgetting;
  /** Addresses that were asked something, and those of them that asked something in turn: only their queries are indexed. */
  readonly #asked = new IdSet();
  readonly #asking = new IdSet();
  /** Resolvers that asked for their only client with other bits (the cache of CoreDNS up to 1.9, other servers), or over another transport (`force_tcp`, `prefer_udp`, NodeLocal). */
  readonly #changesBits = new IdSet();
  readonly #changesTransport = new IdSet();
  #lookedBack = 0;

  constructor(trace: Trace) {
    this.#trace = trace;
    this.#forgetting = new Forgetting(trace, IN_FLIGHT_NS);
  }

  /** Remembers a query that somebody asks `server`, as a candidate parent. Call for every new transaction. */
  remember(id: number): void {
    const server = this.#trace.nodeLocal.hopOf(this.#trace.transactions.of(id).server[id & ROW_MASK]!);
    this.#asked.add(server);
    if (this.#asking.has(server)) this.#put(id);
    if (server === this.#trace.nodeLocal.hop)
      this.#trace.nodeLocal.askedBy(this.#trace.transactions.of(id).client[id & ROW_MASK]!);
  }

  /** A server that asks others for the first time: from now on its queries are indexed, the latest included. */
  #startsAsking(server: number, id: number): void {
    this.#asking.add(server);
    const oldest = Math.max(0, id - KEEP);
    // Bounded, also where every host asks every other: looking back costs no more than a few passes over the trace.
    if (this.#lookedBack > 8 * id) return;
    this.#lookedBack += id - oldest;
    for (let earlier = oldest; earlier < id; earlier++) {
      const chunk = this.#trace.transactions.of(earlier);
      const row = earlier & ROW_MASK;
      if (this.#trace.nodeLocal.hopOf(chunk.server[row]!) === server && chunk.state[row] !== State.unsolicited)
        this.#put(earlier);
    }
  }

  #put(id: number): void {
    const { transactions } = this.#trace;
    const chunk = transactions.of(id);
    const row = id & ROW_MASK;
    const vantage = chunk.vantage[row]!;
    const server = this.#trace.nodeLocal.hopOf(chunk.server[row]!);
    const hash = keyHash(vantage, server, chunk.name[row]!, chunk.qtype[row]!);
    const place = this.#find(hash, vantage, server, chunk.name[row]!, chunk.qtype[row]!);
    // The search may have brought back more chunks than stay.
    transactions.edit(id).olderSameQuestion[row] = this.#index.idAt(place);
    if (this.#index.put(place, hash, id)) this.#index.keep(this.#forgetting.keep(id, KEEP));
  }

  /** Hangs the exchange of transaction `id` under the client's exchange it serves. False when it serves none. */
  attach(id: number): boolean {
    const client = this.#trace.transactions.of(id).client[id & ROW_MASK]!;
    if (this.#attachTo(id, client)) return true;
    return this.#trace.nodeLocal.isThere && this.#attachToNodeLocal(id, client);
  }

  /** NodeLocal asks from an address of the node; where that is not known, whoever asks the same meanwhile is taken for it. */
  #attachToNodeLocal(id: number, client: number): boolean {
    const { nodeLocal, resolvers, transactions, vantages } = this.#trace;
    const chunk = transactions.of(id);
    const row = id & ROW_MASK;
    if (
      nodeLocal.isClient(client) ||
      nodeLocal.isServer(chunk.server[row]!) ||
      !isOnNode(vantages[chunk.vantage[row]!]!)
    )
      return false;
    const isKnown = nodeLocal.sources.has(client);
    if (!this.#attachTo(id, nodeLocal.hop, isKnown ? Join.strong : Join.inferred)) return false;
    if (nodeLocal.servedFrom(client)) resolvers.add(client);
    return true;
  }

  /** @param client who asked, as the server of the query it serves */
  #attachTo(id: number, client: number, best: number = Join.strong): boolean {
    const trace = this.#trace;
    const chunk = trace.transactions.of(id);
    const row = id & ROW_MASK;
    const start = chunk.start[row]!;
    const dnsId = chunk.dnsId[row]!;
    const exchange = chunk.exchange[row]!;
    const vantage = chunk.vantage[row]!;
    // Nearly all clients are asked nothing themselves.
    if (!this.#asked.has(client)) return false;
    if (!this.#asking.has(client)) this.#startsAsking(client, id);
    const hash = keyHash(vantage, client, chunk.name[row]!, chunk.qtype[row]!);
    let candidate = this.#index.idAt(this.#find(hash, vantage, client, chunk.name[row]!, chunk.qtype[row]!));
    const asks = chunk.asks[row]!;
    const proto = chunk.proto[row]!;
    const comparesBits = !this.#changesBits.has(client);
    const comparesTransport = !this.#changesTransport.has(client);
    let waiting = 0;
    // Once one is found that asked with the same bits, others do not count.
    let alike = 0;
    let unserved = NONE;
    let retried = NONE;
    let sameId = NONE;
    for (let depth = 0; candidate !== NONE && depth < DEPTH; depth++) {
      const other = trace.transactions.of(candidate);
      const at = candidate & ROW_MASK;
      if (start - other.start[at]! > IN_FLIGHT_NS) break;
      const answeredBefore = !Number.isNaN(other.end[at]!) && other.end[at]! < start - DISORDER_NS;
      if (!answeredBefore && other.start[at]! <= start + DISORDER_NS && other.exchange[at] !== NONE) {
        waiting++;
        if (other.dnsId[at] === dnsId) sameId = candidate;
        const isAlike = !comparesBits || other.asks[at] === asks;
        if (isAlike && alike++ === 0) unserved = retried = NONE;
        if (isAlike || alike === 0) {
          const child = this.#childSince(other.exchange[at]!, other.start[at]!);
          if (child === NONE) unserved = this.#sooner(candidate, unserved, proto, comparesTransport);
          else if (!this.#isAnsweredWell(child)) retried = this.#sooner(candidate, retried, proto, comparesTransport);
        }
      }
      candidate = other.olderSameQuestion[at]!;
    }
    // CoreDNS up to 1.8.6 keeps the client's ID; with a later one two are alike once in 65,536 times.
    if (sameId !== NONE) {
      this.hang(exchange, sameId, Join.exact);
      return true;
    }
    const parent = this.#isFresh(unserved, start) || retried === NONE ? unserved : retried;
    if (parent === NONE) return false;
    if (waiting === 1) {
      if (alike === 0) this.#changesBits.add(client);
      if (trace.transactions.of(parent).proto[parent & ROW_MASK] !== proto) this.#changesTransport.add(client);
    }
    this.hang(exchange, parent, alike === 1 ? best : Join.inferred);
    return true;
  }

  /** Which of two is served first. The chain runs from new to old, and the oldest goes first: `candidate` is older than `before`. */
  #sooner(candidate: number, before: number, proto: number, comparesTransport: boolean): number {
    if (before === NONE || !comparesTransport) return candidate;
    const { transactions } = this.#trace;
    const isSame = transactions.of(candidate).proto[candidate & ROW_MASK] === proto;
    return isSame || transactions.of(before).proto[before & ROW_MASK] !== proto ? candidate : before;
  }

  /** CoreDNS asks upstream at once: a client query that just came in is served before an older one is retried. */
  #isFresh(id: number, start: number): boolean {
    return id !== NONE && start - this.#trace.transactions.of(id).start[id & ROW_MASK]! < FRESH_NS;
  }

  /** What was asked last for an exchange since `start`, NONE without. What came before is of a query that the client repeats, as its answer was lost. */
  #childSince(exchange: number, start: number): number {
    const trace = this.#trace;
    const last = trace.exchanges.of(exchange).lastChild[exchange & ROW_MASK]!;
    if (last === NONE) return NONE;
    const transaction = trace.exchanges.of(last).first[last & ROW_MASK]!;
    return trace.transactions.of(transaction).start[transaction & ROW_MASK]! < start - DISORDER_NS ? NONE : transaction;
  }

  /** The client's answer is on its way, a further attempt belongs to someone else. With `prefer_udp`, one that was cut is asked for over TCP. */
  #isAnsweredWell(transaction: number): boolean {
    const chunk = this.#trace.transactions.of(transaction);
    const row = transaction & ROW_MASK;
    const answered = chunk.state[row] === State.answered || chunk.state[row] === State.late;
    return answered && chunk.rcode[row] === DnsRcode.NOERROR && !isCutAnswer(this.#trace, chunk.response[row]!);
  }

  /** Hangs an exchange under the one of a client's transaction, as what was asked last for it. */
  hang(exchange: number, parentTransaction: number, joined: number): void {
    const trace = this.#trace;
    const parent = trace.transactions.of(parentTransaction).exchange[parentTransaction & ROW_MASK]!;
    const chunk = trace.exchanges.edit(exchange);
    chunk.parent[exchange & ROW_MASK] = parent;
    chunk.parentJoin[exchange & ROW_MASK] = joined;
    const above = trace.exchanges.edit(parent);
    const row = parent & ROW_MASK;
    const last = above.lastChild[row]!;
    if (last === NONE) above.firstChild[row] = exchange;
    else trace.exchanges.edit(last).nextSibling[last & ROW_MASK] = exchange;
    above.lastChild[row] = exchange;
  }

  /** Place of the newest query with this key, or where it belongs. */
  #find(hash: number, vantage: number, server: number, name: number, qtype: number): number {
    const index = this.#index;
    let place = index.first(hash);
    for (let id = index.idAt(place); id !== NONE; id = index.idAt(place)) {
      const chunk = this.#trace.transactions.of(id);
      const row = id & ROW_MASK;
      if (
        chunk.name[row] === name &&
        this.#trace.nodeLocal.hopOf(chunk.server[row]!) === server &&
        chunk.qtype[row] === qtype &&
        chunk.vantage[row] === vantage
      )
        break;
      place = index.after(place, hash);
    }
    return place;
  }
}

function keyHash(vantage: number, server: number, name: number, qtype: number): number {
  let hash = Math.imul(name ^ (qtype << 20), 0x9e37_79b1);
  hash = Math.imul(hash ^ server ^ (vantage << 16), 0x85eb_ca6b);
  return hash ^ (hash >>> 14);
}
