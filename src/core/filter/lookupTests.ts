/** Conditions on a lookup as a whole: its outcome, its client, what its row says. */
import { visibleText } from '../../base/visibleText.ts';
import { parseType, rcodeText, typeText } from '../dns/types.ts';
import { primaryTransaction } from '../lookups/exchangeViews.ts';
import { ANSWERED_BY } from '../lookups/answeredByNames.ts';
import { OutcomeCode, OUTCOME_NAMES } from '../lookups/outcome.ts';
import { LookupFlag } from '../lookups/verdictRow.ts';
import { workloadOf } from '../topology/workloadOf.ts';
import { ownsUnclaimed, whoAsked, type WhoAsked } from '../topology/whoAsked.ts';
import { NONE, ROW_MASK, ROWS, type LookupChunk } from '../trace/tables.ts';
import { isFailure, type TraceEngine } from '../trace/traceEngine.ts';
import type { FilterNode, VerdictWord } from './ast.ts';
import { AddressVerdicts, IdVerdicts } from './idVerdicts.ts';
import type { Mask, MaskTest } from './mask.ts';
import { addressPasses, fillRanges, labelTexts, objectTexts, textPasses, type Comparison } from './valueTests.ts';
import { lookupAnsweredBy } from '../view/answeredBy.ts';

export interface LookupWindow {
  readonly chunk: LookupChunk;
  /** Id of its first row. */
  readonly base: number;
  readonly rows: number;
}

/** What a filter asks that the trace's columns don't hold. */
export interface LookupFacts {
  /** Lookups behind the finding with that id or filter, lower case. */
  lookupsOfFinding(id: string): ReadonlySet<number>;
  isOnCorefileLine(lookup: number, line: number): boolean;
}

type LookupTest = MaskTest<LookupWindow>;

export function lookupComparison(engine: TraceEngine, facts: LookupFacts, comparison: Comparison): LookupTest {
  switch (comparison.field.column) {
    case 'time':
      return numbers(comparison, ({ start }, out) => {
        for (let row = 0; row < start.length; row++) out[row] = engine.trace.epochUs(start[row]!);
      });
    case 'took':
      return numbers(comparison, (chunk, out) => out.set(chunk.latency));
    case 'outcome':
      return numbers(comparison, (chunk, out) => out.set(chunk.outcome));
    case 'result':
      return numbers(comparison, ({ outcome, rcode }, out) => {
        for (let row = 0; row < rcode.length; row++) out[row] = hasResult(outcome[row]!) ? rcode[row]! : Number.NaN;
      });
    case 'attempts':
      return numbers(comparison, (chunk, out) => out.set(chunk.attempts));
    case 'searched':
      return numbers(comparison, (chunk, out) => out.set(chunk.searchNames));
    case 'answeredBy':
      return answeredByTest(engine, comparison);
    case 'client':
      return new ClientTest(
        engine,
        (_, address) => addressPasses(comparison.tests, address, engine.topology) !== comparison.negated,
      );
    case 'pod':
      return new ClientTest(engine, ({ namespace, pod }) => textPasses(comparison, objectTexts(namespace, pod)));
    case 'workload':
      return new ClientTest(engine, ({ namespace, pod }) =>
        textPasses(comparison, objectTexts(namespace, workloadOf(pod))),
      );
    case 'namespace':
      return new ClientTest(engine, ({ namespace }) => textPasses(comparison, labelTexts(namespace)));
    case 'node':
      return new ClientTest(engine, ({ node }) => textPasses(comparison, labelTexts(node)));
    case 'finding':
      return new FindingTest(facts, comparison);
    case 'corefile':
      return {
        sided: false,
        isDear: false,
        prepare: () => undefined,
        fill({ base, rows }, { bytes }) {
          const lines = comparison.tests.flatMap((test) => (test.kind === 'range' ? [test.low] : []));
          for (let row = 0; row < rows; row++)
            bytes[row] = lines.some((line) => facts.isOnCorefileLine(base + row, line)) ? 1 : 0;
        },
      };
    default:
      throw new Error(`No lookup has the column ${comparison.field.column}`);
  }
}

/** Some response ended it. */
function hasResult(outcome: number): boolean {
  return outcome !== OutcomeCode.pending && outcome !== OutcomeCode.unanswered;
}

/** Dear: the way of each lookup is gone through. */
function answeredByTest(engine: TraceEngine, comparison: Comparison): LookupTest {
  return {
    sided: false,
    isDear: true,
    prepare: () => undefined,
    fill({ base, rows }, { bytes }, wanted) {
      for (let row = 0; row < rows; row++) {
        const answered = wanted?.bytes[row] === 0 ? undefined : lookupAnsweredBy(engine, base + row);
        values[row] = answered === undefined ? Number.NaN : ANSWERED_BY.indexOf(answered.by);
      }
      fillRanges(comparison, values, rows, bytes);
    },
  };
}

const values = new Float64Array(ROWS);

function numbers(comparison: Comparison, read: (chunk: LookupChunk, out: Float64Array) => void): LookupTest {
  return {
    sided: false,
    isDear: false,
    prepare: () => undefined,
    fill({ chunk, rows }, { bytes }) {
      read(chunk, values);
      fillRanges(comparison, values, rows, bytes);
    },
  };
}

export function verdictTest(word: VerdictWord): LookupTest {
  const outcomes = Uint8Array.from(OUTCOME_NAMES, (name, code) =>
    name === word || (word === 'failed' && isFailure(code)) ? 1 : 0,
  );
  return {
    sided: false,
    isDear: false,
    prepare: () => undefined,
    fill({ chunk, rows }, { bytes }) {
      const { outcome, flags } = chunk;
      if (word === 'slow')
        for (let row = 0; row < rows; row++) bytes[row] = (flags[row]! & LookupFlag.slow) === 0 ? 0 : 1;
      else for (let row = 0; row < rows; row++) bytes[row] = outcomes[outcome[row]!]!;
    },
  };
}

class FindingTest implements LookupTest {
  readonly sided = false;
  readonly isDear = false;
  readonly #facts: LookupFacts;
  readonly #comparison: Comparison;
  #sets: readonly ReadonlySet<number>[] = [];

  constructor(facts: LookupFacts, comparison: Comparison) {
    this.#facts = facts;
    this.#comparison = comparison;
  }

  prepare(): void {
    this.#sets = this.#comparison.tests.map((test) =>
      this.#facts.lookupsOfFinding(test.kind === 'equals' ? test.text : ''),
    );
  }

  fill({ base, rows }: LookupWindow, { bytes }: Mask): void {
    bytes.fill(0);
    for (const set of this.#sets) {
      // The smaller of the two is walked through.
      if (set.size < rows) {
        for (const lookup of set) if (lookup >= base && lookup - base < rows) bytes[lookup - base] = 1;
      } else for (let row = 0; row < rows; row++) if (set.has(base + row)) bytes[row] = 1;
    }
  }
}

/** Which of an address's verdicts counts depends on where it was seen. */
const BY_VANTAGE = 2;

/** A condition on who asked: judged once an address, and once a vantage for the addresses that the capture's own pod may claim. */
class ClientTest implements LookupTest {
  readonly sided = false;
  readonly isDear = false;
  readonly #engine: TraceEngine;
  readonly #judge: (who: WhoAsked, address: string) => boolean;
  readonly #byAddress = new AddressVerdicts();
  readonly #byVantage = new Map<number, boolean>();
  /** Some vantage is a pod's own, and may claim addresses. */
  #claims = false;

  constructor(engine: TraceEngine, judge: (who: WhoAsked, address: string) => boolean) {
    this.#engine = engine;
    this.#judge = judge;
  }

  prepare(): void {
    const { topology, trace } = this.#engine;
    this.#byVantage.clear();
    this.#claims = trace.vantages.some(({ vantage }) => vantage.role === 'client');
    this.#byAddress.judge(this.#engine, (address) => {
      const claimed = ownsUnclaimed(topology.ownerOf(address)?.kind) ? BY_VANTAGE : 0;
      return claimed | (this.#judge(whoAsked(topology, address), address) ? 1 : 0);
    });
  }

  fill({ chunk, rows }: LookupWindow, { bytes }: Mask): void {
    const { table } = this.#byAddress;
    const { client } = chunk;
    for (let row = 0; row < rows; row++) bytes[row] = table[client[row]!]!;
    if (!this.#claims) for (let row = 0; row < rows; row++) bytes[row]! &= 1;
    else
      for (let row = 0; row < rows; row++)
        if (bytes[row]! >= BY_VANTAGE) bytes[row] = this.#atVantage(chunk, row, bytes[row]! & 1);
  }

  #atVantage(chunk: LookupChunk, row: number, otherwise: number): number {
    const { trace, topology } = this.#engine;
    const id = primaryTransaction(trace, chunk.stepExchange[row]!);
    const index = trace.transactions.of(id).vantage[id & ROW_MASK]!;
    const { vantage } = trace.vantages[index]!;
    if (vantage.role !== 'client') return otherwise;
    // The address matters only where it, too, is asked about: then no two of a vantage need be alike.
    const key = index * 0x1_0000_0000 + chunk.client[row]!;
    let verdict = this.#byVantage.get(key);
    if (verdict === undefined) {
      const address = trace.addresses.textOf(chunk.client[row]!);
      verdict = this.#judge(whoAsked(topology, address, vantage), address);
      this.#byVantage.set(key, verdict);
    }
    return verdict ? 1 : 0;
  }
}

/** A word somewhere in the row: name, client, a server on the way, type, result. */
export class WordTest implements LookupTest {
  readonly sided = false;
  readonly isDear = false;
  readonly #engine: TraceEngine;
  readonly #has: (text: string) => boolean;
  readonly #byName = new IdVerdicts();
  readonly #byServer = new AddressVerdicts();
  readonly #client: ClientTest;
  readonly #outcomes: Uint8Array;
  readonly #rcodes: Uint8Array;
  readonly #type: number | undefined;
  /** A byte a lookup: a server or the type matches; empty when none can. */
  #onTheWay = new Uint8Array(0);

  constructor(engine: TraceEngine, { text, pattern }: Extract<FilterNode, { readonly kind: 'word' }>) {
    this.#engine = engine;
    this.#has = pattern === undefined ? (where) => where.includes(text) : (where) => pattern.test(where);
    this.#client = new ClientTest(
      engine,
      ({ label }, address) => this.#has(address) || this.#has(visibleText(label).toLowerCase()),
    );
    // From the start of the word: `error` must not find NOERROR, nor `answered` find unanswered.
    this.#outcomes = Uint8Array.from(OUTCOME_NAMES, (name) => (name.startsWith(text) ? 1 : 0));
    this.#rcodes = Uint8Array.from({ length: 4096 }, (_, code) =>
      rcodeText(code).toLowerCase().startsWith(text) ? 1 : 0,
    );
    const type = parseType(text);
    this.#type = type !== undefined && typeText(type).toLowerCase() === text ? type : undefined;
  }

  prepare(): void {
    const { trace, topology } = this.#engine;
    this.#client.prepare();
    this.#byName.extend(trace.names.size, (id) => (this.#has(trace.names.textOf(id).toLowerCase()) ? 1 : 0));
    this.#byServer.judge(this.#engine, (address) =>
      this.#has(address) || this.#has(visibleText(topology.shortName(address)).toLowerCase()) ? 1 : 0,
    );
    this.#onTheWay = new Uint8Array(this.#byServer.any || this.#type !== undefined ? trace.lookups.length : 0);
    if (this.#onTheWay.length > 0) this.#markTheWay(this.#onTheWay);
  }

  #markTheWay(marked: Uint8Array): void {
    const { trace } = this.#engine;
    const { table } = this.#byServer;
    const wanted = this.#type ?? NONE;
    for (const { chunk, rows } of trace.transactions.windows()) {
      const { server, qtype, exchange } = chunk;
      for (let row = 0; row < rows; row++) {
        if ((table[server[row]!] === 0 && qtype[row] !== wanted) || exchange[row] === NONE) continue;
        const lookup = trace.lookupOf(exchange[row]!);
        if (lookup !== NONE) marked[lookup] = 1;
      }
    }
  }

  fill(window: LookupWindow, out: Mask): void {
    const { name, outcome, rcode } = window.chunk;
    const { bytes } = out;
    this.#client.fill(window, out);
    const { base, rows } = window;
    const names = this.#byName.table;
    for (let row = 0; row < rows; row++) bytes[row]! |= names[name[row]!]!;
    const outcomes = this.#outcomes;
    if (outcomes.includes(1)) for (let row = 0; row < rows; row++) bytes[row]! |= outcomes[outcome[row]!]!;
    const rcodes = this.#rcodes;
    if (rcodes.includes(1)) {
      for (let row = 0; row < rows; row++) if (hasResult(outcome[row]!)) bytes[row]! |= rcodes[rcode[row]!]!;
    }
    const onTheWay = this.#onTheWay;
    if (onTheWay.length > 0) for (let row = 0; row < rows; row++) bytes[row]! |= onTheWay[base + row]!;
  }
}
