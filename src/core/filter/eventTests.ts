/**
 * Conditions on a transaction, or on its query or its response: what a packet list would show. A window is asked once for the
 * queries and once for the responses when a condition tells them apart.
 */
import { whoAsked } from '../topology/whoAsked.ts';
import { NONE, Proto, ROW_BITS, ROW_MASK, ROWS, State, type TransactionChunk } from '../trace/tables.ts';
import type { Trace } from '../trace/trace.ts';
import type { TraceEngine } from '../trace/traceEngine.ts';
import type { ValueTest } from './ast.ts';
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

/** Rows of the transaction table. */
export interface EventWindow {
  readonly chunk: TransactionChunk;
  readonly rows: number;
  /** The responses are asked about, not the queries. */
  readonly response: boolean;
}

type EventTest = MaskTest<EventWindow>;

/** Reads a column as numbers; NaN where a row has no value. */
type Read = (window: EventWindow, out: Float64Array, trace: Trace) => void;

const column =
  (of: (chunk: TransactionChunk) => Uint8Array | Uint16Array | Uint32Array): Read =>
  ({ chunk }, out) => {
    out.set(of(chunk));
  };

/** Only where a response came. */
const answered =
  (read: Read): Read =>
  (window, out, trace) => {
    read(window, out, trace);
    const { end } = window.chunk;
    for (let row = 0; row < window.rows; row++) if (end[row] !== end[row]) out[row] = Number.NaN;
  };

/** Only of responses. */
const ofResponse =
  (read: Read): Read =>
  (window, out, trace) => {
    if (window.response) read(window, out, trace);
    else out.fill(Number.NaN);
  };

const latency: Read = ({ chunk, rows }, out) => {
  const { start, end, state } = chunk;
  for (let row = 0; row < rows; row++)
    out[row] = state[row] === State.unsolicited ? Number.NaN : end[row]! - start[row]!;
};

/** A port as sender or receiver, over one transport or any. */
const port =
  (sender: boolean, proto?: number): Read =>
  ({ chunk, rows, response }, out) => {
    out.set(sender === response ? chunk.serverPort : chunk.clientPort);
    if (proto === undefined) return;
    for (let row = 0; row < rows; row++) if (chunk.proto[row] !== proto) out[row] = Number.NaN;
  };

/** The message asked about: NONE where there is none. */
function messageOf({ chunk, response }: EventWindow, row: number): number {
  if (response) return chunk.response[row]!;
  return chunk.state[row] === State.unsolicited ? NONE : chunk.firstMessage[row]!;
}

const ofMessage =
  (of: (chunk: ReturnType<Trace['messages']['of']>, row: number) => number): Read =>
  (window, out, trace) => {
    for (let row = 0; row < window.rows; row++) {
      const message = messageOf(window, row);
      out[row] = message === NONE ? Number.NaN : of(trace.messages.of(message), message & ROW_MASK);
    }
  };

/** RFC 1035 §4.1.1, RFC 2535 §6.1: bits of the second header word. */
const flag = (bit: number): Read => ofMessage(({ flags }, row) => (flags[row]! >> bit) & 1);

const whole = (read: Read): { readonly read: readonly Read[]; readonly sided: boolean } => ({
  read: [read],
  sided: false,
});
const sided = (...read: readonly Read[]): { readonly read: readonly Read[]; readonly sided: boolean } => ({
  read,
  sided: true,
});

/** Fields with several readers hold when one of them does. */
const NUMBERS: Readonly<Record<string, { readonly read: readonly Read[]; readonly sided: boolean }>> = {
  type: whole(column(({ qtype }) => qtype)),
  class: whole(column(({ qclass }) => qclass)),
  rcode: whole(answered(column(({ rcode }) => rcode))),
  latency: whole(latency),
  state: whole(column(({ state }) => state)),
  port: whole(column(({ serverPort }) => serverPort)),
  proto: whole(column(({ proto }) => proto)),
  answers: whole(answered(column(({ answers }) => answers))),
  retransmissions: whole(column(({ retransmissions }) => retransmissions)),
  id: whole(column(({ dnsId }) => dnsId)),
  size: sided(ofMessage(({ size }, row) => size[row]!)),
  packet: sided(ofMessage(({ packet }, row) => packet[row]!)),
  qr: sided(({ response }, out) => out.fill(response ? 1 : 0)),
  response: sided(({ response }, out) => out.fill(response ? 1 : 0)),
  srcPort: sided(port(true)),
  dstPort: sided(port(false)),
  udpPort: sided(port(true, Proto.udp), port(false, Proto.udp)),
  udpSrcPort: sided(port(true, Proto.udp)),
  udpDstPort: sided(port(false, Proto.udp)),
  tcpPort: sided(port(true, Proto.tcp), port(false, Proto.tcp)),
  tcpSrcPort: sided(port(true, Proto.tcp)),
  tcpDstPort: sided(port(false, Proto.tcp)),
  responseRcode: sided(ofResponse(answered(column(({ rcode }) => rcode)))),
  responseTime: sided(ofResponse(latency)),
  // A query has no answers (RFC 1035 §4.1.1); the columns keep the response's count alone.
  messageAnswers: sided((window, out, trace) => {
    if (window.response) answered(column(({ answers }) => answers))(window, out, trace);
    else out.fill(0);
  }),
  opcode: sided(ofMessage(({ flags }, row) => (flags[row]! >> 11) & 15)),
  flagAa: sided(flag(10)),
  flagTc: sided(flag(9)),
  flagRd: sided(flag(8)),
  flagRa: sided(flag(7)),
  flagAd: sided(flag(5)),
  flagCd: sided(flag(4)),
  // What is only there or not, as a number where it is there.
  responseIn: sided((window, out, trace) => {
    if (window.response) out.fill(Number.NaN);
    else latency(window, out, trace);
  }),
  responseTo: sided(ofResponse(latency)),
  retransmitted: sided(({ chunk, rows, response }, out) => {
    for (let row = 0; row < rows; row++)
      out[row] = response || chunk.retransmissions[row] === 0 ? Number.NaN : chunk.retransmissions[row]!;
  }),
  unsolicited: sided(({ chunk, rows, response }, out) => {
    for (let row = 0; row < rows; row++) out[row] = response && chunk.state[row] === State.unsolicited ? 1 : Number.NaN;
  }),
  dns: whole((_, out) => out.fill(1)),
  udp: whole(({ chunk, rows }, out) => {
    for (let row = 0; row < rows; row++) out[row] = chunk.proto[row] === Proto.udp ? 1 : Number.NaN;
  }),
  tcp: whole(({ chunk, rows }, out) => {
    for (let row = 0; row < rows; row++) out[row] = chunk.proto[row] === Proto.tcp ? 1 : Number.NaN;
  }),
};

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
      return bySeer(engine, ({ node }) => textPasses(comparison, labelTexts(node)));
    default:
      return new NumberTest(trace, comparison);
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
  const everything: ValueTest = {
    kind: 'range',
    low: Number.NEGATIVE_INFINITY,
    high: Number.POSITIVE_INFINITY,
    lowOpen: false,
    highOpen: false,
  };
  const known = Object.hasOwn(NUMBERS, field.column);
  const present = { kind: 'compare', field, negated: false, tests: [everything], start: 0, end: 0 } as const;
  // Every message has a name, an address and a port.
  return new NumberTest(trace, known ? present : { ...present, field: { ...field, column: 'dns' } });
}

class NumberTest implements EventTest {
  readonly sided: boolean;
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
  ids: (chunk: TransactionChunk) => Uint32Array | Uint16Array,
): EventTest {
  const verdicts = new IdVerdicts();
  return {
    sided: false,
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

/** Where it was seen: the vantage's own pod, or, where packets of many pods pass, that of the client. */
function bySeer(
  engine: TraceEngine,
  judge: (who: { readonly namespace: string; readonly pod: string; readonly node: string }) => boolean,
): EventTest {
  const { trace } = engine;
  const clients = new AddressVerdicts();
  let vantages: readonly (number | undefined)[] = [];
  return {
    sided: false,
    prepare() {
      clients.judge(engine, (address) => (judge(whoAsked(engine.topology, address)) ? 1 : 0));
      vantages = trace.vantages.map(({ vantage }) =>
        vantage.pod === undefined
          ? undefined
          : judge({ namespace: vantage.namespace ?? '', pod: vantage.pod, node: vantage.node ?? '' })
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
function addressColumns(field: FilterField, { chunk, response }: EventWindow): readonly Uint32Array[] {
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
      verdicts.judge(this.#engine, (address) => (addressPasses(test, address, topology) ? 1 : 0));
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

/** Rows of chunk `index` that are in use. */
export function rowsOf(table: { readonly length: number }, index: number): number {
  return Math.min(ROWS, table.length - (index << ROW_BITS));
}
