/**
 * Rules R3, R5 and R6: which client query a resolver's own query serves. CoreDNS draws a new ID for the upstream leg
 * (since 1.8.7), so the ID says nothing: same resolver, same name, same type, and asked while the client waits. One
 * client query in flight: `strong`. Several with the same question: first come, first served (CoreDNS does not
 * coalesce), `inferred`. Further attempts for the same client query hang under it in order (R6: every 2 s). A resolver's query that serves
 * nobody is its own business (prefetch, health or loop probe: R5) and never counts as a lookup.
 */
import { Join, NONE, ROW_MASK, State, type TransactionChunk } from '../trace/tables.ts';
import type { Trace } from '../trace/trace.ts';

/** CoreDNS gives up on an upstream query after 5 s (plugin/forward defaultTimeout); twice that bounds the search. */
const IN_FLIGHT_NS = 10e9;
/** Packets of one namespace may be captured slightly out of order. */
const DISORDER_NS = 1e6;
const FRESH_NS = 100e6;
const DEPTH = 64;

export class UpstreamJoin {
  readonly #trace: Trace;
  #slots = new Uint32Array(1 << 12).fill(NONE);
  #used = 0;

  constructor(trace: Trace) {
    this.#trace = trace;
  }

  /** Remembers a query that somebody asks `server`, as a candidate parent. Call for every new transaction. */
  remember(id: number): void {
    if (this.#used * 2 > this.#slots.length) this.#grow();
    const chunk = this.#trace.transactions.of(id);
    const row = id & ROW_MASK;
    const slot = this.#slotOf(chunk.vantage[row]!, chunk.server[row]!, chunk.name[row]!, chunk.qtype[row]!);
    if (this.#slots[slot] === NONE) this.#used++;
    chunk.olderSameQuestion[row] = this.#slots[slot]!;
    this.#slots[slot] = id;
  }

  /** Hangs the exchange of transaction `id` under the client's exchange it serves. False when it serves none. */
  attach(id: number): boolean {
    const trace = this.#trace;
    const chunk = trace.transactions.of(id);
    const row = id & ROW_MASK;
    const start = chunk.start[row]!;
    let candidate =
      this.#slots[this.#slotOf(chunk.vantage[row]!, chunk.client[row]!, chunk.name[row]!, chunk.qtype[row]!)]!;
    let waiting = 0;
    let unserved = NONE;
    let retried = NONE;
    for (let depth = 0; candidate !== NONE && depth < DEPTH; depth++) {
      const other = trace.transactions.of(candidate);
      const at = candidate & ROW_MASK;
      if (start - other.start[at]! > IN_FLIGHT_NS) break;
      const answeredBefore = !Number.isNaN(other.end[at]!) && other.end[at]! < start - DISORDER_NS;
      if (!answeredBefore && other.start[at]! <= start + DISORDER_NS && other.exchange[at] !== NONE) {
        waiting++;
        // The chain runs from new to old: the last hit is the oldest, and the oldest goes first.
        if (trace.exchanges.of(other.exchange[at]!).firstChild[other.exchange[at]! & ROW_MASK] === NONE)
          unserved = candidate;
        else if (!this.#isBeingServed(other.exchange[at]!)) retried = candidate;
      }
      candidate = other.olderSameQuestion[at]!;
    }
    const parent = this.#isFresh(unserved, start) || retried === NONE ? unserved : retried;
    if (parent === NONE) return false;
    this.#hang(chunk.exchange[row]!, parent, waiting === 1 ? Join.strong : Join.inferred);
    return true;
  }

  /** CoreDNS asks upstream at once: a client query that just came in is served before an older one is retried. */
  #isFresh(id: number, start: number): boolean {
    return id !== NONE && start - this.#trace.transactions.of(id).start[id & ROW_MASK]! < FRESH_NS;
  }

  /** A child that was answered well: the client's answer is on its way, a further attempt belongs to someone else. */
  #isBeingServed(exchange: number): boolean {
    const trace = this.#trace;
    const last = trace.exchanges.of(exchange).lastChild[exchange & ROW_MASK]!;
    const transaction = trace.exchanges.of(last).first[last & ROW_MASK]!;
    const chunk = trace.transactions.of(transaction);
    const row = transaction & ROW_MASK;
    const answered = chunk.state[row] === State.answered || chunk.state[row] === State.late;
    return answered && chunk.rcode[row] === 0;
  }

  #hang(exchange: number, parentTransaction: number, joined: number): void {
    const trace = this.#trace;
    const parent = trace.transactions.of(parentTransaction).exchange[parentTransaction & ROW_MASK]!;
    const chunk = trace.exchanges.of(exchange);
    chunk.parent[exchange & ROW_MASK] = parent;
    chunk.parentJoin[exchange & ROW_MASK] = joined;
    const above = trace.exchanges.of(parent);
    const row = parent & ROW_MASK;
    const last = above.lastChild[row]!;
    if (last === NONE) above.firstChild[row] = exchange;
    else trace.exchanges.of(last).nextSibling[last & ROW_MASK] = exchange;
    above.lastChild[row] = exchange;
  }

  #slotOf(vantage: number, server: number, name: number, qtype: number): number {
    const mask = this.#slots.length - 1;
    for (let slot = keyHash(vantage, server, name, qtype) & mask; ; slot = (slot + 1) & mask) {
      const head = this.#slots[slot]!;
      if (head === NONE || matches(this.#trace.transactions.of(head), head & ROW_MASK, vantage, server, name, qtype)) {
        return slot;
      }
    }
  }

  #grow(): void {
    const old = this.#slots;
    this.#slots = new Uint32Array(old.length * 2).fill(NONE);
    for (const head of old) {
      if (head === NONE) continue;
      const chunk = this.#trace.transactions.of(head);
      const row = head & ROW_MASK;
      this.#slots[this.#slotOf(chunk.vantage[row]!, chunk.server[row]!, chunk.name[row]!, chunk.qtype[row]!)] = head;
    }
  }
}

function matches(
  chunk: TransactionChunk,
  row: number,
  vantage: number,
  server: number,
  name: number,
  qtype: number,
): boolean {
  return (
    chunk.name[row] === name &&
    chunk.server[row] === server &&
    chunk.qtype[row] === qtype &&
    chunk.vantage[row] === vantage
  );
}

function keyHash(vantage: number, server: number, name: number, qtype: number): number {
  let hash = Math.imul(name ^ (qtype << 20), 0x9e37_79b1);
  hash = Math.imul(hash ^ server ^ (vantage << 16), 0x85eb_ca6b);
  return (hash ^ (hash >>> 14)) >>> 0;
}
