/**
 * Conditions on a transaction, or on its query or its response: what a packet list would show. A window is asked once for the
 * queries and once for the responses when a condition tells them apart.
 */
import { whoAsked } from '../topology/whoAsked.ts';
import { NONE, ROW_MASK, ROWS, type TransactionChunk } from '../trace/tables.ts';
import type { Process } from '../trace/processes.ts';
import type { Trace } from '../trace/trace.ts';
import type { TraceEngine } from '../trace/traceEngine.ts';
import type { Vantage } from '../trace/vantage.ts';
import { legsOf } from '../view/legs.ts';
import { LEG_WORDS } from '../view/legWords.ts';
import { knowsNode } from '../view/nodeLevel.ts';
import type { ValueTest } from './ast.ts';
import { AnswerTest, isOfAnswers } from './answerTests.ts';
import {
  ANSWERED,
  BY_STATE,
  CODES,
  NUMBERS,
  processOf,
  type Code,
  type EventWindow,
  type Read,
} from './eventColumns.ts';
import type { FilterField } from './fields.ts';
import { AddressVerdicts, IdVerdicts } from './idVerdicts.ts';
import type { Mask, MaskTest } from './mask.ts';
import {
  addressPasses,
  fillRanges,
  labelTexts,
  nameTexts,
  objectTexts,
  textPasses,
  type Comparison,
} from './valueTests.ts';

type EventTest = MaskTest<EventWindow>;

/** Several chunks are never in work at once, so one buffer serves all. */
const values = new Float64Array(ROWS);

export function eventComparison(engine: TraceEngine, comparison: Comparison): EventTest {
  const { trace } = engine;
  switch (comparison.field.column) {
    case 'name':
      return byId(
        () => trace.names.size,
        (id) => textPasses(comparison, nameTexts(trace.names.textOf(id))),
        ({ name }) => name,
      );
    case 'server':
    case 'upstream':
    case 'src':
    case 'dst':
    case 'anyAddress':
      return new AddressTest(engine, comparison);
    case 'vantage':
      return byVantage(engine, ({ name }) => textPasses(comparison, labelTexts(name)));
    case 'seenPod':
      return bySeer(engine, ({ namespace, pod }) => textPasses(comparison, objectTexts(namespace, pod)));
    case 'seenNamespace':
      return bySeer(engine, ({ namespace }) => textPasses(comparison, labelTexts(namespace)));
    case 'seenNode':
      return bySeer(engine, ({ node }) => textPasses(comparison, labelTexts(node)), knowsNode);
    case 'command':
      return new ProcessTest(engine.trace, ({ command = '' }) => textPasses(comparison, labelTexts(command)));
    case 'path':
      return new ProcessTest(engine.trace, ({ path = '' }) => textPasses(comparison, labelTexts(path)));
    case 'leg':
      return legTest(engine, comparison);
    case 'qr':
    case 'response':
      return directionTest(comparison);
    default: {
      if (isOfAnswers(comparison.field.column))
        return new AnswerTest(engine, comparison.field.column, comparison.tests, comparison.negated);
      const code = CODES[comparison.field.column];
      return code === undefined ? new NumberTest(trace, comparison) : codeTest(code, comparison);
    }
  }
}

/** Whether a field has a value at all. */
export function eventPresence(engine: TraceEngine, field: FilterField): EventTest {
  const { trace } = engine;
  if (field.column === 'ip' || field.column === 'ipv6')
    return byId(
      () => trace.addresses.size,
      (id) => trace.addresses.textOf(id).includes(':') === (field.column === 'ipv6'),
      ({ server }) => server,
    );
  if (isOfAnswers(field.column)) return new AnswerTest(engine, field.column, undefined, false);
  const byState = BY_STATE[field.column];
  if (byState !== undefined) {
    return {
      sided: true,
      isDear: false,
      prepare: () => undefined,
      fill({ chunk, rows, response }, { bytes }) {
        const table = response ? byState.response : byState.query;
        const { state } = chunk;
        for (let row = 0; row < rows; row++) bytes[row] = table[state[row]!]!;
      },
    };
  }
  const everything: ValueTest = {
    kind: 'range',
    low: Number.NEGATIVE_INFINITY,
    high: Number.POSITIVE_INFINITY,
    lowOpen: false,
    highOpen: false,
  };
  const known =
    field.column === 'response' || Object.hasOwn(NUMBERS, field.column) || Object.hasOwn(CODES, field.column);
  const present = { kind: 'compare', field, negated: false, tests: [everything], start: 0, end: 0 } as const;
  // Every message has a name, an address and a port.
  return eventComparison(engine, known ? present : { ...present, field: { ...field, column: 'dns' } });
}

/** Queries or responses alone. */
function directionTest(comparison: Comparison): EventTest {
  const passes = new Uint8Array(2);
  fillRanges(comparison, Float64Array.of(0, 1), 2, passes);
  return {
    sided: true,
    isDear: false,
    prepare: () => undefined,
    fill({ response }, { bytes }) {
      bytes.fill(passes[response ? 1 : 0]!);
    },
  };
}

/** Dear: what else is of the same exchange tells one stretch from another. */
function legTest(engine: TraceEngine, comparison: Comparison): EventTest {
  const passes = new Uint8Array(LEG_WORDS.length);
  fillRanges(
    comparison,
    Float64Array.from(LEG_WORDS, (_, code) => code),
    passes.length,
    passes,
  );
  let legs = legsOf(engine);
  return {
    sided: false,
    isDear: true,
    prepare: () => {
      legs = legsOf(engine);
    },
    fill({ chunk, rows }, { bytes }, wanted) {
      for (let row = 0; row < rows; row++) bytes[row] = wanted?.bytes[row] === 0 ? 0 : passes[legs.of(chunk, row)]!;
    },
  };
}

function codeTest(
  { of, answered = false, ofResponse: responsesOnly = false }: Code,
  comparison: Comparison,
): EventTest {
  const all = Float64Array.from({ length: 0x1_0000 }, (_, code) => code);
  const table = new Uint8Array(all.length);
  fillRanges(comparison, all, all.length, table);
  return {
    sided: responsesOnly,
    isDear: false,
    prepare: () => undefined,
    fill({ chunk, rows, response }, { bytes }) {
      if (responsesOnly && !response) {
        bytes.fill(0);
        return;
      }
      const codes = of(chunk);
      for (let row = 0; row < rows; row++) bytes[row] = table[codes[row]!]!;
      if (!answered) return;
      const { state } = chunk;
      for (let row = 0; row < rows; row++) bytes[row]! &= ANSWERED[state[row]!]!;
    },
  };
}

class NumberTest implements EventTest {
  readonly sided: boolean;
  readonly isDear = false;
  readonly #trace: Trace;
  readonly #reads: readonly Read[];
  readonly #comparison: Comparison;

  constructor(trace: Trace, comparison: Comparison) {
    const reader = NUMBERS[comparison.field.column];
    if (reader === undefined) throw new Error(`No transaction has the column ${comparison.field.column}`);
    this.sided = reader.sided;
    this.#trace = trace;
    this.#reads = reader.read;
    this.#comparison = comparison;
  }

  prepare(): void {
    // Numbers need no resolving.
  }

  fill(window: EventWindow, { bytes }: Mask): void {
    const { negated } = this.#comparison;
    this.#reads.forEach((read, index) => {
      read(window, values, this.#trace);
      if (index === 0) {
        fillRanges(this.#comparison, values, window.rows, bytes);
        return;
      }
      const own = second.subarray(0, window.rows);
      fillRanges(this.#comparison, values, window.rows, own);
      // One of several that equals is enough; none of them may where it is negated.
      for (let row = 0; row < window.rows; row++)
        bytes[row] = negated ? bytes[row]! & own[row]! : bytes[row]! | own[row]!;
    });
  }
}

const second = new Uint8Array(ROWS);

/** A condition on a column of ids, judged once an id. */
function byId(
  size: () => number,
  judge: (id: number) => boolean,
  ids: (chunk: TransactionChunk) => Int32Array | Uint16Array,
): EventTest {
  const verdicts = new IdVerdicts();
  return {
    sided: false,
    isDear: false,
    prepare: () => verdicts.extend(size(), (id) => (judge(id) ? 1 : 0)),
    fill({ chunk, rows }, { bytes }) {
      const { table } = verdicts;
      const column = ids(chunk);
      for (let row = 0; row < rows; row++) bytes[row] = table[column[row]!]!;
    },
  };
}

function byVantage(engine: TraceEngine, judge: (vantage: { readonly name: string }) => boolean): EventTest {
  return byId(
    () => engine.trace.vantages.length,
    (id) => judge(engine.trace.vantages[id]!.vantage),
    ({ vantage }) => vantage,
  );
}

/** A condition on the process behind a message, judged once a process. What has none passes nothing. */
class ProcessTest implements EventTest {
  readonly sided = true;
  readonly isDear = true;
  readonly #trace: Trace;
  readonly #judge: (process: Process) => boolean;
  readonly #verdicts = new IdVerdicts();

  constructor(trace: Trace, judge: (process: Process) => boolean) {
    this.#trace = trace;
    this.#judge = judge;
  }

  prepare(): void {
    const { processes } = this.#trace;
    this.#verdicts.extend(processes.size + 1, (id) => {
      const process = processes.of(id);
      return process !== undefined && this.#judge(process) ? 1 : 0;
    });
  }

  fill(window: EventWindow, { bytes }: Mask, wanted?: Mask): void {
    const { table, any } = this.#verdicts;
    if (!any) {
      bytes.fill(0);
      return;
    }
    for (let row = 0; row < window.rows; row++)
      bytes[row] = wanted?.bytes[row] === 0 ? 0 : table[processOf(window, row, this.#trace)]!;
  }
}

/** Where it was seen: the vantage's own pod, or, where packets of many pods pass, that of the client. */
function bySeer(
  engine: TraceEngine,
  judge: (who: { readonly namespace: string; readonly pod: string; readonly node: string }) => boolean,
  isKnown: (vantage: Vantage) => boolean = ({ pod }) => pod !== undefined,
): EventTest {
  const { trace } = engine;
  const clients = new AddressVerdicts();
  let vantages: readonly (number | undefined)[] = [];
  return {
    sided: false,
    isDear: false,
    prepare() {
      clients.judge(engine, (address) => (judge(whoAsked(engine.topology, address)) ? 1 : 0));
      vantages = trace.vantages.map(({ vantage }) =>
        !isKnown(vantage)
          ? undefined
          : judge({ namespace: vantage.namespace ?? '', pod: vantage.pod ?? '', node: vantage.node ?? '' })
            ? 1
            : 0,
      );
    },
    fill({ chunk, rows }, { bytes }) {
      const { table } = clients;
      for (let row = 0; row < rows; row++) bytes[row] = vantages[chunk.vantage[row]!] ?? table[chunk.client[row]!]!;
    },
  };
}

/** Which addresses of a transaction a field means; several: one of them is enough. */
function addressColumns(field: FilterField, { chunk, response }: EventWindow): readonly Int32Array[] {
  switch (field.column) {
    case 'src':
      return [response ? chunk.server : chunk.client];
    case 'dst':
      return [response ? chunk.client : chunk.server];
    case 'anyAddress':
      return [chunk.client, chunk.server];
    default:
      return [chunk.server];
  }
}

class AddressTest implements EventTest {
  readonly sided: boolean;
  readonly isDear = false;
  readonly #engine: TraceEngine;
  readonly #comparison: Comparison;
  readonly #tests: readonly { readonly test: ValueTest; readonly verdicts: AddressVerdicts; readonly port: number }[];

  constructor(engine: TraceEngine, comparison: Comparison) {
    this.#engine = engine;
    this.#comparison = comparison;
    this.sided = comparison.field.column === 'src' || comparison.field.column === 'dst';
    this.#tests = comparison.tests.map((test) => ({
      test,
      verdicts: new AddressVerdicts(),
      port: test.kind === 'network' ? (test.port ?? NONE) : NONE,
    }));
  }

  prepare(): void {
    const { topology } = this.#engine;
    for (const { test, verdicts } of this.#tests)
      verdicts.judge(this.#engine, (address) => (addressPasses([test], address, topology) ? 1 : 0));
  }

  fill(window: EventWindow, { bytes }: Mask): void {
    const { chunk, rows } = window;
    bytes.fill(0, 0, rows);
    for (const { verdicts, port: wanted } of this.#tests) {
      if (!verdicts.any) continue;
      const { table } = verdicts;
      for (const column of addressColumns(this.#comparison.field, window)) {
        if (wanted === NONE) for (let row = 0; row < rows; row++) bytes[row]! |= table[column[row]!]!;
        else
          for (let row = 0; row < rows; row++)
            if (chunk.serverPort[row] === wanted) bytes[row]! |= table[column[row]!]!;
      }
    }
    if (this.#comparison.negated) for (let row = 0; row < rows; row++) bytes[row]! ^= 1;
    if (this.#comparison.field.column === 'upstream') this.#keepUpstream(window, bytes);
  }

  /** Only what CoreDNS asked has an upstream. */
  #keepUpstream({ chunk, rows }: EventWindow, bytes: Uint8Array): void {
    const { exchanges } = this.#engine.trace;
    for (let row = 0; row < rows; row++) {
      if (bytes[row] === 0) continue;
      const exchange = chunk.exchange[row]!;
      const at = exchange & ROW_MASK;
      const upstream =
        exchange !== NONE &&
        (exchanges.of(exchange).parent[at] !== NONE || exchanges.of(exchange).background[at] === 1);
      if (!upstream) bytes[row] = 0;
    }
  }
}
