/**
 * What one side of a comparison comes to: a pass over the lookups that its filter chooses. Counts and times are of all of them; where answers
 * came from, whom CoreDNS asked and which addresses came back costs the way of each lookup or its packets, and is of every nth where they are many.
 * Memory does not depend on the number of lookups but for a bit each.
 */
import type { Steps } from '../../../base/steps.ts';
import { LatencyHistogram } from '../../analysis/latencyHistogram.ts';
import { SpreadTally } from '../../analysis/spread.ts';
import type { AnsweredByName } from '../../lookups/answeredByNames.ts';
import { OutcomeCode } from '../../lookups/outcome.ts';
import { ROW_MASK } from '../../trace/tables.ts';
import { isFailure, type TraceEngine } from '../../trace/traceEngine.ts';
import { lookupAnsweredBy } from '../answeredBy.ts';
import type { LookupChoice } from '../lookupChoice.ts';
import { addressesOf } from '../rowBuilder.ts';

const STRETCH = 1 << 16;
/** Lookups whose way is gone through, and those whose packets are read again; steps of work between two turns of others. */
const MOST_WAYS = 20_000;
const MOST_READ = 1000;
const READ_STRETCH = 50;
/** Of a side that asked a million servers, or got a million addresses. */
const MOST_DISTINCT = 10_000;

export class ComparedSide {
  readonly choice: LookupChoice;
  failed = 0;
  answered = 0;
  nodata = 0;
  unanswered = 0;
  pending = 0;
  nxdomain = 0;
  /** Of those that ended with an error, by the code of their last response. */
  readonly errors = new Map<number, number>();
  readonly took = new LatencyHistogram();
  readonly attempts = new SpreadTally();
  repeated = 0;
  /** Every so many-th lookup's way was gone through. */
  waysEvery = 1;
  ways = 0;
  readonly answeredBy = new Map<AnsweredByName, number>();
  /** Lookups by the server that was asked for them by CoreDNS or NodeLocal, by its address. */
  readonly upstreams = new Map<number, number>();
  /** Every so many-th answered lookup was read. */
  readEvery = 1;
  read = 0;
  /** Lookups of those read, by an address in their answer. */
  readonly addresses = new Map<string, number>();
  readonly #engine: TraceEngine;

  constructor(engine: TraceEngine, choice: LookupChoice) {
    this.#engine = engine;
    this.choice = choice;
  }

  get lookups(): number {
    return this.choice.size;
  }

  *counting(): Steps<void> {
    const { lookups } = this.#engine.trace;
    let place = 0;
    for (const lookup of this.choice) {
      if ((place++ & (STRETCH - 1)) === STRETCH - 1) yield;
      const chunk = lookups.of(lookup);
      const row = lookup & ROW_MASK;
      this.#count(chunk.outcome[row]!, chunk.rcode[row]!, chunk.latency[row]!, chunk.attempts[row]!);
    }
    yield* this.#followWays();
    yield* this.#readAnswers();
  }

  /** Those that took at least so long, ns. */
  *countSlower(thresholds: readonly number[]): Steps<readonly number[]> {
    const { lookups } = this.#engine.trace;
    const counts = thresholds.map(() => 0);
    let place = 0;
    for (const lookup of this.choice) {
      if ((place++ & (STRETCH - 1)) === STRETCH - 1) yield;
      const latency = lookups.of(lookup).latency[lookup & ROW_MASK]!;
      for (let k = 0; k < counts.length; k++) if (latency >= thresholds[k]!) counts[k]!++;
    }
    return counts;
  }

  #count(outcome: number, rcode: number, latency: number, attempts: number): void {
    if (!Number.isNaN(latency)) this.took.add(latency);
    this.attempts.add(attempts);
    if (attempts > 1) this.repeated++;
    if (isFailure(outcome)) this.failed++;
    if (outcome === OutcomeCode.answered) this.answered++;
    else if (outcome === OutcomeCode.nodata) this.nodata++;
    else if (outcome === OutcomeCode.unanswered) this.unanswered++;
    else if (outcome === OutcomeCode.pending) this.pending++;
    else if (outcome === OutcomeCode.nxdomain) this.nxdomain++;
    else add(this.errors, rcode);
  }

  *#followWays(): Steps<void> {
    this.waysEvery = Math.max(1, Math.ceil(this.lookups / MOST_WAYS));
    let place = 0;
    for (const lookup of this.choice) {
      if (place++ % this.waysEvery !== 0) continue;
      if (this.ways++ % READ_STRETCH === READ_STRETCH - 1) yield;
      const answered = lookupAnsweredBy(this.#engine, lookup);
      if (answered !== undefined) add(this.answeredBy, answered.by);
      const servers = new Set<number>();
      for (const exchange of this.#engine.trace.exchangesOf(lookup)) this.#serversBehind(exchange, servers);
      for (const server of servers) add(this.upstreams, server);
    }
  }

  #serversBehind(exchange: number, found: Set<number>): void {
    const { trace } = this.#engine;
    for (const child of trace.childrenOf(exchange)) {
      for (const id of trace.transactionsOf(child)) found.add(trace.transactions.of(id).server[id & ROW_MASK]!);
      this.#serversBehind(child, found);
    }
  }

  *#readAnswers(): Steps<void> {
    const { lookups } = this.#engine.trace;
    this.readEvery = Math.max(1, Math.ceil(this.answered / MOST_READ));
    let place = 0;
    for (const lookup of this.choice) {
      if (lookups.of(lookup).outcome[lookup & ROW_MASK] !== OutcomeCode.answered) continue;
      if (place++ % this.readEvery !== 0) continue;
      if (this.read++ % READ_STRETCH === READ_STRETCH - 1) yield;
      for (const address of new Set(addressesOf(this.#engine, lookup))) add(this.addresses, address);
    }
  }
}

function add<Key>(counts: Map<Key, number>, key: Key): void {
  if (counts.size < MOST_DISTINCT || counts.has(key)) counts.set(key, (counts.get(key) ?? 0) + 1);
}
