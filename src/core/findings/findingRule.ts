/**
 * What a finding rule sees and gives. A rule is one file: pure, silent unless its conditions hold, and sure of its words;
 * one that throws must not sink the others (`evaluateFindings.ts` sees to it).
 */
import { visibleText } from '../../base/visibleText.ts';
import { DnsRcode } from '../dns/types.ts';
import type { ColumnPass } from '../trace/columnPass.ts';
import { NONE, ROW_MASK, type LookupChunk } from '../trace/tables.ts';
import type { TraceEngine } from '../trace/traceEngine.ts';
import { roleOf } from '../trace/trace.ts';
import type { Confidence } from '../view/rows.ts';
import type { Finding } from './finding.ts';

export interface FindingRule {
  readonly id: string;
  /** Its lookups are told by it alone: the rules after it don't see them, or one fault would be several findings. */
  readonly explains?: true;
  evaluate(context: FindingContext): readonly RuleHit[];
}

/** A finding before its evidence is written out. */
export interface RuleHit extends Omit<Finding, 'id' | 'evidence' | 'filter'> {
  /** Lookups that show it, all of them. */
  readonly lookups: readonly number[];
  /** Transactions that prove it, the first few become samples. */
  readonly proofs: readonly number[];
  /** Address id of the CoreDNS pod at fault, where each lookup by itself would show the upstream behind it. */
  readonly atFault?: number;
}

const CONFIDENCES: readonly Confidence[] = ['exact', 'exact', 'strong', 'inferred'];

export function confidenceOf(join: number): Confidence {
  return CONFIDENCES[join] ?? 'inferred';
}

/** What rules ask of lookups, other than times. */
const ASKED_OF_LOOKUPS = [
  'client',
  'name',
  'proof',
  'culprit',
  'rcode',
  'searchNames',
  'outcome',
  'cause',
  'confidence',
  'baseLabels',
] as const;

export class FindingContext {
  readonly engine: TraceEngine;
  /** Lookups, in what most rules ask of them: of those that were put away nothing else is read back. */
  readonly lookups: ColumnPass<LookupChunk, (typeof ASKED_OF_LOOKUPS)[number]>;
  readonly #among: Uint8Array | undefined;
  #byCause: Map<number, number[]> | undefined;
  readonly #open = new Map<number, readonly number[]>();
  readonly #explained = new Set<number>();

  /** @param among a byte a lookup; the others are not asked about */
  constructor(engine: TraceEngine, among?: Uint8Array) {
    this.engine = engine;
    this.#among = among;
    this.lookups = engine.trace.lookups.only(...ASKED_OF_LOOKUPS);
  }

  /** Where a pass over all lookups or transactions begins: at the first of a file; live, so far back that it stays cheap. */
  passFrom(rows: number): number {
    return this.engine.trace.finished ? 0 : Math.max(0, rows - 50_000);
  }

  /** A finding was made of these; later rules pass them over. */
  explain(lookups: readonly number[]): void {
    for (const lookup of lookups) this.#explained.add(lookup);
    if (lookups.length > 0) this.#open.clear();
  }

  /** Whether a rule may speak of it: it is asked about, and nothing has explained it. */
  isOpen(lookup: number): boolean {
    return this.#among?.[lookup] !== 0 && !this.#explained.has(lookup);
  }

  /** Lookups that came out well, but late. */
  *slowOnes(): Generator<number> {
    for (const lookup of this.engine.slowOnes) if (this.isOpen(lookup)) yield lookup;
  }

  /** All failed lookups, whatever the cause, and then the slow ones. */
  *troubled(): Generator<number> {
    for (const lookup of this.engine.failures) if (this.isOpen(lookup)) yield lookup;
    yield* this.slowOnes();
  }

  get hasTrouble(): boolean {
    return this.troubled().next().done !== true;
  }

  /** Failed lookups by the cause their verdict names. */
  failuresOf(cause: number): readonly number[] {
    const known = this.#open.get(cause);
    if (known !== undefined) return known;
    const open = (this.#causes().get(cause) ?? []).filter((lookup) => this.isOpen(lookup));
    this.#open.set(cause, open);
    return open;
  }

  #causes(): ReadonlyMap<number, readonly number[]> {
    if (this.#byCause === undefined) {
      this.#byCause = new Map();
      const lookups = this.engine.trace.lookups.only('cause');
      for (const lookup of this.engine.failures) {
        const key = lookups.of(lookup).cause[lookup & ROW_MASK]!;
        const list = this.#byCause.get(key);
        if (list === undefined) this.#byCause.set(key, [lookup]);
        else list.push(lookup);
      }
      lookups.release();
    }
    return this.#byCause;
  }

  nameOf(lookup: number): string {
    const { trace } = this.engine;
    return shownName(trace.names.textOf(this.lookups.of(lookup).name[lookup & ROW_MASK]!));
  }

  proofOf(lookup: number): number {
    return this.lookups.of(lookup).proof[lookup & ROW_MASK]!;
  }

  /** Pod or address of a client, by its address id. */
  clientLabel(address: number): string {
    return visibleText(this.engine.topology.shortName(this.addressOf(address)));
  }

  addressOf(id: number): string {
    return this.engine.trace.addresses.textOf(id);
  }

  /** `kube-system/coredns-abc (10.244.0.5)`, or the address alone. */
  labelOf(address: string): string {
    const name = this.engine.topology.shortName(address);
    return name === address ? address : `${visibleText(name)} (${address})`;
  }

  get corednsWatched(): boolean {
    return this.engine.trace.vantages.some((state) => roleOf(state) === 'coredns');
  }

  /** Transactions with `server` about one of `names` that it answered, among the latest 50,000. */
  answersFor(server: number, names: ReadonlySet<number>): number {
    const { transactions } = this.engine.trace;
    let answers = 0;
    for (let id = transactions.length - 1, oldest = Math.max(0, id - 50_000); id >= oldest; id--) {
      const chunk = transactions.of(id);
      const row = id & ROW_MASK;
      if (chunk.server[row] === server && chunk.response[row] !== NONE && names.has(chunk.name[row]!)) answers++;
    }
    return answers;
  }

  /** Distinct names that `server` answered with NOERROR or NXDOMAIN, among the latest 50,000 transactions. */
  namesAnsweredBy(server: number, except: ReadonlySet<number>): number {
    const { transactions } = this.engine.trace;
    const names = new Set<number>();
    const oldest = Math.max(0, transactions.length - 50_000);
    for (let id = transactions.length - 1; id >= oldest; id--) {
      const chunk = transactions.of(id);
      const row = id & ROW_MASK;
      if (chunk.server[row] !== server || chunk.response[row] === NONE) continue;
      const rcode = chunk.rcode[row]!;
      if ((rcode === DnsRcode.NOERROR || rcode === DnsRcode.NXDOMAIN) && !except.has(chunk.name[row]!))
        names.add(chunk.name[row]!);
    }
    return names.size;
  }
}

/** A name for a sentence: without final dot, controls made visible, at most 120 characters. */
export function shownName(name: string): string {
  const bare = name.length > 1 && name.endsWith('.') ? name.slice(0, -1) : name;
  const shown = visibleText(bare);
  return shown.length > 120 ? `${shown.slice(0, 117)}…` : shown;
}

/** `a`, `a and b`, `a, b and 3 more`. */
export function listOf(items: readonly string[], most = 2): string {
  const distinct = [...new Set(items)];
  if (distinct.length === 0) return '';
  if (distinct.length === 1) return distinct[0]!;
  if (distinct.length <= most) return `${distinct.slice(0, -1).join(', ')} and ${distinct.at(-1)!}`;
  return `${distinct.slice(0, most).join(', ')} and ${String(distinct.length - most)} more`;
}

export function plural(count: number, one: string, many = `${one}s`): string {
  return `${String(count)} ${count === 1 ? one : many}`;
}

/** `4.0 s`, `15.4 ms`, `80 µs`. */
export function durationText(nanoseconds: number): string {
  if (nanoseconds >= 1e9) return `${(nanoseconds / 1e9).toFixed(1)} s`;
  if (nanoseconds >= 1e6) return `${(nanoseconds / 1e6).toFixed(nanoseconds >= 1e8 ? 0 : 1)} ms`;
  return `${(nanoseconds / 1e3).toFixed(0)} µs`;
}
