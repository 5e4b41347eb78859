/**
 * Rule R2: the same query seen at two vantages is one exchange. In the pod its server is the kube-dns address, in the
 * CoreDNS pod the server's own (the translation happens on the node), so the server is NOT compared: client address,
 * client port, protocol, ID, name and type are. That is `exact`. When the client address itself was translated (a node
 * address stands for the pod's), ID, name, type and a window of 50 ms must leave a single candidate: `inferred`. So is what CoreDNS asks when
 * it leaves the node under the node's address; there the server and the vantage are the same.
 * A socket that asks again, as the answer that left the CoreDNS pod never came, is the same exchange: it then has that pod's view twice.
 * A node's capture may show a query after its address was translated and the answer after it was translated back: `queryBehind` and
 * `isTranslatedBack` find the two.
 * Candidates come from chains of transactions with the same (ID, name, type), newest first, at most 16 deep.
 */
import { Forgetting } from '../trace/forgetting.ts';
import { RowIndex } from '../trace/rowIndex.ts';
import type { PairKey } from '../trace/pairing.ts';
import { Join, NONE, ROW_MASK, State, type TransactionChunk, type TransactionRows } from '../trace/tables.ts';
import { isOnNode, roleOf, type Trace } from '../trace/trace.ts';

/**
 * A socket does not draw the same ID for the same name again within this, but it repeats a query that went unanswered: glibc after
 * 5 s, others up to 10. The vantage behind a loss sees only the repeat. Differing node clocks are covered as well.
 */
const EXACT_WINDOW_NS = 11e9;
/** Copies of one packet inside one node's capture. */
const SAME_VANTAGE_WINDOW_NS = 50e6;
const TRANSLATED_WINDOW_NS = 50e6;
/** The same packet on its way through one node. */
const MASQUERADED_WINDOW_NS = 2e6;
const DEPTH = 16;
/**
 * Of the answered ones, this many are kept for other streams to show again: those run a second apart, and files are read in
 * turns of a few thousand packets.
 */
const KEEP = 131_072;
/** One stream alone shows copies of a packet within 50 ms. */
const KEEP_ALONE = 8192;

export class ExchangeJoin {
  readonly #trace: Trace;
  readonly #index = new RowIndex();
  readonly #forgetting: Forgetting;

  constructor(trace: Trace) {
    this.#trace = trace;
    this.#forgetting = new Forgetting(trace, EXACT_WINDOW_NS);
  }

  /** Touches what `join` of a query with this ID, name and type begins with. */
  load(name: number, qtype: number, dnsId: number, proto: number): number {
    return this.#index.load(keyHash(name, qtype, dnsId, proto));
  }

  /** Puts a new transaction into the exchange it is another view of. Returns false when there is none yet. */
  join(id: number): boolean {
    const trace = this.#trace;
    const chunk = trace.transactions.edit(id);
    const row = id & ROW_MASK;
    let candidate = this.#link(id, chunk, row);
    let best = NONE;
    let bestDistance = Number.POSITIVE_INFINITY;
    let isRepeat = false;
    let translated = NONE;
    let translatedCount = 0;
    for (let depth = 0; candidate !== NONE && depth < DEPTH; depth++) {
      const other = trace.transactions.of(candidate);
      const at = candidate & ROW_MASK;
      const start = chunk.start[row]!;
      const distance = Math.min(Math.abs(other.start[at]! - start), Math.abs(other.lastQuery[at]! - start));
      const sameVantage = other.vantage[at] === chunk.vantage[row];
      if (other.client[at] === chunk.client[row]) {
        const samePort = other.clientPort[at] === chunk.clientPort[row];
        const fits = sameVantage
          ? other.server[at] !== chunk.server[row] && distance <= SAME_VANTAGE_WINDOW_NS
          : distance <= EXACT_WINDOW_NS;
        if (samePort && fits && distance < bestDistance) {
          const isHeld = this.#holds(other.exchange[at]!, chunk, row);
          if (!isHeld || this.#mayRepeat(other, at, sameVantage)) {
            best = candidate;
            bestDistance = distance;
            isRepeat = isHeld;
          }
        }
      } else if (
        sameVantage
          ? distance <= MASQUERADED_WINDOW_NS && this.#isMasqueraded(other, at, chunk, row)
          : distance <= TRANSLATED_WINDOW_NS && this.#mayBeTranslated(other, at, chunk, row)
      ) {
        translated = candidate;
        translatedCount++;
      }
      candidate = other.olderSameId[at]!;
    }
    if (best !== NONE) return this.#attach(id, chunk, row, best, Join.exact, isRepeat);
    if (translatedCount === 1) return this.#attach(id, chunk, row, translated, Join.inferred, false);
    return false;
  }

  /**
   * The query behind an answer that fits none by its addresses: all else is the same, and the address and port of one side. Where there is
   * none, it is the only one that went to a CoreDNS pod while the answer is the Service's: `inferred`.
   * @returns NONE without such a query, or with several
   */
  queryBehind(key: PairKey, name: number, qtype: number, qclass: number, time: number): number {
    const behind = this.#queryBehind(key, name, qtype, qclass, time, isHalfTheSame);
    const { dnsServiceAddresses, vantages } = this.#trace;
    if (behind !== NONE || !dnsServiceAddresses.has(key.server) || !isOnNode(vantages[key.vantage]!)) return behind;
    const translated = this.#queryBehind(key, name, qtype, qclass, time, (query, at) =>
      this.#isAtCoreDns(query, at, key.client),
    );
    if (translated !== NONE) {
      const chunk = this.#trace.transactions.edit(translated);
      if (isOpen(chunk, translated & ROW_MASK)) chunk.joined[translated & ROW_MASK] = Join.inferred;
    }
    return translated;
  }

  #queryBehind(
    key: PairKey,
    name: number,
    qtype: number,
    qclass: number,
    time: number,
    fits: (query: TransactionRows, at: number, key: PairKey) => boolean,
  ): number {
    const { transactions } = this.#trace;
    const { dnsId, proto } = key;
    let candidate = this.#index.idAt(this.#find(keyHash(name, qtype, dnsId, proto), name, qtype, dnsId, proto));
    let best = NONE;
    for (let depth = 0; candidate !== NONE && depth < DEPTH; depth++) {
      const chunk = transactions.of(candidate);
      const at = candidate & ROW_MASK;
      if (
        chunk.vantage[at] === key.vantage &&
        chunk.qclass[at] === qclass &&
        isDue(chunk, at, time) &&
        fits(chunk, at, key)
      ) {
        if (best === NONE) best = candidate;
        else if (transactions.of(best).exchange[best & ROW_MASK] !== chunk.exchange[at]) return NONE;
        // Of the views of one query, the one that still waits.
        else if (!isOpen(transactions.of(best), best & ROW_MASK)) best = candidate;
      }
      candidate = chunk.olderSameId[at]!;
    }
    return best;
  }

  /**
   * On a bridge, iptables translates what comes in before it is captured: a query is seen with the CoreDNS pod's address or under the node's,
   * its answer with the Service's or back at whoever asked. Elsewhere, whoever asked refuses an answer from an address that was not asked.
   * @param query of `queryBehind`
   */
  isTranslatedBack(query: number, { vantage, server }: PairKey): boolean {
    const { corednsAddresses, transactions, vantages } = this.#trace;
    if (!isOnNode(vantages[vantage]!)) return false;
    const asked = transactions.of(query).server[query & ROW_MASK]!;
    // From a CoreDNS pod to whoever asked the Service: not translated back yet, or never.
    return asked === server || !corednsAddresses.has(server) || corednsAddresses.has(asked);
  }

  /** The Service's answer to `client` may be that of a query to a CoreDNS pod under another address; a resolver's own query is another leg. */
  #isAtCoreDns(query: TransactionRows, at: number, client: number): boolean {
    const { corednsAddresses, resolvers } = this.#trace;
    const asker = query.client[at]!;
    return (
      corednsAddresses.has(query.server[at]!) && asker !== client && !resolvers.has(asker) && !resolvers.has(client)
    );
  }

  /** Where the newest transaction with this key stands in the index, or would. */
  #find(hash: number, name: number, qtype: number, dnsId: number, proto: number): number {
    const index = this.#index;
    const { transactions } = this.#trace;
    let place = index.first(hash);
    for (let id = index.idAt(place); id !== NONE; id = index.idAt(place)) {
      const chunk = transactions.of(id);
      const row = id & ROW_MASK;
      if (
        chunk.dnsId[row] === dnsId &&
        chunk.name[row] === name &&
        chunk.qtype[row] === qtype &&
        chunk.proto[row] === proto
      )
        break;
      place = index.after(place, hash);
    }
    return place;
  }

  /** Starts a chain entry for `id` and returns the newest older transaction with the same key. */
  #link(id: number, chunk: TransactionChunk, row: number): number {
    const index = this.#index;
    const name = chunk.name[row]!;
    const qtype = chunk.qtype[row]!;
    const dnsId = chunk.dnsId[row]!;
    const proto = chunk.proto[row]!;
    const hash = keyHash(name, qtype, dnsId, proto);
    const place = this.#find(hash, name, qtype, dnsId, proto);
    const older = index.idAt(place);
    chunk.olderSameId[row] = older;
    if (index.put(place, hash, id)) {
      index.keep(this.#forgetting.keep(id, this.#trace.vantages.length === 1 ? KEEP_ALONE : KEEP));
    }
    return older;
  }

  /** An exchange has one transaction for each (vantage, server): a second one is a new use of the same ID, or a repeat after an answer was lost. */
  #holds(exchange: number, chunk: TransactionRows, row: number): boolean {
    if (exchange === NONE) return true;
    for (const id of this.#trace.transactionsOf(exchange)) {
      const other = this.#trace.transactions.of(id);
      if (other.vantage[id & ROW_MASK] === chunk.vantage[row] && other.server[id & ROW_MASK] === chunk.server[row]) {
        return true;
      }
    }
    return false;
  }

  /** Whoever asked has no answer yet, so one that was seen leaving this place was lost: the same socket and ID ask the same again. */
  #mayRepeat(other: TransactionRows, at: number, sameVantage: boolean): boolean {
    if (sameVantage || other.exchange[at] === NONE || !Number.isNaN(other.end[at]!)) return false;
    return roleOf(this.#trace.vantages[other.vantage[at]!]!) !== 'coredns';
  }

  #mayBeTranslated(other: TransactionRows, at: number, chunk: TransactionRows, row: number): boolean {
    const trace = this.#trace;
    // A resolver's own query is another leg, also where an old CoreDNS (≤ 1.8.6) keeps the client's ID.
    if (trace.resolvers.has(other.client[at]!) || trace.resolvers.has(chunk.client[row]!)) return false;
    const roles = [trace.vantages[other.vantage[at]!]!, trace.vantages[chunk.vantage[row]!]!].map(roleOf);
    // One end must be a server's namespace: two pods that happen to share an ID are two lookups.
    return (
      roles.includes('coredns') &&
      !roles.every((role) => role === 'coredns') &&
      !this.#holds(other.exchange[at]!, chunk, row)
    );
  }

  /** A capture of a whole node shows CoreDNS's query as it leaves the pod, and with the node's address as it leaves the node. */
  #isMasqueraded(other: TransactionRows, at: number, chunk: TransactionRows, row: number): boolean {
    const { corednsAddresses, vantages } = this.#trace;
    return (
      corednsAddresses.has(other.client[at]!) !== corednsAddresses.has(chunk.client[row]!) &&
      other.server[at] === chunk.server[row] &&
      other.serverPort[at] === chunk.serverPort[row] &&
      isOnNode(vantages[chunk.vantage[row]!]!)
    );
  }

  /** @param isRepeat comes behind the place's own first view, which tells what became of the query */
  #attach(
    id: number,
    chunk: TransactionChunk,
    row: number,
    candidate: number,
    joined: number,
    isRepeat: boolean,
  ): boolean {
    const { exchanges, transactions } = this.#trace;
    const exchange = transactions.of(candidate).exchange[candidate & ROW_MASK]!;
    let before = exchanges.of(exchange).first[exchange & ROW_MASK]!;
    if (isRepeat) for (const view of this.#trace.transactionsOf(exchange)) before = view;
    chunk.exchange[row] = exchange;
    chunk.joined[row] = joined;
    const above = transactions.edit(before);
    chunk.nextInExchange[row] = above.nextInExchange[before & ROW_MASK]!;
    above.nextInExchange[before & ROW_MASK] = id;
    return true;
  }
}

/** The answer comes while the query waits, or so soon after its answer that it is the same one seen again. */
function isDue(query: TransactionRows, at: number, time: number): boolean {
  const since = time - (isOpen(query, at) ? query.lastQuery : query.end)[at]!;
  return since >= 0 && since <= (isOpen(query, at) ? EXACT_WINDOW_NS : SAME_VANTAGE_WINDOW_NS);
}

function isHalfTheSame(query: TransactionRows, at: number, key: PairKey): boolean {
  const isSameServer = query.server[at] === key.server && query.serverPort[at] === key.serverPort;
  const isSameClient = query.client[at] === key.client && query.clientPort[at] === key.clientPort;
  return isSameServer !== isSameClient;
}

function isOpen({ state }: TransactionRows, row: number): boolean {
  return state[row] === State.pending || state[row] === State.unanswered;
}

function keyHash(name: number, qtype: number, dnsId: number, proto: number): number {
  let hash = Math.imul(name ^ (qtype << 16), 0x9e37_79b1);
  hash = Math.imul(hash ^ dnsId ^ (proto << 24), 0x85eb_ca6b);
  return hash ^ (hash >>> 14);
}
