/**
 * The one row source of every export: a record for each transaction, made one at a time while a writer asks for them, so
 * that an export of any length holds a single row. Columns, types and units: docs/export.md and columns.ts.
 * Cost: a read and a decode of the response for each answered transaction; reads go through `readAhead`, because
 * neighbouring rows lie beside each other in their capture.
 */
import { visibleText } from '../../base/visibleText.ts';
import { DnsFlag } from '../dns/header.ts';
import { decodeMessage, type DnsMessage } from '../dns/message.ts';
import { classText, DnsType, rcodeText, typeText } from '../dns/types.ts';
import type { FindingSet } from '../findings/evaluateFindings.ts';
import type { FaultHop } from '../findings/finding.ts';
import { confidenceOf } from '../findings/findingRule.ts';
import type { AnsweredByName } from '../lookups/answeredByNames.ts';
import { OUTCOME_NAMES } from '../lookups/outcome.ts';
import { blamesUpstream, Cause } from '../lookups/verdict.ts';
import { NONE, Proto, ROW_MASK } from '../trace/tables.ts';
import { roleOf } from '../trace/trace.ts';
import type { TraceEngine } from '../trace/traceEngine.ts';
import type { VantageRole } from '../trace/vantage.ts';
import { lookupAnsweredBy } from '../view/answeredBy.ts';
import { messageBytes, type MessageSource } from '../view/messageBytes.ts';
import type { LookupChoice } from '../view/lookupChoice.ts';
import { LEG_WORDS } from '../view/legWords.ts';
import { legsOf } from '../view/legs.ts';
import { type Explained, joinOf, STATE_NAMES } from '../view/rowBuilder.ts';
import type { Confidence, Outcome, TransactionState } from '../view/rows.ts';
import { Parties, type Party } from './party.ts';
import { readAhead } from '../trace/readAhead.ts';

/** One transaction: a query and its response at one vantage. `undefined`: not known, or not there. */
export interface TransactionRecord {
  readonly id: number;
  /** Epoch ns of the first query; of the response when that is all there is. */
  readonly timeNs: bigint;
  readonly responseTimeNs: bigint | undefined;
  readonly vantage: string;
  readonly vantageRole: VantageRole;
  /** `client-coredns`, `coredns-upstream`, … */
  readonly leg: string;
  readonly protocol: 'UDP' | 'TCP';
  readonly client: Party;
  readonly server: Party;
  readonly dnsId: number;
  readonly name: string;
  readonly type: string;
  readonly class: string;
  readonly state: TransactionState;
  readonly rcode: string | undefined;
  readonly latencyNs: number | undefined;
  readonly retransmissions: number;
  /** Bytes of the DNS messages. */
  readonly querySize: number | undefined;
  readonly responseSize: number | undefined;
  readonly truncated: boolean | undefined;
  readonly authoritative: boolean | undefined;
  readonly answerCount: number | undefined;
  /** A and AAAA answers. */
  readonly addresses: readonly string[];
  /** Each answer as `name ttl type data`. */
  readonly answers: readonly string[];
  /** The same query seen at another vantage has the same one. */
  readonly exchange: number | undefined;
  /** How sure it is that this transaction belongs to its exchange and lookup. */
  readonly joinConfidence: Confidence;
  readonly lookup: number | undefined;
  readonly lookupName: string | undefined;
  readonly lookupOutcome: Outcome | undefined;
  readonly lookupLatencyNs: number | undefined;
  /** Where the lookup failed, and how sure that is. */
  readonly faultHop: FaultHop | undefined;
  readonly confidence: Confidence | undefined;
  /** Ids of the findings that count the lookup as evidence. */
  readonly findings: readonly string[];
  /** 1-based numbers of the packets in their capture, as Wireshark numbers frames. */
  readonly queryPacket: number | undefined;
  readonly responsePacket: number | undefined;
  /** Where the lookup's answer came from (R4). */
  readonly answeredBy: AnsweredByName | undefined;
}

export interface RecordOptions {
  readonly findings: FindingSet;
  /** Lookups to export; without it everything, also what belongs to no lookup. */
  readonly lookups?: LookupChoice | undefined;
}

/** Most answers written out for one transaction; `answerCount` has the number in full. */
const MOST_ANSWERS = 64;

const FAULT_HOPS: Readonly<Record<number, FaultHop>> = {
  [Cause.upstreamSilent]: 'upstream',
  [Cause.upstreamError]: 'upstream',
  [Cause.corednsError]: 'coredns',
  [Cause.serverError]: 'coredns',
  [Cause.nameError]: 'name',
  [Cause.lostBeforeCoreDns]: 'client-coredns',
  [Cause.lostInCoreDns]: 'coredns',
  [Cause.lostOnReturn]: 'coredns-client',
};

export function* transactionRecords(engine: TraceEngine, options: RecordOptions): Generator<TransactionRecord> {
  const { trace } = engine;
  const source: MessageSource = { trace, byteSources: engine.byteSources.map(readAhead) };
  const findingsOf = findingsByLookup(options.findings);
  const parties = new Parties(engine);
  for (let id = 0; id < trace.transactions.length; id++) {
    const exchange = trace.transactions.of(id).exchange[id & ROW_MASK]!;
    const lookup = trace.lookupOf(exchange);
    if (options.lookups !== undefined && (lookup === NONE || !options.lookups.has(lookup))) continue;
    const explained = { findings: findingsOf.get(lookup) ?? [], atFault: options.findings.atFault.get(lookup) };
    yield recordOf(engine, source, parties, id, lookup, explained);
  }
}

function recordOf(
  engine: TraceEngine,
  source: MessageSource,
  parties: Parties,
  id: number,
  lookup: number,
  explained: Explained,
): TransactionRecord {
  const { trace } = engine;
  const chunk = trace.transactions.of(id);
  const row = id & ROW_MASK;
  const end = chunk.end[row]!;
  const answered = !Number.isNaN(end);
  const state = trace.vantages[chunk.vantage[row]!]!;
  const query = queryMessage(engine, id);
  const response = chunk.response[row]!;
  const flags = response === NONE ? 0 : trace.messages.of(response).flags[response & ROW_MASK]!;
  const known = <T>(value: T): T | undefined => (answered ? value : undefined);
  return {
    id,
    timeNs: trace.epochNs(chunk.start[row]!),
    responseTimeNs: known(trace.epochNs(answered ? end : 0)),
    vantage: visibleText(state.vantage.name),
    vantageRole: roleOf(state),
    leg: LEG_WORDS[legsOf(engine).of(chunk, row)]!,
    protocol: chunk.proto[row] === Proto.tcp ? 'TCP' : 'UDP',
    client: parties.at(chunk.client[row]!, chunk.clientPort[row]!, chunk.vantage[row]),
    server: parties.at(chunk.server[row]!, chunk.serverPort[row]!),
    dnsId: chunk.dnsId[row]!,
    name: trace.names.textOf(chunk.name[row]!),
    type: typeText(chunk.qtype[row]!),
    class: classText(chunk.qclass[row]!),
    state: STATE_NAMES[chunk.state[row]!] ?? 'pending',
    rcode: known(rcodeText(chunk.rcode[row]!)),
    latencyNs: answered && query !== NONE ? end - chunk.start[row]! : undefined,
    retransmissions: chunk.retransmissions[row]!,
    querySize: query === NONE ? undefined : trace.messages.of(query).size[query & ROW_MASK]!,
    responseSize: response === NONE ? undefined : trace.messages.of(response).size[response & ROW_MASK]!,
    truncated: known((flags & DnsFlag.TC) !== 0),
    authoritative: known((flags & DnsFlag.AA) !== 0),
    answerCount: known(chunk.answers[row]!),
    ...answersIn(chunk.answers[row] === 0 ? undefined : messageBytes(source, response)),
    exchange: chunk.exchange[row] === NONE ? undefined : chunk.exchange[row]!,
    joinConfidence: confidenceOf(joinOf(engine, id)),
    ...lookupFields(engine, lookup, explained),
    findings: explained.findings,
    queryPacket: query === NONE ? undefined : trace.messages.of(query).packet[query & ROW_MASK]!,
    responsePacket: response === NONE ? undefined : trace.messages.of(response).packet[response & ROW_MASK]!,
    answeredBy: lookup === NONE ? undefined : lookupAnsweredBy(engine, lookup)?.by,
  };
}

/** The first message, when it is a query: an unsolicited response has none. */
function queryMessage(engine: TraceEngine, id: number): number {
  const first = engine.trace.transactions.of(id).firstMessage[id & ROW_MASK]!;
  if (first === NONE) return NONE;
  return (engine.trace.messages.of(first).flags[first & ROW_MASK]! & DnsFlag.QR) === 0 ? first : NONE;
}

const NO_ANSWERS = { addresses: [], answers: [] } as const;

function answersIn(bytes: Uint8Array | undefined): Pick<TransactionRecord, 'addresses' | 'answers'> {
  if (bytes === undefined) return NO_ANSWERS;
  const { message } = decodeMessage(bytes);
  return { addresses: addressesIn(message), answers: message.answers.slice(0, MOST_ANSWERS).map(answerText) };
}

function addressesIn(message: DnsMessage): readonly string[] {
  const addresses: string[] = [];
  for (const { rdata, type } of message.answers) {
    if (rdata.kind === 'address' && (type === DnsType.A || type === DnsType.AAAA)) addresses.push(rdata.address);
    if (addresses.length === MOST_ANSWERS) break;
  }
  return addresses;
}

function answerText(record: DnsMessage['answers'][number]): string {
  return visibleText(`${record.name} ${String(record.ttl)} ${typeText(record.type)} ${record.rdata.text}`);
}

function lookupFields(
  engine: TraceEngine,
  lookup: number,
  { atFault }: Explained,
): Pick<TransactionRecord, 'lookup' | 'lookupName' | 'lookupOutcome' | 'lookupLatencyNs' | 'faultHop' | 'confidence'> {
  if (lookup === NONE) {
    return {
      lookup: undefined,
      lookupName: undefined,
      lookupOutcome: undefined,
      lookupLatencyNs: undefined,
      faultHop: undefined,
      confidence: undefined,
    };
  }
  const chunk = engine.trace.lookups.of(lookup);
  const row = lookup & ROW_MASK;
  const [latency, cause] = [chunk.latency[row]!, chunk.cause[row]!];
  return {
    lookup,
    lookupName: engine.trace.names.textOf(chunk.name[row]!),
    lookupOutcome: OUTCOME_NAMES[chunk.outcome[row]!] ?? 'pending',
    lookupLatencyNs: Number.isNaN(latency) ? undefined : latency,
    faultHop: atFault !== undefined && blamesUpstream(cause) ? 'coredns' : FAULT_HOPS[cause],
    confidence: confidenceOf(chunk.confidence[row]!),
  };
}

function findingsByLookup(set: FindingSet): ReadonlyMap<number, readonly string[]> {
  const byLookup = new Map<number, string[]>();
  set.findings.forEach(({ id }, index) => {
    for (const lookup of set.lookups[index] ?? []) {
      const ids = byLookup.get(lookup);
      if (ids === undefined) byLookup.set(lookup, [id]);
      else if (!ids.includes(id)) ids.push(id);
    }
  });
  return byLookup;
}
