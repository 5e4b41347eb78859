/**
 * Rule R9: the outcome of a lookup as the application saw it, and where it was lost. The last vantage that saw the query
 * and the first that saw a response decide. A claim that something was NOT seen needs a vantage that was watching then
 * and reports no loss; otherwise the cause stays `unanswered` (unknown) or the confidence falls.
 * Evaluated again whenever one of the lookup's transactions changes; cost: the exchanges of one lookup.
 */
import { DnsRcode } from '../dns/types.ts';
import { faultBehindNodeLocal, type CoreDnsFault } from './behindNodeLocal.ts';
import { corednsCoverage, DELIVERY_NS, isQuiet, isWatchedClient } from './coverage.ts';
import { STEP_NS } from './grouping.ts';
import { OutcomeCode } from './outcome.ts';
import { type UpstreamFailure, UpstreamFailures } from './upstreamFailures.ts';
import { LookupFlag, type Verdict, writeVerdict } from './verdictRow.ts';
import { corednsTransaction, hasData, outcomeOf, primaryTransaction } from './exchangeViews.ts';
import { Join, NONE, ROW_MASK, State } from '../trace/tables.ts';
import { roleOf, type Trace } from '../trace/trace.ts';

export const Cause = {
  none: 0,
  /** CoreDNS asked an upstream and got no answer. */
  upstreamSilent: 1,
  /** The upstream answered with an error, which CoreDNS passed on. */
  upstreamError: 2,
  /** CoreDNS answered with an error and asked nobody, or against what the upstream said. */
  corednsError: 3,
  /** The server answered with an error; what is behind it was not watched. */
  serverError: 4,
  nameError: 5,
  lostBeforeCoreDns: 6,
  lostInCoreDns: 7,
  lostOnReturn: 8,
  /** No answer, and too little was watched to say where it was lost. */
  unansweredUnknown: 9,
} as const;

/** Also where the failure was an earlier query's, kept in a cache. */
export function blamesUpstream(cause: number): boolean {
  return cause === Cause.upstreamSilent || cause === Cause.upstreamError;
}

const BEHIND_NODELOCAL: Readonly<Record<CoreDnsFault, number>> = {
  error: Cause.corednsError,
  'error-unwatched': Cause.serverError,
  silent: Cause.lostInCoreDns,
  'silent-unwatched': Cause.unansweredUnknown,
  'lost-on-return': Cause.lostOnReturn,
};

/** A failure that began before the trace ends up to 5 s into it (CoreDNS's budget) and is cached for 5 s more. */
const YOUNG_NS = 10.5e9;
/** A walk has ended when its next step could not be joined to it any more. */
export const WALK_PAUSE_NS = STEP_NS + 100e6;
/** Unexplained upstream queries looked through, newest first; a verdict must not cost the length of the trace. */
const SEARCHED = 2000;
const RANK = { pending: 5, unanswered: 4, error: 3, answered: 2, nodata: 1, nxdomain: 0 } as const;

export class VerdictEngine {
  readonly #trace: Trace;
  readonly #failures = new UpstreamFailures();
  slowNs: number;

  constructor(trace: Trace, slowNs: number) {
    this.#trace = trace;
    this.slowNs = slowNs;
  }

  evaluate(lookup: number): void {
    const row = lookup & ROW_MASK;
    if (this.#isPlainSuccess(lookup, row)) return;
    writeVerdict(this.#trace.lookups, lookup, this.#verdictOf(lookup), this.slowNs);
  }

  /** Most lookups: one exchange in the deciding step, seen once, answered with NOERROR. Written without allocating. */
  #isPlainSuccess(lookup: number, row: number): boolean {
    const { exchanges, transactions, lookups } = this.#trace;
    const before = lookups.of(lookup);
    const exchange = before.stepExchange[row]!;
    if (exchange !== before.lastExchange[row]) return false;
    const id = exchanges.of(exchange).first[exchange & ROW_MASK]!;
    const transaction = transactions.of(id);
    const at = id & ROW_MASK;
    if (transaction.nextInExchange[at] !== NONE || transaction.rcode[at] !== DnsRcode.NOERROR) return false;
    const state = transaction.state[at];
    if (state !== State.answered && state !== State.late) return false;
    const end = transaction.end[at]!;
    const chunk = lookups.edit(lookup);
    const latency = end - chunk.start[row]!;
    chunk.outcome[row] = hasData(transaction, at) ? OutcomeCode.answered : OutcomeCode.nodata;
    chunk.cause[row] = Cause.none;
    chunk.confidence[row] = Join.exact;
    chunk.rcode[row] = 0;
    chunk.latency[row] = latency;
    chunk.lastEnd[row] = end;
    chunk.proof[row] = NONE;
    chunk.culprit[row] = NONE;
    chunk.flags[row] = LookupFlag.evaluated | (latency > this.slowNs ? LookupFlag.slow : 0);
    return true;
  }

  #verdictOf(lookup: number): Verdict {
    const trace = this.#trace;
    const chunk = trace.lookups.of(lookup);
    const row = lookup & ROW_MASK;
    const verdict: Verdict = {
      outcome: 'nxdomain',
      cause: Cause.none,
      confidence: Join.exact,
      rcode: 0,
      latency: Number.NaN,
      lastEnd: Number.NaN,
      proof: NONE,
      culprit: NONE,
    };
    let rank = -1;
    let deciding = NONE;
    for (const exchange of this.#lastOfEachType(lookup)) {
      const primary = primaryTransaction(trace, exchange);
      const { outcome, rcode, end } = outcomeOf(trace, primary);
      if (!Number.isNaN(end) && !(end <= verdict.lastEnd)) verdict.lastEnd = end;
      if (RANK[outcome] > rank) {
        rank = RANK[outcome];
        verdict.outcome = outcome;
        verdict.rcode = rcode;
        deciding = exchange;
      }
    }
    if (verdict.outcome !== 'pending' && verdict.outcome !== 'unanswered') {
      verdict.latency = verdict.lastEnd - chunk.start[row]!;
    }
    if (deciding === NONE) return verdict;
    if (verdict.outcome === 'nxdomain') {
      const vantage = this.#vantageOf(deciding);
      const isUnseen = this.#mayWalkUnseen(lookup, vantage, verdict.lastEnd);
      if (isUnseen || this.#mayWalkOn(lookup, vantage, verdict.lastEnd)) {
        if (!isUnseen) trace.openWalks.add(lookup);
        verdict.outcome = 'pending';
        verdict.latency = Number.NaN;
        return verdict;
      }
    }
    if (verdict.outcome === 'error') this.#blameError(lookup, deciding, verdict);
    else if (verdict.outcome === 'unanswered') this.#blameSilence(deciding, verdict);
    else if (verdict.outcome === 'nxdomain') {
      verdict.cause = Cause.nameError;
      verdict.proof = primaryTransaction(trace, deciding);
      verdict.culprit = trace.transactions.of(verdict.proof).server[verdict.proof & ROW_MASK]!;
    }
    return verdict;
  }

  /**
   * An NXDOMAIN may be one step of a search list, with the next name about to follow. Live, that is waited for; at the end of a capture
   * a name that other walks went on from was cut off. Only what nothing followed is an outcome.
   */
  #mayWalkOn(lookup: number, vantage: number, lastEnd: number): boolean {
    const trace = this.#trace;
    // A name that other walks went on from ends a walk only where its own capture brought something later: a clock goes on while a
    // capture is being stopped, and so do the captures of others.
    const wasPassed = trace.passedNames.has(trace.lookups.of(lookup).name[lookup & ROW_MASK]!);
    const own = trace.vantages[vantage]!.lastTime;
    if (trace.finished) return wasPassed && own - lastEnd < WALK_PAUSE_NS;
    if (!trace.live) return false;
    // Packets lag behind the watching clock; before its first tick they are all the clock there is.
    const now = wasPassed || Number.isNaN(trace.clock) ? own : Math.max(own, trace.clock - DELIVERY_NS);
    return now - lastEnd < WALK_PAUSE_NS;
  }

  /**
   * Who asked is watched, and yet a resolver alone saw this: their own capture did not listen yet, or no more. The next name may have gone to
   * another resolver, which counts for nothing only where all of them were watched.
   */
  #mayWalkUnseen(lookup: number, vantage: number, lastEnd: number): boolean {
    const trace = this.#trace;
    if (roleOf(trace.vantages[vantage]!) === 'client') return false;
    if (!isWatchedClient(trace, trace.lookups.of(lookup).client[lookup & ROW_MASK]!)) return false;
    return [lastEnd, lastEnd + WALK_PAUSE_NS].some((time) => corednsCoverage(trace, time) !== 'all');
  }

  #vantageOf(exchange: number): number {
    const primary = primaryTransaction(this.#trace, exchange);
    return this.#trace.transactions.of(primary).vantage[primary & ROW_MASK]!;
  }

  /** For each type asked in the current step, its latest exchange: earlier attempts were superseded. */
  #lastOfEachType(lookup: number): Iterable<number> {
    const trace = this.#trace;
    const chunk = trace.lookups.of(lookup);
    const only = chunk.stepExchange[lookup & ROW_MASK]!;
    if (only === chunk.lastExchange[lookup & ROW_MASK]) return [only];
    const last = new Map<number, number>();
    for (const exchange of trace.exchangesOf(lookup, trace.lookups.of(lookup).stepExchange[lookup & ROW_MASK])) {
      const first = trace.exchanges.of(exchange).first[exchange & ROW_MASK]!;
      last.set(trace.transactions.of(first).qtype[first & ROW_MASK]!, exchange);
    }
    return last.values();
  }

  #blameError(lookup: number, deciding: number, verdict: Verdict): void {
    const trace = this.#trace;
    const primary = primaryTransaction(trace, deciding);
    verdict.proof = primary;
    verdict.culprit = trace.transactions.of(primary).server[primary & ROW_MASK]!;
    // Any attempt of this step may hold the reason: a repeat is often answered from the SERVFAIL cache.
    let failing = NONE;
    for (const exchange of trace.exchangesOf(lookup, trace.lookups.of(lookup).stepExchange[lookup & ROW_MASK])) {
      if (this.#failedChild(exchange) !== NONE) failing = exchange;
    }
    if (failing !== NONE) {
      this.#blameUpstream(failing, verdict);
      return;
    }
    const inside = corednsTransaction(trace, deciding);
    if (inside === NONE) {
      verdict.cause = Cause.serverError;
      if (verdict.rcode === DnsRcode.SERVFAIL) this.#explainUnwatched(lookup, primary, verdict);
      return;
    }
    const chunk = trace.transactions.of(inside);
    const at = inside & ROW_MASK;
    if (verdict.rcode === DnsRcode.SERVFAIL && this.#servedFromCache(lookup, inside, verdict)) return;
    verdict.culprit = chunk.server[at]!;
    if (this.#askedOthersMeanwhile(chunk.vantage[at]!, chunk.start[at]!, chunk.end[at]!)) {
      // A rewritten name, or another address family, hides which query served this one.
      verdict.cause = Cause.serverError;
      verdict.confidence = Join.inferred;
      return;
    }
    verdict.cause = Cause.corednsError;
    verdict.confidence = isQuiet(trace, chunk.vantage[at]!) ? chunk.joined[at] || Join.exact : Join.inferred;
  }

  /**
   * A SERVFAIL without an upstream query may come from CoreDNS's cache: explained by an upstream failure that this CoreDNS
   * had within 5 s before; or, when the trace is younger than the cache, by one for the same name anywhere in it.
   * Without an explanation a young trace cannot tell, and says only that the server answered with an error.
   */
  #servedFromCache(lookup: number, inside: number, verdict: Verdict): boolean {
    const trace = this.#trace;
    const chunk = trace.transactions.of(inside);
    const at = inside & ROW_MASK;
    const start = chunk.start[at]!;
    const name = chunk.name[at]!;
    const own = this.#failures.before(chunk.server[at]!, name, start);
    const young = this.#isYoung(chunk.vantage[at]!, start);
    const failure = own ?? (young ? this.#failures.ofName(name, lookup) : undefined);
    if (failure !== undefined) blame(verdict, failure);
    else if (young) {
      verdict.cause = Cause.serverError;
      verdict.culprit = chunk.server[at]!;
    }
    return failure !== undefined || young;
  }

  /** What this vantage saw began so early that its reason may lie before. */
  #isYoung(vantage: number, start: number): boolean {
    return start - this.#trace.vantages[vantage]!.firstTime <= YOUNG_NS;
  }

  /** Early in a trace, not every CoreDNS is listened at: what the same name failed of where one was explains this, too. */
  #explainUnwatched(lookup: number, primary: number, verdict: Verdict): void {
    const trace = this.#trace;
    const chunk = trace.transactions.of(primary);
    const at = primary & ROW_MASK;
    const start = chunk.start[at]!;
    if (!this.#isYoung(chunk.vantage[at]!, start) || corednsCoverage(trace, start) === 'all') return;
    const failure = this.#failures.ofName(chunk.name[at]!, lookup);
    if (failure !== undefined) blame(verdict, failure);
  }

  /** This CoreDNS sent a query between these times that no client query explains and that did not end well. */
  #askedOthersMeanwhile(vantage: number, from: number, to: number): boolean {
    const trace = this.#trace;
    const oldest = Math.max(0, trace.background.length - SEARCHED);
    for (let i = trace.background.length - 1; i >= oldest; i--) {
      const exchange = trace.background[i]!;
      const first = trace.exchanges.of(exchange).first[exchange & ROW_MASK]!;
      const chunk = trace.transactions.of(first);
      const row = first & ROW_MASK;
      if (chunk.vantage[row] !== vantage || chunk.start[row]! > to || chunk.start[row]! < from) continue;
      if (trace.lookupOf(exchange) !== NONE) continue;
      if (
        chunk.state[row] !== State.answered ||
        (chunk.rcode[row] !== DnsRcode.NOERROR && chunk.rcode[row] !== DnsRcode.NXDOMAIN)
      )
        return true;
    }
    return false;
  }

  /** The upstream exchange under `exchange` that failed last, NONE when there is none or the last one went well. */
  #failedChild(exchange: number): number {
    const trace = this.#trace;
    const last = trace.exchanges.of(exchange).lastChild[exchange & ROW_MASK]!;
    if (last === NONE) return NONE;
    const { outcome } = outcomeOf(trace, primaryTransaction(trace, last));
    if (outcome !== 'error' && outcome !== 'unanswered' && outcome !== 'pending') return NONE;
    // Behind NodeLocal it is CoreDNS that was asked, and may have failed for its own upstream.
    const behind = this.#failedChild(last);
    return behind === NONE ? last : behind;
  }

  #blameUpstream(exchange: number, verdict: Verdict): void {
    const trace = this.#trace;
    const child = this.#failedChild(exchange);
    const behind = faultBehindNodeLocal(trace, child);
    if (behind !== undefined) {
      verdict.cause = BEHIND_NODELOCAL[behind.fault];
      verdict.proof = behind.proof;
      verdict.culprit = behind.culprit;
      verdict.confidence = behind.confidence;
      return;
    }
    const proof = primaryTransaction(trace, child);
    const chunk = trace.transactions.of(proof);
    const at = proof & ROW_MASK;
    const answered = !Number.isNaN(chunk.end[at]!);
    verdict.cause = answered ? Cause.upstreamError : Cause.upstreamSilent;
    verdict.proof = proof;
    verdict.culprit = chunk.server[at]!;
    verdict.confidence = Math.max(
      trace.exchanges.of(child).parentJoin[child & ROW_MASK]!,
      this.#joinOf(exchange),
      answered || isQuiet(trace, chunk.vantage[at]!) ? Join.exact : Join.inferred,
    );
    const inside = corednsTransaction(trace, exchange);
    if (inside === NONE) return;
    const server = trace.transactions.of(inside);
    if (server.rcode[inside & ROW_MASK] === DnsRcode.SERVFAIL) {
      const time = server.end[inside & ROW_MASK]!;
      const failure = { time, proof, cause: verdict.cause, culprit: verdict.culprit };
      const explained = this.#failures.add(server.server[inside & ROW_MASK]!, server.name[inside & ROW_MASK]!, failure);
      for (const lookup of explained) trace.markDirty(lookup);
    }
  }

  #blameSilence(deciding: number, verdict: Verdict): void {
    const trace = this.#trace;
    const primary = primaryTransaction(trace, deciding);
    const chunk = trace.transactions.of(primary);
    const at = primary & ROW_MASK;
    verdict.proof = primary;
    verdict.culprit = chunk.server[at]!;
    const inside = corednsTransaction(trace, deciding);
    if (inside !== NONE) {
      const server = trace.transactions.of(inside);
      const i = inside & ROW_MASK;
      if (!Number.isNaN(server.end[i]!)) {
        verdict.cause = Cause.lostOnReturn;
        verdict.confidence = isQuiet(trace, chunk.vantage[at]!) ? server.joined[i] || Join.exact : Join.inferred;
        return;
      }
      if (this.#failedChild(deciding) !== NONE) {
        this.#blameUpstream(deciding, verdict);
        return;
      }
      verdict.cause = Cause.lostInCoreDns;
      verdict.culprit = server.server[i]!;
      verdict.confidence = isQuiet(trace, server.vantage[i]!) ? this.#joinOf(deciding) : Join.inferred;
      return;
    }
    if (this.#failedChild(deciding) !== NONE) {
      this.#blameUpstream(deciding, verdict);
      return;
    }
    // NodeLocal stands between, and CoreDNS would see a query of its own.
    const coverage = trace.nodeLocal.isServer(chunk.server[at]!) ? 'none' : corednsCoverage(trace, chunk.start[at]!);
    if (coverage === 'none' || roleOf(trace.vantages[chunk.vantage[at]!]!) !== 'client') {
      verdict.cause = Cause.unansweredUnknown;
      return;
    }
    verdict.cause = Cause.lostBeforeCoreDns;
    verdict.confidence = coverage === 'all' ? Join.exact : Join.inferred;
  }

  /** The weakest join among an exchange's views. */
  #joinOf(exchange: number): number {
    let weakest: number = Join.exact;
    for (const id of this.#trace.transactionsOf(exchange)) {
      weakest = Math.max(weakest, this.#trace.transactions.of(id).joined[id & ROW_MASK]!);
    }
    return weakest;
  }
}

/** The same upstream failed behind this, too, as far as one can tell. */
function blame(verdict: Verdict, { proof, cause, culprit }: UpstreamFailure): void {
  verdict.cause = cause;
  verdict.confidence = Join.inferred;
  verdict.proof = proof;
  verdict.culprit = culprit;
}
