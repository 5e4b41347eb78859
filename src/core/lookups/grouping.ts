/**
 * Rule R7: exchanges of one client that together are what the application asked for once.
 * - twin: the other of A and AAAA for the same name, within 20 ms or from the same socket
 * - repeat: the same question again after it failed, was truncated or stayed unanswered
 * - search step: the name so far ended in NXDOMAIN or without data, and within a second follows one with the same first labels
 *   (resolv.conf search list and ndots)
 * Anything else is a new lookup. Each client keeps its eight latest lookups as candidates, newest first, so the cost is
 * bounded whatever a client does.
 */
import { DnsRcode, DnsType } from '../dns/types.ts';
import { NONE, ROW_MASK, State, type TransactionRows } from '../trace/tables.ts';
import type { Trace } from '../trace/trace.ts';
import { searchStep } from './searchList.ts';
import { isCutAnswer, primaryTransaction } from './exchangeViews.ts';

const TWIN_NS = 20e6;
/** Resolvers ask the next name at once; a crowded machine takes its time. */
export const STEP_NS = 1e9;
/** After a failed answer glibc, musl, Go and c-ares ask again at once; an application that tries again later makes a new lookup. */
const RETRY_AFTER_ANSWER_NS = 250e6;
/** Longest wait of common resolvers before they ask again: glibc 5 s, doubled by options. */
const RETRY_UNANSWERED_NS = 11e9;
const RECENT = 8;
const PLACES = 2 * RECENT;

export class LookupGrouping {
  readonly #trace: Trace;
  /** By client's address id, one cache line each: its latest lookups, newest first, each with the hash of its first label. */
  #recent = new Int32Array(64 * PLACES).fill(NONE);
  #clients = 0;

  constructor(trace: Trace) {
    this.#trace = trace;
  }

  /** Distinct clients that made lookups. */
  get clients(): number {
    return this.#clients;
  }

  /** Gives the root exchange of new transaction `id` its lookup. */
  place(id: number): void {
    const trace = this.#trace;
    const chunk = trace.transactions.of(id);
    const row = id & ROW_MASK;
    const start = chunk.client[row]! * PLACES;
    if (start >= this.#recent.length) this.#grow(start);
    const recent = this.#recent;
    if (recent[start] === NONE) this.#clients++;
    // A lookup's names all begin with the same label, so nearly every candidate ends at this one comparison.
    const label = trace.names.firstLabelHash(chunk.name[row]!);
    const end = start + PLACES;
    for (let place = start; place < end && recent[place] !== NONE; place += 2) {
      if (recent[place + 1] !== label || !this.#continues(recent[place]!, chunk, row)) continue;
      const lookup = recent[place]!;
      this.#append(lookup, chunk, row);
      this.#shift(start, place);
      recent[start] = lookup;
      recent[start + 1] = label;
      return;
    }
    this.#shift(start, end - 2);
    recent[start] = this.#open(chunk, row);
    recent[start + 1] = label;
  }

  /** Makes room at `start`; what stood at `end` goes. */
  #shift(start: number, end: number): void {
    const recent = this.#recent;
    for (let to = end; to > start; to -= 2) {
      recent[to] = recent[to - 2]!;
      recent[to + 1] = recent[to - 1]!;
    }
  }

  #grow(start: number): void {
    const larger = new Int32Array(Math.max(start + PLACES, this.#recent.length * 2)).fill(NONE);
    larger.set(this.#recent);
    this.#recent = larger;
  }

  #continues(lookup: number, chunk: TransactionRows, row: number): boolean {
    const trace = this.#trace;
    const lookups = trace.lookups.of(lookup);
    const at = lookup & ROW_MASK;
    const start = chunk.start[row]!;
    if (lookups.exchanges[at]! >= 0xfff0) return false;
    if (lookups.name[at] === chunk.name[row]) return this.#sameNameContinues(lookup, chunk, row, start);
    const lastEnd = lookups.lastEnd[at]!;
    return (
      start >= lastEnd &&
      start - lastEnd <= STEP_NS &&
      lookups.searchNames[at]! < 250 &&
      this.#stepFoundNothing(lookup) &&
      this.#baseWith(lookup, chunk.name[row]!) > 0
    );
  }

  /** Labels of the walk's base with `name` as its next step, 0 when it is none. */
  #baseWith(lookup: number, name: number): number {
    const { lookups, names } = this.#trace;
    const chunk = lookups.of(lookup);
    const row = lookup & ROW_MASK;
    return searchStep(names.textOf(chunk.name[row]!), names.textOf(name), chunk.baseLabels[row]!);
  }

  #sameNameContinues(lookup: number, chunk: TransactionRows, row: number, start: number): boolean {
    const trace = this.#trace;
    const qtype = chunk.qtype[row]!;
    let sameType = NONE;
    let otherType = NONE;
    const step = trace.lookups.of(lookup).stepExchange[lookup & ROW_MASK]!;
    for (const exchange of trace.exchangesOf(lookup, step)) {
      const first = trace.exchanges.of(exchange).first[exchange & ROW_MASK]!;
      if (trace.transactions.of(first).qtype[first & ROW_MASK] === qtype) sameType = exchange;
      else otherType = exchange;
    }
    if (sameType !== NONE) return this.#mayRepeat(sameType, start);
    if (qtype !== DnsType.A && qtype !== DnsType.AAAA) return false;
    const first = trace.exchanges.of(otherType).first[otherType & ROW_MASK]!;
    const other = trace.transactions.of(first);
    const i = first & ROW_MASK;
    const otherIsAddress = other.qtype[i] === DnsType.A || other.qtype[i] === DnsType.AAAA;
    const together = Math.abs(start - other.start[i]!) <= TWIN_NS || other.clientPort[i] === chunk.clientPort[row];
    return otherIsAddress && together && start - other.start[i]! <= RETRY_UNANSWERED_NS;
  }

  /** Whether the same question may be asked again within one lookup: only when the last try brought nothing usable. */
  #mayRepeat(exchange: number, start: number): boolean {
    const trace = this.#trace;
    let answeredAt = Number.NaN;
    let usable = false;
    let lastQuery = 0;
    for (const id of trace.transactionsOf(exchange)) {
      const chunk = trace.transactions.of(id);
      const row = id & ROW_MASK;
      lastQuery = Math.max(lastQuery, chunk.lastQuery[row]!);
      if (Number.isNaN(chunk.end[row]!)) continue;
      answeredAt = chunk.end[row]!;
      usable =
        (chunk.rcode[row] === DnsRcode.NOERROR || chunk.rcode[row] === DnsRcode.NXDOMAIN) &&
        !isCutAnswer(trace, chunk.response[row]!);
    }
    if (Number.isNaN(answeredAt)) return start - lastQuery >= 500e6 && start - lastQuery <= RETRY_UNANSWERED_NS;
    return !usable && start - answeredAt <= RETRY_AFTER_ANSWER_NS;
  }

  /** The current name got an answer to every question, and none of use: NXDOMAIN or no data. */
  #stepFoundNothing(lookup: number): boolean {
    const trace = this.#trace;
    for (const exchange of trace.exchangesOf(lookup, trace.lookups.of(lookup).stepExchange[lookup & ROW_MASK])) {
      // As the client saw it: another view of the same exchange may still be on its way here.
      const id = primaryTransaction(trace, exchange);
      const chunk = trace.transactions.of(id);
      const row = id & ROW_MASK;
      if (chunk.state[row] !== State.answered && chunk.state[row] !== State.late) return false;
      if (!isMiss(chunk.rcode[row]!, chunk.answers[row]!)) return false;
    }
    return true;
  }

  #open(chunk: TransactionRows, row: number): number {
    const trace = this.#trace;
    const lookup = trace.lookups.add();
    const lookups = trace.lookups.edit(lookup);
    const at = lookup & ROW_MASK;
    const exchange = chunk.exchange[row]!;
    lookups.start[at] = chunk.start[row]!;
    lookups.lastEnd[at] = Number.NaN;
    lookups.latency[at] = Number.NaN;
    lookups.client[at] = chunk.client[row]!;
    lookups.name[at] = chunk.name[row]!;
    lookups.firstExchange[at] = exchange;
    lookups.lastExchange[at] = exchange;
    lookups.stepExchange[at] = exchange;
    lookups.proof[at] = NONE;
    lookups.culprit[at] = NONE;
    lookups.exchanges[at] = 1;
    lookups.attempts[at] = 1;
    trace.exchanges.edit(exchange).lookup[exchange & ROW_MASK] = lookup;
    this.#takeResponse(lookup, exchange);
    trace.markDirty(lookup);
    return lookup;
  }

  /** An exchange that waited for its place may have its response already. */
  #takeResponse(lookup: number, exchange: number): void {
    const trace = this.#trace;
    const lookups = trace.lookups.edit(lookup);
    const at = lookup & ROW_MASK;
    let id = trace.exchanges.of(exchange).first[exchange & ROW_MASK]!;
    while (id !== NONE) {
      const chunk = trace.transactions.of(id);
      const end = chunk.end[id & ROW_MASK]!;
      if (!Number.isNaN(end) && !(end <= lookups.lastEnd[at]!)) lookups.lastEnd[at] = end;
      id = chunk.nextInExchange[id & ROW_MASK]!;
    }
  }

  #append(lookup: number, chunk: TransactionRows, row: number): void {
    const trace = this.#trace;
    const lookups = trace.lookups.edit(lookup);
    const at = lookup & ROW_MASK;
    const exchange = chunk.exchange[row]!;
    const last = lookups.lastExchange[at]!;
    trace.exchanges.edit(last).nextInLookup[last & ROW_MASK] = exchange;
    lookups.lastExchange[at] = exchange;
    lookups.exchanges[at]!++;
    trace.exchanges.edit(exchange).lookup[exchange & ROW_MASK] = lookup;
    this.#takeResponse(lookup, exchange);
    if (lookups.name[at] !== chunk.name[row]) {
      lookups.baseLabels[at] = this.#baseWith(lookup, chunk.name[row]!);
      // Bounded: beyond it a walk that the capture's end cuts counts as ended.
      if (trace.passedNames.size < 100_000) trace.passedNames.add(lookups.name[at]!);
      lookups.name[at] = chunk.name[row]!;
      lookups.stepExchange[at] = exchange;
      lookups.searchNames[at]!++;
      lookups.attempts[at] = 1;
    } else if (this.#repeats(lookup, chunk.qtype[row]!) && lookups.attempts[at]! < 255) {
      lookups.attempts[at]!++;
    }
    trace.markDirty(lookup);
  }

  /** Whether the step asked this type before; A and AAAA of one attempt count once, so only the first type counts. */
  #repeats(lookup: number, qtype: number): boolean {
    const trace = this.#trace;
    const step = trace.lookups.of(lookup).stepExchange[lookup & ROW_MASK]!;
    const first = trace.exchanges.of(step).first[step & ROW_MASK]!;
    return trace.transactions.of(first).qtype[first & ROW_MASK] === qtype;
  }
}

/** NXDOMAIN, or NOERROR without an answer: a search list goes on after it. */
function isMiss(rcode: number, answers: number): boolean {
  return rcode === DnsRcode.NXDOMAIN || (rcode === DnsRcode.NOERROR && answers === 0);
}
