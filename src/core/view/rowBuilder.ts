/**
 * Rows for the window on screen, made on demand from the columns; answers are decoded from the packet's own bytes, so only
 * rows that somebody looks at cost it. All text from the network is made visible here, once.
 */
import { visibleText } from '../../base/visibleText.ts';
import { DnsFlag } from '../dns/header.ts';
import { DnsType, rcodeText, typeText } from '../dns/types.ts';
import { primaryTransaction } from '../lookups/exchangeViews.ts';
import { OUTCOME_NAMES } from '../lookups/outcome.ts';
import { LookupFlag } from '../lookups/verdictRow.ts';
import { confidenceOf } from '../findings/findingRule.ts';
import { whoAsked } from '../topology/whoAsked.ts';
import { NONE, Proto, ROW_MASK, State } from '../trace/tables.ts';
import type { TraceEngine } from '../trace/traceEngine.ts';
import { legsOf } from './legs.ts';
import { LEG_TITLES } from './legWords.ts';
import { answersOf } from './messageBytes.ts';
import { nodeLevelOf } from './nodeLevel.ts';
import type { LookupRow, MessageRow, TransactionRow, TransactionState } from './rows.ts';
import { wayOf } from './way.ts';

export const STATE_NAMES: readonly TransactionState[] = ['pending', 'answered', 'late', 'unanswered', 'unsolicited'];
const MOST_ADDRESSES = 16;

/** What the findings say of a lookup. */
export interface Explained {
  readonly findings: readonly string[];
  /** Address id of the CoreDNS pod at fault: {@link FindingSet.atFault}. */
  readonly atFault: number | undefined;
}

const UNEXPLAINED: Explained = { findings: [], atFault: undefined };

export function lookupRow(
  engine: TraceEngine,
  lookup: number,
  index: number,
  expanded: boolean,
  { findings, atFault }: Explained = UNEXPLAINED,
): LookupRow {
  const { trace } = engine;
  const chunk = trace.lookups.of(lookup);
  const row = lookup & ROW_MASK;
  const first = primaryTransaction(trace, chunk.stepExchange[row]!);
  const shown = sharedFields(engine, first);
  const outcome = OUTCOME_NAMES[chunk.outcome[row]!] ?? 'pending';
  const answers = stepAnswers(engine, lookup);
  let transactions = 0;
  let queries = 0;
  for (const exchange of trace.exchangesOf(lookup)) {
    const primary = primaryTransaction(trace, exchange);
    queries += 1 + trace.transactions.of(primary).retransmissions[primary & ROW_MASK]!;
    transactions += countTransactions(engine, exchange);
  }
  const latency = chunk.latency[row]!;
  return {
    ...shown,
    kind: 'lookup',
    index,
    id: lookup,
    timeUs: trace.epochUs(chunk.start[row]!),
    name: visibleText(trace.names.textOf(chunk.name[row]!)),
    qtype: answers.types.map(typeText).join('+'),
    rcode: outcome === 'pending' || outcome === 'unanswered' ? '' : rcodeText(chunk.rcode[row]!),
    latencyNs: Number.isNaN(latency) ? undefined : latency,
    slow: (chunk.flags[row]! & LookupFlag.slow) !== 0,
    numAnswers: answers.answered ? answers.count : undefined,
    addresses: answers.addresses,
    outcome,
    way: wayOf(engine, lookup, atFault),
    confidence: confidenceOf(chunk.confidence[row]!),
    transactions,
    attempts: chunk.attempts[row]!,
    wastedQueries: Math.max(0, queries - answers.types.length),
    searchNames: chunk.searchNames[row]!,
    expanded,
    findings,
  };
}

export function transactionRow(engine: TraceEngine, id: number, index: number): TransactionRow {
  const { trace } = engine;
  const chunk = trace.transactions.of(id);
  const row = id & ROW_MASK;
  const end = chunk.end[row]!;
  const answered = !Number.isNaN(end);
  const isTimed = answered && chunk.state[row] !== State.unsolicited;
  const lookup = trace.lookupOf(chunk.exchange[row]!);
  const answers = answered ? answersOf(engine, chunk.response[row]!) : { count: 0, addresses: [] };
  return {
    ...sharedFields(engine, id),
    kind: 'transaction',
    index,
    id,
    timeUs: trace.epochUs(chunk.start[row]!),
    name: visibleText(trace.names.textOf(chunk.name[row]!)),
    qtype: typeText(chunk.qtype[row]!),
    rcode: answered ? rcodeText(chunk.rcode[row]!) : '',
    latencyNs: isTimed ? end - chunk.start[row]! : undefined,
    slow: isTimed && end - chunk.start[row]! > engine.slowNs,
    numAnswers: answered ? chunk.answers[row]! : undefined,
    addresses: answers.addresses.slice(0, MOST_ADDRESSES),
    lookup: lookup === NONE ? undefined : lookup,
    state: STATE_NAMES[chunk.state[row]!] ?? 'pending',
    leg: legOf(engine, id),
    vantage: visibleText(trace.vantages[chunk.vantage[row]!]!.vantage.name),
    dnsId: chunk.dnsId[row]!.toString(16).padStart(4, '0'),
    qr: chunk.state[row] === State.unsolicited ? 'R' : answered ? 'Q+R' : 'Q',
    retransmissions: chunk.retransmissions[row]!,
    joined: confidenceOf(joinOf(engine, id)),
  };
}

export function messageRow(engine: TraceEngine, id: number, index: number): MessageRow {
  const { trace } = engine;
  const chunk = trace.messages.of(id);
  const row = id & ROW_MASK;
  const isResponse = (chunk.flags[row]! & DnsFlag.QR) !== 0;
  // Read before the transaction is: rows may lie on disk, and the next one asked for takes this one's place.
  const [time, size, packet, transaction] = [
    chunk.time[row]!,
    chunk.size[row]!,
    chunk.packet[row]!,
    chunk.transaction[row]!,
  ];
  const { src, dst, ...owner } = transactionRow(engine, transaction, index);
  return {
    ...owner,
    ...nodeLevelOf(engine, id, transaction, isResponse),
    kind: 'message',
    id,
    timeUs: trace.epochUs(time),
    src: isResponse ? dst : src,
    dst: isResponse ? src : dst,
    qr: isResponse ? 'R' : 'Q',
    size,
    packet,
    ...(isResponse ? {} : { rcode: '', latencyNs: undefined, slow: false, numAnswers: undefined, addresses: [] }),
  };
}

/** Transactions of a lookup in reading order: each exchange as the client saw it, its other views, then what it caused upstream. */
export function transactionsOfLookup(engine: TraceEngine, lookup: number): readonly number[] {
  const { trace } = engine;
  const result: number[] = [];
  const visit = (exchange: number): void => {
    const primary = primaryTransaction(trace, exchange);
    result.push(primary);
    for (const id of trace.transactionsOf(exchange)) if (id !== primary) result.push(id);
    for (const child of trace.childrenOf(exchange)) visit(child);
  };
  for (const exchange of trace.exchangesOf(lookup)) visit(exchange);
  return result;
}

function countTransactions(engine: TraceEngine, exchange: number): number {
  let count = 0;
  for (const id of engine.trace.transactionsOf(exchange)) count += id === NONE ? 0 : 1;
  for (const child of engine.trace.childrenOf(exchange)) count += countTransactions(engine, child);
  return count;
}

/** The stretch a transaction was seen on, in the words of the interface. */
export function legOf(engine: TraceEngine, id: number): string {
  return LEG_TITLES[legsOf(engine).of(engine.trace.transactions.of(id), id & ROW_MASK)]!;
}

/** How sure it is that a transaction belongs where it was put: the weaker of its own join and its exchange's. */
export function joinOf(engine: TraceEngine, id: number): number {
  const { trace } = engine;
  const chunk = trace.transactions.of(id);
  const exchange = chunk.exchange[id & ROW_MASK]!;
  const own = chunk.joined[id & ROW_MASK]!;
  return exchange === NONE ? own : Math.max(own, trace.exchanges.of(exchange).parentJoin[exchange & ROW_MASK]!);
}

function sharedFields(
  engine: TraceEngine,
  id: number,
): Pick<LookupRow, 'client' | 'node' | 'namespace' | 'pod' | 'src' | 'dst' | 'nameserver' | 'proto'> {
  const { trace, topology } = engine;
  const chunk = trace.transactions.of(id);
  const row = id & ROW_MASK;
  const client = trace.addresses.textOf(chunk.client[row]!);
  const server = trace.addresses.textOf(chunk.server[row]!);
  const { namespace, pod, node, label } = whoAsked(topology, client, trace.vantages[chunk.vantage[row]!]!.vantage);
  return {
    client: visibleText(label),
    node: visibleText(node),
    namespace: visibleText(namespace),
    pod: visibleText(pod),
    src: visibleText(
      `${pod === '' ? topology.notation(client) : `p/${namespace}/${pod}`}:${String(chunk.clientPort[row]!)}`,
    ),
    dst: visibleText(`${topology.notation(server)}:${String(chunk.serverPort[row]!)}`),
    nameserver: server,
    proto: chunk.proto[row] === Proto.tcp ? 'TCP' : 'UDP',
  };
}

/** A and AAAA answers that the lookup ended with, at most 16; its packets are read. */
export function addressesOf(engine: TraceEngine, lookup: number): readonly string[] {
  return stepAnswers(engine, lookup).addresses;
}

interface StepAnswers {
  readonly types: readonly number[];
  readonly addresses: readonly string[];
  readonly count: number;
  readonly answered: boolean;
}

/** Types asked for the deciding name, A before AAAA, and what came back in the latest answer to each. */
function stepAnswers(engine: TraceEngine, lookup: number): StepAnswers {
  const { trace } = engine;
  const last = new Map<number, number>();
  for (const exchange of trace.exchangesOf(lookup, trace.lookups.of(lookup).stepExchange[lookup & ROW_MASK])) {
    const id = primaryTransaction(trace, exchange);
    last.set(trace.transactions.of(id).qtype[id & ROW_MASK]!, id);
  }
  const types = [...last.keys()].sort((a, b) => rankOf(a) - rankOf(b) || a - b);
  const addresses: string[] = [];
  let count = 0;
  let answered = false;
  for (const type of types) {
    const id = last.get(type)!;
    const chunk = trace.transactions.of(id);
    const response = chunk.response[id & ROW_MASK]!;
    if (response === NONE) continue;
    answered = true;
    count += chunk.answers[id & ROW_MASK]!;
    if (chunk.answers[id & ROW_MASK]! > 0 && addresses.length < MOST_ADDRESSES) {
      addresses.push(...answersOf(engine, response).addresses);
    }
  }
  return { types, addresses: addresses.slice(0, MOST_ADDRESSES), count, answered };
}

function rankOf(type: number): number {
  return type === DnsType.A ? 0 : type === DnsType.AAAA ? 1 : 2;
}
