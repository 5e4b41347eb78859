/**
 * Which addresses responses gave for the names that somebody compares with something: those of Services, when a topology is at hand, and those the user
 * names. The columns don't keep answers; this keeps each different one once, with how often and when a server gave it.
 * Cost: nothing without names to compare; with them one array read a response, and for a watched name its answer section is stepped over and summed
 * up. Memory: at most {@link MOST_ENTRIES} × {@link MOST_VARIANTS} answers.
 * Only A and AAAA, and only NOERROR and NXDOMAIN: an error code says nothing about addresses.
 */
import { afterName } from '../dns/extendedRcode.ts';
import type { DnsHead } from '../dns/dnsHead.ts';
import { DnsType } from '../dns/types.ts';
import { addressText } from '../packet/address.ts';
import { u16be } from '../packet/bytes.ts';
import type { NameTable } from './nameTable.ts';

const MOST_ENTRIES = 20_000;
const MOST_VARIANTS = 16;
const MOST_TRANSACTIONS = 200;
/** More records of one message are not read: 65,535 are a lie or an attack. */
const MOST_RECORDS = 512;
const HEADER_LENGTH = 12;
const FLAG_TC = 0x0200;
const NXDOMAIN = 3;

/** One of the answers that a server gave to one question. */
export interface AnswerVariant {
  /** Sorted; empty when it gave none. */
  readonly addresses: readonly string[];
  /** It said that the name does not exist. */
  readonly denied: boolean;
  /** Cut to fit UDP: there may be more addresses. */
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
  readonly #isWatched: (name: string) => boolean;
  /** Name id → 0 not asked yet, 1 watched, 2 not. */
  #known = new Uint8Array(1024);
  readonly #entries = new Map<number, Map<number, KeyedEntry>>();
  #size = 0;

  /** @param isWatched asked once for each name, which is absolute and in lower case */
  constructor(names: NameTable, isWatched: (name: string) => boolean) {
    this.#names = names;
    this.#isWatched = isWatched;
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
    if ((head.rcode !== 0 && head.rcode !== NXDOMAIN) || head.qdcount !== 1 || !this.#watches(name)) return;
    const sum = sumOfAnswers(bytes, start, end, head);
    const entry = this.#entryOf(name, head.qtype, server);
    if (entry === undefined) return;
    const at = entry.sums.indexOf(sum);
    let variant = entry.variants[at];
    if (variant === undefined) {
      if (entry.variants.length >= MOST_VARIANTS) return;
      variant = {
        addresses: addressesIn(bytes, start, end, head),
        denied: head.rcode === NXDOMAIN,
        cut: (head.flags & FLAG_TC) !== 0,
        transactions: [],
        first: time,
        last: time,
        count: 0,
      };
      entry.variants.push(variant);
      entry.sums.push(sum);
    }
    variant.count++;
    if (time > variant.last) variant.last = time;
    if (variant.transactions.length < MOST_TRANSACTIONS) variant.transactions.push(transaction);
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
    if (this.#known[name] === 0) this.#known[name] = this.#isWatched(this.#names.textOf(name).toLowerCase()) ? 1 : 2;
    return this.#known[name] === 1;
  }

  #entryOf(name: number, qtype: number, server: number): KeyedEntry | undefined {
    const question = name * 2 + (qtype === DnsType.A ? 0 : 1);
    let entries = this.#entries.get(question);
    const known = entries?.get(server);
    if (known !== undefined) return known;
    if (this.#size >= MOST_ENTRIES) return undefined;
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

/** Calls back for each record of the asked type in the answer section, until it is cut or unsound. */
function eachAnswer(bytes: Uint8Array, start: number, end: number, head: DnsHead, take: (at: number) => void): void {
  const length = head.qtype === DnsType.A ? 4 : 16;
  let at = start + HEADER_LENGTH;
  at = Math.max(at, head.qnameEnd + 4);
  for (let left = Math.min(head.ancount, MOST_RECORDS); left > 0; left--) {
    const fixed = afterName(bytes, at, end);
    if (fixed + 10 > end) return;
    const size = u16be(bytes, fixed + 8);
    if (fixed + 10 + size > end) return;
    if (u16be(bytes, fixed) === head.qtype && size === length) take(fixed + 10);
    at = fixed + 10 + size;
  }
}

/** The same for the same set of addresses in any order: what `loadbalance` shuffles is one answer. */
function sumOfAnswers(bytes: Uint8Array, start: number, end: number, head: DnsHead): number {
  const length = head.qtype === DnsType.A ? 4 : 16;
  let sum = 0;
  let count = 0;
  eachAnswer(bytes, start, end, head, (at) => {
    let hash = 0x811c9dc5;
    for (let k = 0; k < length; k++) hash = Math.imul(hash ^ bytes[at + k]!, 0x01000193);
    sum = (sum + (hash >>> 0)) % 0x1_0000_0000;
    count++;
  });
  const kind = (head.rcode === NXDOMAIN ? 1 : 0) + ((head.flags & FLAG_TC) === 0 ? 0 : 2);
  return (sum * 4 + kind) * 1024 + count;
}

function addressesIn(bytes: Uint8Array, start: number, end: number, head: DnsHead): readonly string[] {
  const found = new Set<string>();
  eachAnswer(bytes, start, end, head, (at) => found.add(addressText(bytes, at, head.qtype === DnsType.A ? 4 : 16)));
  return [...found].sort();
}
