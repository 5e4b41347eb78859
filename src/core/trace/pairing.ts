/**
 * Rule R1: a query and its response at one vantage. An index of transaction ids; the key itself (vantage, protocol, both
 * addresses and ports, ID) is read back from the transaction columns.
 * Name, type and class are compared but not hashed, because a response may come without its question (QDCOUNT 0).
 */
import { Forgetting } from './forgetting.ts';
import { RowIndex } from './rowIndex.ts';
import { NONE, ROW_MASK, type TransactionTable } from './tables.ts';
import type { Trace } from './trace.ts';

/** A pending query is forgotten for matching after this long; glibc's and CoreDNS's schedules end well before. */
const KEEP_PENDING_NS = 60e9;
/** Whatever their state, the latest are kept: a duplicate response is recognised by its answered query. */
const KEEP = 32_768;

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
  readonly #index = new RowIndex();
  readonly #transactions: TransactionTable;
  readonly #forgetting: Forgetting;
  /** Where the latest `find` ended. */
  #place = 0;
  #hash = 0;

  constructor(trace: Trace) {
    this.#transactions = trace.transactions;
    this.#forgetting = new Forgetting(trace, KEEP_PENDING_NS);
  }

  /** Newest transaction of this key and question; `name` NONE matches any question. NONE when there is none. */
  find(key: PairKey, name: number, qtype: number, qclass: number): number {
    const index = this.#index;
    const transactions = this.#transactions;
    const hash = hashOf(key);
    let place = index.first(hash);
    for (let id = index.idAt(place); id !== NONE; place = index.after(place, hash), id = index.idAt(place)) {
      const chunk = transactions.of(id);
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
        break;
      }
    }
    this.#place = place;
    this.#hash = hash;
    return index.idAt(place);
  }

  /** Touches what `find` of this key begins with. */
  load(key: PairKey): number {
    return this.#index.load(hashOf(key));
  }

  /** Makes `id` the newest transaction of the key and question that `find` was asked for last. */
  setFound(id: number): void {
    if (this.#index.put(this.#place, this.#hash, id)) this.#index.keep(this.#forgetting.keep(id, KEEP));
  }
}

function hashOf(key: PairKey): number {
  let hash = Math.imul(key.client ^ (key.vantage << 20) ^ (key.proto << 30), 0x9e37_79b1);
  hash = Math.imul(hash ^ (key.clientPort | (key.dnsId << 16)), 0x85eb_ca6b);
  hash ^= hash >>> 15;
  hash = Math.imul(hash ^ key.server ^ (key.serverPort << 16), 0xc2b2_ae35);
  return hash ^ (hash >>> 13);
}
