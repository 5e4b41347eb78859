/**
 * Rule R1: a query and its response at one vantage. Open addressing over transaction ids; the key itself (vantage,
 * protocol, both addresses and ports, ID) is read back from the transaction columns, so a slot costs four bytes.
 * Name, type and class are compared but not hashed, because a response may come without its question (QDCOUNT 0).
 * Nothing is deleted one by one: when the table is half full it is rebuilt with only what can still be matched, so its
 * size follows the rate of queries, not the length of the trace.
 */
import { NONE, ROW_BITS, ROW_MASK, State, type TransactionTable } from './tables.ts';

/** A pending query is forgotten for matching after this long; glibc's and CoreDNS's schedules end well before. */
const KEEP_PENDING_NS = 60e9;
/** An answered one is kept this long, so that a duplicate response is recognised and not called unsolicited. */
const KEEP_ANSWERED_NS = 5e9;

export interface PairKey {
  vantage: number;
  proto: number;
  client: number;
  server: number;
  clientPort: number;
  serverPort: number;
  dnsId: number;
}

export class PairingTable {
  #slots = new Uint32Array(1 << 14).fill(NONE);
  #used = 0;
  readonly #transactions: TransactionTable;

  constructor(transactions: TransactionTable) {
    this.#transactions = transactions;
  }

  /** Newest transaction of this key and question; `name` NONE matches any question. NONE when there is none. */
  find(key: PairKey, name: number, qtype: number, qclass: number): number {
    const mask = this.#slots.length - 1;
    const chunks = this.#transactions.chunks;
    for (let slot = hashOf(key) & mask; ; slot = (slot + 1) & mask) {
      const id = this.#slots[slot]!;
      if (id === NONE) return NONE;
      const chunk = chunks[id >>> ROW_BITS]!;
      const row = id & ROW_MASK;
      if (
        chunk.dnsId[row] === key.dnsId &&
        chunk.clientPort[row] === key.clientPort &&
        chunk.client[row] === key.client &&
        chunk.server[row] === key.server &&
        chunk.serverPort[row] === key.serverPort &&
        chunk.vantage[row] === key.vantage &&
        chunk.proto[row] === key.proto &&
        (name === NONE || (chunk.name[row] === name && chunk.qtype[row] === qtype && chunk.qclass[row] === qclass))
      ) {
        return id;
      }
    }
  }

  /** Makes `id` the newest transaction of its key and question; `replaces` is what `find` gave, NONE for a new key. */
  set(key: PairKey, id: number, replaces: number, now: number): void {
    const mask = this.#slots.length - 1;
    let slot = hashOf(key) & mask;
    while (this.#slots[slot] !== NONE && this.#slots[slot] !== replaces) slot = (slot + 1) & mask;
    if (this.#slots[slot] === NONE) this.#used++;
    this.#slots[slot] = id;
    if (this.#used * 2 > this.#slots.length) this.#rebuild(now);
  }

  #rebuild(now: number): void {
    const kept: number[] = [];
    for (const id of this.#slots) {
      if (id === NONE) continue;
      const chunk = this.#transactions.of(id);
      const row = id & ROW_MASK;
      const settled = chunk.state[row] === State.answered || chunk.state[row] === State.late;
      if (now - chunk.lastQuery[row]! < (settled ? KEEP_ANSWERED_NS : KEEP_PENDING_NS)) kept.push(id);
    }
    let size = 1 << 14;
    while (size < kept.length * 4) size *= 2;
    this.#slots = new Uint32Array(size).fill(NONE);
    this.#used = kept.length;
    const key: PairKey = { vantage: 0, proto: 0, client: 0, server: 0, clientPort: 0, serverPort: 0, dnsId: 0 };
    for (const id of kept) {
      const chunk = this.#transactions.of(id);
      const row = id & ROW_MASK;
      key.vantage = chunk.vantage[row]!;
      key.proto = chunk.proto[row]!;
      key.client = chunk.client[row]!;
      key.server = chunk.server[row]!;
      key.clientPort = chunk.clientPort[row]!;
      key.serverPort = chunk.serverPort[row]!;
      key.dnsId = chunk.dnsId[row]!;
      let slot = hashOf(key) & (size - 1);
      while (this.#slots[slot] !== NONE) slot = (slot + 1) & (size - 1);
      this.#slots[slot] = id;
    }
  }
}

function hashOf(key: PairKey): number {
  let hash = Math.imul(key.client ^ (key.vantage << 20) ^ (key.proto << 30), 0x9e37_79b1);
  hash = Math.imul(hash ^ (key.clientPort | (key.dnsId << 16)), 0x85eb_ca6b);
  hash ^= hash >>> 15;
  hash = Math.imul(hash ^ key.server ^ (key.serverPort << 16), 0xc2b2_ae35);
  return (hash ^ (hash >>> 13)) >>> 0;
}
