/**
 * Lookups that one finding is about, and what its sentences need of them, gathered while a rule walks the rows once and in
 * order: going back to single rows, group by group, would fetch the same chunks again and again in a trace that is larger
 * than its memory.
 */
import { NONE, ROW_MASK } from '../trace/tables.ts';
import { confidenceOf, listOf, shownName, type FindingContext } from './findingRule.ts';
import type { Confidence } from '../view/rows.ts';

/** Samples shown of each finding; more proofs are not needed. */
const PROOFS = 5;

export class LookupGroup {
  readonly lookups: number[] = [];
  readonly proofs: number[] = [];
  readonly #names = new Set<number>();
  readonly #clients = new Set<number>();
  #weakest = 1;

  add(context: FindingContext, lookup: number): void {
    const chunk = context.lookups.of(lookup);
    const row = lookup & ROW_MASK;
    this.lookups.push(lookup);
    this.#names.add(chunk.name[row]!);
    this.#clients.add(chunk.client[row]!);
    if (this.proofs.length < PROOFS && chunk.proof[row] !== NONE) this.proofs.push(chunk.proof[row]!);
    this.#weakest = Math.max(this.#weakest, chunk.confidence[row]!);
  }

  /** Takes in another group, behind its own. */
  append(other: LookupGroup): void {
    for (const lookup of other.lookups) this.lookups.push(lookup);
    for (const name of other.#names) this.#names.add(name);
    for (const client of other.#clients) this.#clients.add(client);
    this.proofs.push(...other.proofs.slice(0, PROOFS - this.proofs.length));
    this.#weakest = Math.max(this.#weakest, other.#weakest);
  }

  /** The weakest among the verdicts. */
  get confidence(): Confidence {
    return confidenceOf(this.#weakest);
  }

  names(context: FindingContext, most?: number): string {
    const { names } = context.engine.trace;
    return listOf(
      [...this.#names].map((id) => shownName(names.textOf(id))),
      most,
    );
  }

  /** The verb that goes with `clients`. */
  clientsDo(one: string, many: string): string {
    return this.#clients.size === 1 ? one : many;
  }

  clients(context: FindingContext): string {
    return listOf([...this.#clients].map((id) => context.clientLabel(id)));
  }
}
