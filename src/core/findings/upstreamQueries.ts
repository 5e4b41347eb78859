/** Queries that a resolver passed on to a server behind it, each in the one view that counts. */
import { primaryTransaction } from '../lookups/exchangeViews.ts';
import { NONE, ROW_MASK, State } from '../trace/tables.ts';
import { roleOf, type Trace } from '../trace/trace.ts';
import type { FindingContext } from './findingRule.ts';

/** The transaction serves a client's query (rule R3) and is seen where it was asked: in the resolver's pod, when that was watched. */
export function isUpstreamQuery(trace: Trace, id: number): boolean {
  const chunk = trace.transactions.of(id);
  const row = id & ROW_MASK;
  const exchange = chunk.exchange[row]!;
  if (trace.exchanges.of(exchange).parent[exchange & ROW_MASK] === NONE) return false;
  return roleOf(trace.vantages[chunk.vantage[row]!]!) === 'coredns' || primaryTransaction(trace, exchange) === id;
}

/** Ids of those that were answered or stay unanswered, in ascending order: one pass over the transactions. */
export function* settledUpstreamQueries(context: FindingContext): Generator<number> {
  const { trace } = context.engine;
  for (let id = context.passFrom(trace.transactions.length); id < trace.transactions.length; id++) {
    const chunk = trace.transactions.of(id);
    const row = id & ROW_MASK;
    const isSettled = chunk.state[row] === State.unanswered || !Number.isNaN(chunk.end[row]!);
    if (isSettled && isUpstreamQuery(trace, id)) yield id;
  }
}

/** Which names, by id, one upstream answers, and how often it leaves which unanswered. */
export class NamesByAnswer {
  readonly #answered = new Set<number>();
  readonly #silent = new Map<number, number>();
  /** Attempts that stayed unanswered, for any name. */
  silent = 0;

  answered(name: number): void {
    this.#answered.add(name);
  }

  unanswered(name: number, attempts: number): void {
    this.silent += attempts;
    this.#silent.set(name, (this.#silent.get(name) ?? 0) + attempts);
  }

  /** Of the unanswered attempts those for names that it answers at other times, how many such names, and the most attempts for another one. */
  ofAnsweredNames(): { readonly attempts: number; readonly names: number; readonly mostForOther: number } {
    let attempts = 0;
    let names = 0;
    let mostForOther = 0;
    for (const [name, silent] of this.#silent) {
      if (this.#answered.has(name)) {
        attempts += silent;
        names++;
      } else mostForOther = Math.max(mostForOther, silent);
    }
    return { attempts, names, mostForOther };
  }
}
