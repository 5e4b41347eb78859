/**
 * Which addresses responses gave for the names that somebody compares with something: those of Services, when a topology is at hand, and those the user
 * names. The columns don't keep answers; this keeps each different one once, with how often and when a server gave it.
 * Cost: nothing without names to compare; with them one array read a response, and for a watched name its answer section is stepped over and summed
 * up. Memory: what all answers together may take is bounded in addresses and in transactions, about 10 MB each; expected names have as much again,
 * so that Services never push them out. What is beyond is counted (`notCompared`).
 * Only A and AAAA, and only NOERROR and NXDOMAIN: an error code says nothing about addresses.
 */
import { eachAddress } from '../dns/addressRecords.ts';
import type { DnsHead } from '../dns/dnsHead.ts';
import { DnsFlag, HEADER_LENGTH } from '../dns/header.ts';
import { DnsRcode, DnsType } from '../dns/types.ts';
import { addressText } from '../packet/address.ts';
import type { AnswerWatch } from './answerWatch.ts';
import type { NameTable } from './nameTable.ts';

const MOST_ENTRIES = 20_000;
const MOST_VARIANTS = 16;
const MOST_TRANSACTIONS = 200;
/** Of all entries together. */
const MOST_ADDRESSES = 200_000;
/** An answer takes as much as so many addresses, without any. */
const VARIANT_COST = 4;
/** Of all variants together; each has its first few all the same. */
const MOST_TRANSACTIONS_IN_ALL = 500_000;
const FIRST_TRANSACTIONS = 5;
/** In the sum of an answer: above its addresses' number, and beside their hash. */
const MOST_COUNTED = 1024;
const Kind = { denied: 1, cut: 2 } as const;

/** One of the answers that a server gave to one question. */
export interface AnswerVariant {
  /** Sorted; empty when it gave none. */
  readonly addresses: readonly string[];
  /** It said that the name does not exist. */
  readonly denied: boolean;
  /** There may be more addresses: cut to fit UDP, by the capture's snapshot length, or longer than is read. */
  readonly cut: boolean;
  /** The first transactions with this answer, bounded. */
  readonly transactions: number[];
  readonly first: number;
  last: number;
  count: number;
}

/** What one server answered to one question. */
export interface AnswerEntry {
  /** Id in the trace's names. */
  readonly name: number;
  readonly qtype: number;
  /** Address id. */
  readonly server: number;
  readonly variants: AnswerVariant[];
}

interface KeyedEntry extends AnswerEntry {
  /** Sum over the answer's addresses, at the place of its variant. */
  readonly sums: number[];
}

export class AnswerTally {
  readonly #names: NameTable;
  readonly #watch: AnswerWatch;
  /** Answers to watched names that were not kept, for there were too many. */
  notCompared = 0;
  /** Name id → 0 not asked yet, 1 watched, 2 not, 3 expected by the user. */
  #known = new Uint8Array(1024);
  readonly #entries = new Map<number, Map<number, KeyedEntry>>();
  #size = 0;
  #addresses = 0;
  #transactions = 0;

  constructor(names: NameTable, watch: AnswerWatch) {
    this.#names = names;
    this.#watch = watch;
  }

  /** Other names are watched than before; answers there are stay. */
  rewatch(): void {
    for (let name = 0; name < this.#known.length; name++) if (this.#known[name] === 2) this.#known[name] = 0;
  }

  /** The answer in `bytes[start, end)`, whose head is read. */
  response(
    bytes: Uint8Array,
    start: number,
    end: number,
    head: DnsHead,
    name: number,
    server: number,
    transaction: number,
    time: number,
  ): void {
    if (this.#known[name] === 2) return;
    if (head.qtype !== DnsType.A && head.qtype !== DnsType.AAAA) return;
    if (
      (head.rcode !== DnsRcode.NOERROR && head.rcode !== DnsRcode.NXDOMAIN) ||
      head.qdcount !== 1 ||
      !this.#watches(name)
    )
      return;
    const sum = sumOfAnswers(bytes, start, end, head);
    const entry = this.#entryOf(name, head.qtype, server);
    if (entry === undefined) {
      this.notCompared++;
      return;
    }
    const variant =
      entry.variants[entry.sums.indexOf(sum)] ?? this.#newVariant(bytes, start, end, head, entry, sum, time);
    if (variant === undefined) return;
    variant.count++;
    if (time > variant.last) variant.last = time;
    const { transactions } = variant;
    if (transactions.length >= MOST_TRANSACTIONS) return;
    if (transactions.length >= FIRST_TRANSACTIONS && this.#transactions >= MOST_TRANSACTIONS_IN_ALL) return;
    this.#transactions++;
    transactions.push(transaction);
  }

  /** `undefined` when there is no room for it. */
  #newVariant(
    bytes: Uint8Array,
    start: number,
    end: number,
    head: DnsHead,
    entry: KeyedEntry,
    sum: number,
    time: number,
  ): AnswerVariant | undefined {
    const isExpected = this.#known[entry.name] === 3;
    const isFull = entry.variants.length >= MOST_VARIANTS;
    const isSpent = this.#addresses >= this.#limit(MOST_ADDRESSES, entry.name);
    if (!isExpected && (isFull || isSpent)) {
      this.notCompared++;
      return undefined;
    }
    const addresses = addressesIn(bytes, start, end, head);
    const made: AnswerVariant = {
      addresses,
      denied: head.rcode === DnsRcode.NXDOMAIN,
      cut: (Math.floor(sum / MOST_COUNTED) & Kind.cut) !== 0,
      transactions: [],
      first: time,
      last: time,
      count: 0,
    };
    const cost = VARIANT_COST + addresses.length;
    if (!isFull && !isSpent) {
      this.#addresses += cost;
      entry.variants.push(made);
      entry.sums.push(sum);
      return made;
    }
    // Right answers of an expected name are compared here and may go; a wrong one takes the place of a right one.
    if (!this.#isWrong(entry, made)) return undefined;
    const at = entry.variants.findIndex((variant) => !this.#isWrong(entry, variant));
    if (at < 0) {
      this.notCompared++;
      return undefined;
    }
    const replaced = entry.variants[at]!;
    this.#addresses += cost - VARIANT_COST - replaced.addresses.length;
    this.#transactions -= replaced.transactions.length;
    entry.variants[at] = made;
    entry.sums[at] = sum;
    return made;
  }

  #isWrong({ name, qtype }: AnswerEntry, { addresses, cut, denied }: AnswerVariant): boolean {
    return this.#watch.isWrong(this.#names.textOf(name).toLowerCase(), qtype, addresses, cut && !denied);
  }

  #limit(most: number, name: number): number {
    return this.#known[name] === 3 ? 2 * most : most;
  }

  /** How many {@link entries} there are. */
  get size(): number {
    return this.#size;
  }

  *entries(): Generator<AnswerEntry> {
    for (const entries of this.#entries.values()) yield* entries.values();
  }

  #watches(name: number): boolean {
    if (name >= this.#known.length) {
      const larger = new Uint8Array(Math.max(name + 1, this.#known.length * 2));
      larger.set(this.#known);
      this.#known = larger;
    }
    if (this.#known[name] === 0) {
      const text = this.#names.textOf(name).toLowerCase();
      this.#known[name] = this.#watch.isExpected(text) ? 3 : this.#watch.isWatched(text) ? 1 : 2;
    }
    return this.#known[name] !== 2;
  }

  #entryOf(name: number, qtype: number, server: number): KeyedEntry | undefined {
    const question = name * 2 + (qtype === DnsType.A ? 0 : 1);
    let entries = this.#entries.get(question);
    const known = entries?.get(server);
    if (known !== undefined) return known;
    if (this.#size >= this.#limit(MOST_ENTRIES, name)) return undefined;
    this.#size++;
    if (entries === undefined) {
      entries = new Map();
      this.#entries.set(question, entries);
    }
    const entry: KeyedEntry = { name, qtype, server, variants: [], sums: [] };
    entries.set(server, entry);
    return entry;
  }
}

/** Calls back for each record of the asked type; `false` when the section was not read to its end. */
function eachAnswer(bytes: Uint8Array, start: number, end: number, head: DnsHead, take: (at: number) => void): boolean {
  const asked = head.qtype === DnsType.A ? 4 : 16;
  const answers = Math.max(start + HEADER_LENGTH, head.qnameEnd + 4);
  return eachAddress(bytes, answers, end, head.ancount, (at, length) => {
    if (length === asked) take(at);
  });
}

/** The same for the same set of addresses in any order: what `loadbalance` shuffles is one answer. */
function sumOfAnswers(bytes: Uint8Array, start: number, end: number, head: DnsHead): number {
  const length = head.qtype === DnsType.A ? 4 : 16;
  let sum = 0;
  let count = 0;
  const isWhole = eachAnswer(bytes, start, end, head, (at) => {
    let hash = 0x811c9dc5;
    for (let k = 0; k < length; k++) hash = Math.imul(hash ^ bytes[at + k]!, 0x01000193);
    sum = (sum + (hash >>> 0)) % 0x1_0000_0000;
    count++;
  });
  const denied = head.rcode === DnsRcode.NXDOMAIN ? Kind.denied : 0;
  const cut = isWhole && (head.flags & DnsFlag.TC) === 0 ? 0 : Kind.cut;
  return (sum * 4 + denied + cut) * MOST_COUNTED + count;
}

function addressesIn(bytes: Uint8Array, start: number, end: number, head: DnsHead): readonly string[] {
  const found = new Set<string>();
  eachAnswer(bytes, start, end, head, (at) => found.add(addressText(bytes, at, head.qtype === DnsType.A ? 4 : 16)));
  return [...found].sort();
}
