/**
 * Transactions and messages in the order of a column. Each transaction's value becomes a number in one pass over its table, oldest rows
 * first, as they lie on disk; a message has the value of the side of its transaction that it is. Texts count by their place among the
 * others. Then the numbers are sorted (radixOrder.ts). While it runs a transaction takes 4 or 8 bytes more than lookupOrder.ts says.
 */
import type { Steps } from '../../../base/steps.ts';
import { DnsFlag } from '../../dns/header.ts';
import { DnsRcode } from '../../dns/types.ts';
import { Join, ROW_MASK, ROWS, State } from '../../trace/tables.ts';
import type { TraceEngine } from '../../trace/traceEngine.ts';
import { addressRanks } from './addressRanks.ts';
import { legsOf } from '../legs.ts';
import type { Read, Values } from './eventValues.ts';
import { nameRanks } from './nameRanks.ts';
import { NODE_SORT_COLUMNS, nodeValues } from './nodeOrder.ts';
import { orderOfKeys, orderOfNumbers } from './radixOrder.ts';
import { joinOf } from '../rowBuilder.ts';
import type { EventLevel } from '../rows.ts';
import { TextRanks } from './textRanks.ts';

export const EVENT_SORT_COLUMNS = [
  'time',
  'node',
  'namespace',
  'vantage',
  'src',
  'dst',
  'id',
  'qr',
  'name',
  'qtype',
  'leg',
  'outcome',
  'rcode',
  'latency',
  'server',
  'answers',
  'proto',
  'queries',
  'size',
  'packet',
  'confidence',
  ...NODE_SORT_COLUMNS,
] as const;
export type EventSortColumn = (typeof EVENT_SORT_COLUMNS)[number];

/** Of what goes wrong, and how much; failures come last, so that descending shows them first. */
const Result = { none: 0, answered: 1, nxdomain: 2, unsolicited: 3, late: 4, error: 5, unanswered: 6 } as const;
const RCODE_BITS = 12;
/** Behind all values of a column of 16 bits: where there is none. */
const NOTHING = 1 << 16;
const PORTS = 1 << 16;

/**
 * @param ids ascending
 * @returns the same, ascending by the column; equal ones by id, in which they were seen. Perhaps the array that was given.
 */
export function* sortedEvents(
  engine: TraceEngine,
  level: EventLevel,
  ids: Uint32Array,
  column: EventSortColumn,
): Steps<Uint32Array> {
  const own = level === 'messages' ? ownValue(column) : undefined;
  const positions =
    own === undefined ? yield* byTransaction(engine, level, ids, column) : yield* byMessage(engine, ids, own);
  if (positions === undefined) return ids;
  for (let i = 0; i < positions.length; i++) positions[i] = ids[positions[i]!]!;
  return positions;
}

function* byTransaction(
  engine: TraceEngine,
  level: EventLevel,
  ids: Uint32Array,
  column: EventSortColumn,
): Steps<Uint32Array | undefined> {
  const values = yield* valuesOf(engine, column);
  if (values === undefined) return undefined;
  const Kind = values.isWide === true ? Float64Array : Uint32Array;
  if (level === 'transactions') {
    const keys = new Kind(ids.length);
    yield* readRows(engine, values.whole, ids, keys);
    return yield* ordered(keys);
  }
  const { length } = engine.trace.transactions;
  const { whole, query = whole, response = whole } = values;
  const ofQueries = new Kind(length);
  yield* readRows(engine, query, undefined, ofQueries);
  const ofResponses = query === response ? ofQueries : new Kind(length);
  if (query !== response) yield* readRows(engine, response, undefined, ofResponses);
  const keys = new Kind(ids.length);
  const { messages } = engine.trace;
  for (let at = 0; at < ids.length; yield) {
    const { transaction, flags } = messages.of(ids[at]!);
    const end = (ids[at]! | ROW_MASK) >>> 0;
    for (; at < ids.length && ids[at]! <= end; at++) {
      const row = ids[at]! & ROW_MASK;
      keys[at] = ((flags[row]! & DnsFlag.QR) === 0 ? ofQueries : ofResponses)[transaction[row]!]!;
    }
  }
  return yield* ordered(keys);
}

/** Of these transactions, or of all. */
function* readRows(
  { trace }: TraceEngine,
  read: Read,
  ids: Uint32Array | undefined,
  out: Float64Array | Uint32Array,
): Steps<void> {
  const { transactions } = trace;
  if (ids === undefined) {
    for (let base = 0; base < out.length; base += ROWS, yield) {
      const chunk = transactions.of(base);
      const end = Math.min(out.length, base + ROWS);
      for (let id = base; id < end; id++) out[id] = read(chunk, id & ROW_MASK, id);
    }
    return;
  }
  for (let at = 0; at < ids.length; yield) {
    const chunk = transactions.of(ids[at]!);
    const end = (ids[at]! | ROW_MASK) >>> 0;
    for (; at < ids.length && ids[at]! <= end; at++) out[at] = read(chunk, ids[at]! & ROW_MASK, ids[at]!);
  }
}

function ordered(keys: Float64Array | Uint32Array): Steps<Uint32Array | undefined> {
  return keys instanceof Uint32Array ? orderOfKeys(keys) : orderOfNumbers(keys);
}

/** `undefined`: all are equal. */
function* valuesOf(engine: TraceEngine, column: EventSortColumn): Steps<Values | undefined> {
  const { trace } = engine;
  switch (column) {
    case 'time':
      return { whole: ({ start }, row) => start[row]!, isWide: true };
    case 'node':
    case 'namespace': {
      const ranks = yield* addressRanks(engine, column, (who) => who[column]);
      return { whole: ({ client, vantage }, row) => ranks(client[row]!, vantage[row]) };
    }
    case 'vantage': {
      const ranks = yield* new TextRanks().upTo(trace.vantages.length, (id) => trace.vantages[id]!.vantage.name);
      return { whole: ({ vantage }, row) => ranks[vantage[row]!]! };
    }
    case 'src':
    case 'dst':
      return yield* endpoints(engine, column);
    case 'id':
      return { whole: ({ dnsId }, row) => dnsId[row]! };
    case 'qr':
      return {
        whole: ({ state, end }, row) => (state[row] === State.unsolicited ? 2 : Number.isNaN(end[row]) ? 0 : 1),
      };
    case 'name': {
      const ranks = yield* nameRanks(engine);
      return { whole: ({ name }, row) => ranks[name[row]!]! };
    }
    case 'qtype':
      return { whole: ({ qtype }, row) => qtype[row]! };
    case 'leg': {
      const legs = legsOf(engine);
      // Looks at other rows, for which this one's may go to disk.
      return { whole: (_, row, id) => legs.of(trace.transactions.of(id), row) };
    }
    case 'outcome':
      return { whole: resultOf, query: ({ state }, row) => (state[row] === State.unanswered ? UNANSWERED : 0) };
    case 'rcode':
      return ofResponses(({ rcode, end }, row) => (Number.isNaN(end[row]) ? NOTHING : rcode[row]!), NOTHING);
    case 'answers':
      return ofResponses(({ answers, end }, row) => (Number.isNaN(end[row]) ? NOTHING : answers[row]!), NOTHING);
    case 'latency':
      return { ...ofResponses(latencyOf, Number.NaN), isWide: true };
    case 'server': {
      const ranks = yield* new TextRanks().upTo(trace.addresses.size, (id) => trace.addresses.textOf(id));
      return { whole: ({ server }, row) => ranks[server[row]!]! };
    }
    case 'proto':
      return { whole: ({ proto }, row) => proto[row]! };
    case 'queries':
      return { whole: ({ retransmissions }, row) => retransmissions[row]! };
    case 'confidence':
      return { whole: (_, __, id) => Math.max(Join.exact, joinOf(engine, id)) };
    case 'size':
    case 'packet':
      return undefined;
    default:
      return yield* nodeValues(engine, column);
  }
}

const ofResponses = (whole: Read, nothing: number): Values => ({ whole, query: () => nothing });

const latencyOf: Read = ({ start, end, state }, row) =>
  state[row] === State.unsolicited ? Number.NaN : end[row]! - start[row]!;

const UNANSWERED = Result.unanswered << RCODE_BITS;

/** As the result column says it, then by code. */
const resultOf: Read = ({ state, rcode }, row) => {
  switch (state[row]) {
    case State.pending:
      return Result.none;
    case State.unanswered:
      return UNANSWERED;
    case State.unsolicited:
      return (Result.unsolicited << RCODE_BITS) | rcode[row]!;
    case State.late:
      return (Result.late << RCODE_BITS) | rcode[row]!;
    default: {
      const code = rcode[row]!;
      const kind =
        code === DnsRcode.NOERROR ? Result.answered : code === DnsRcode.NXDOMAIN ? Result.nxdomain : Result.error;
      return (kind << RCODE_BITS) | code;
    }
  }
};

/** By who is there, then by port; a response goes from the server to the client. */
function* endpoints(engine: TraceEngine, column: 'src' | 'dst'): Steps<Values> {
  const { topology, trace } = engine;
  const ranks = yield* addressRanks(engine, 'pod', ({ namespace, pod }, address) =>
    pod === '' ? topology.notation(address) : `p/${namespace}/${pod}`,
  );
  const ofClient: Read = (chunk, row) => ranks(chunk.client[row]!, chunk.vantage[row]) * PORTS + chunk.clientPort[row]!;
  const ofServer: Read = (chunk, row) => ranks(chunk.server[row]!) * PORTS + chunk.serverPort[row]!;
  const [query, response] = column === 'src' ? [ofClient, ofServer] : [ofServer, ofClient];
  return { whole: query, query, response, isWide: trace.addresses.size + trace.vantages.length > PORTS };
}

/** What a message has for itself. */
function ownValue(column: EventSortColumn): 'time' | 'size' | 'packet' | 'flags' | undefined {
  if (column === 'qr') return 'flags';
  return column === 'time' || column === 'size' || column === 'packet' ? column : undefined;
}

function* byMessage(
  { trace }: TraceEngine,
  ids: Uint32Array,
  column: 'time' | 'size' | 'packet' | 'flags',
): Steps<Uint32Array | undefined> {
  const keys = column === 'time' ? new Float64Array(ids.length) : new Uint32Array(ids.length);
  for (let at = 0; at < ids.length; yield) {
    const values = trace.messages.of(ids[at]!)[column];
    const end = (ids[at]! | ROW_MASK) >>> 0;
    for (; at < ids.length && ids[at]! <= end; at++) {
      const value = values[ids[at]! & ROW_MASK]!;
      keys[at] = column === 'flags' ? value >> 15 : value;
    }
  }
  return yield* ordered(keys);
}
