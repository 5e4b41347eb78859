/** All there is to say about one lookup: what happened in words, its legs over time, its messages decoded, how to repeat it. */
import { visibleText } from '../../../base/visibleText.ts';
import { durationText, listOf, plural, shownName } from '../../findings/findingRule.ts';
import { Cause } from '../../lookups/verdict.ts';
import { primaryTransaction } from '../../lookups/exchangeViews.ts';
import type { ServedBy } from '../../topology/servedBy.ts';
import { NONE, ROW_MASK } from '../../trace/tables.ts';
import type { TraceEngine } from '../../trace/traceEngine.ts';
import { answeredBySentence } from '../answeredBy.ts';
import { changedNameSentences } from '../changedNames.ts';
import { eventDetails, eventSentences } from './eventDetails.ts';
import { messageDetails, messagesShown } from './messageDetails.ts';
import { type Explained, lookupRow, transactionRow, transactionsOfLookup } from '../rowBuilder.ts';
import type { LegBar, LookupDetails, LookupRow, MessageDetails } from '../rows.ts';

/** A lookup of a busy client can have thousands of repeats; details show the first ones and say so in `meaning`. */
const MOST_TRANSACTIONS = 60;
/** Nothing is drawn further in. */
const DEEPEST = 4;

export function lookupDetails(
  engine: TraceEngine,
  lookup: number,
  explained?: Explained,
  served?: ServedBy,
): LookupDetails {
  const row = lookupRow(engine, lookup, 0, false, explained);
  const transactions = transactionsOfLookup(engine, lookup);
  const shown = transactions.slice(0, MOST_TRANSACTIONS);
  const start = engine.trace.lookups.of(lookup).start[lookup & ROW_MASK]!;
  const rest = transactions.length - shown.length;
  const legs: LegBar[] = [];
  const messages: MessageDetails[] = [];
  for (const id of shown) {
    const own = messagesShown(engine, id).map((message) => messageDetails(engine, message, id));
    legs.push({ ...legBar(engine, id, start), ...(own.length === 0 ? {} : { message: messages.length }) });
    messages.push(...own, ...eventDetails(engine, id));
  }
  return {
    lookup: row,
    meaning:
      meaningOf(engine, lookup, row, explained?.atFault) +
      changedNameSentences(engine, lookup) +
      answeredBySentence(engine, lookup) +
      eventSentences(engine, shown) +
      (rest > 0 ? ` The first ${String(shown.length)} of ${String(transactions.length)} transactions are listed.` : ''),
    legs,
    messages,
    ...(served === undefined ? {} : { corefile: corefilePart(served) }),
    commands: commandsFor(row),
  };
}

function corefilePart({ block, plugin }: ServedBy): NonNullable<LookupDetails['corefile']> {
  return { line: block.line, label: visibleText(block.label), ...(plugin === undefined ? {} : { plugin }) };
}

function legBar(engine: TraceEngine, id: number, start: number): LegBar {
  const chunk = engine.trace.transactions.of(id);
  const row = id & ROW_MASK;
  const shown = transactionRow(engine, id, 0);
  return {
    transaction: id,
    depth: depthOf(engine, id),
    leg: shown.leg,
    vantage: shown.vantage,
    server: `${shown.nameserver}:${String(chunk.serverPort[row]!)}`,
    name: shown.name,
    qtype: shown.qtype,
    startNs: chunk.start[row]! - start,
    endNs: Number.isNaN(chunk.end[row]!) ? undefined : chunk.end[row]! - start,
    state: shown.state,
    rcode: shown.rcode,
    retransmissions: shown.retransmissions,
    confidence: shown.joined,
  };
}

function depthOf({ trace }: TraceEngine, transaction: number): number {
  const exchange = trace.transactions.of(transaction).exchange[transaction & ROW_MASK]!;
  let depth = primaryTransaction(trace, exchange) === transaction ? 0 : 1;
  let parent = trace.exchanges.of(exchange).parent[exchange & ROW_MASK]!;
  for (; parent !== NONE && depth < DEEPEST; parent = trace.exchanges.of(parent).parent[parent & ROW_MASK]!)
    depth += [...trace.transactionsOf(parent)].length > 1 ? 2 : 1;
  return Math.min(depth, DEEPEST);
}

/** Two sentences: what happened, and what it means for whoever asked. */
function meaningOf(engine: TraceEngine, lookup: number, row: LookupRow, atFault: number | undefined): string {
  const { trace } = engine;
  const chunk = trace.lookups.of(lookup);
  const culprit = chunk.culprit[lookup & ROW_MASK]!;
  const server = culprit === NONE ? '' : trace.addresses.textOf(culprit);
  const name = shownName(row.name);
  const proof = chunk.proof[lookup & ROW_MASK]!;
  const asked = proof === NONE ? name : shownName(transactionRow(engine, proof, 0).name);
  const took = row.latencyNs === undefined ? '' : ` after ${durationText(row.latencyNs)}`;
  const waste =
    row.wastedQueries > 0
      ? ` ${plural(row.wastedQueries, 'query', 'queries')} of this lookup brought the application nothing${row.searchNames > 0 ? `: ${plural(row.searchNames, 'search name')} tried first` : ''}.`
      : '';
  const servedFromCache = (did: string): string =>
    `CoreDNS answered ${row.rcode}${took} for ${name} without asking again: it keeps a failure for five seconds, and ${server} ${did} the query before. The application sees a failed lookup; the server to look at is ${server}.`;
  switch (chunk.cause[lookup & ROW_MASK]) {
    case Cause.upstreamSilent:
      if (atFault !== undefined) return podAtFault(engine, atFault, `${server} and got no answer`, row);
      return isServedFromCache(engine, lookup)
        ? servedFromCache('gave no answer to')
        : `CoreDNS asked ${server} for ${asked} and got no answer, so ${row.rcode === '' ? 'it never answered' : `it answered ${row.rcode}${took}`}. The application sees a failed lookup; the server to look at is ${server}.`;
    case Cause.upstreamError:
      if (atFault !== undefined) return podAtFault(engine, atFault, `${server}, which answered ${row.rcode}`, row);
      return isServedFromCache(engine, lookup)
        ? servedFromCache(`answered ${row.rcode} to`)
        : `CoreDNS asked ${server} for ${asked}, which answered ${row.rcode}; CoreDNS passed that on${took}. The application sees a failed lookup; the server to look at is ${server}.`;
    case Cause.corednsError:
      return `CoreDNS answered ${row.rcode}${took} without asking an upstream for ${name}. Its configuration, its limits or its view of the cluster are at fault.`;
    case Cause.serverError:
      return `${server} answered ${row.rcode} for ${name}${took}. What is behind it was not watched, so whether it or an upstream is at fault stays open.`;
    case Cause.nameError:
      return `Every name that was tried got the answer that it does not exist, ${name} last${took}. The DNS works; the name is wrong, or unknown to this DNS.${waste}`;
    case Cause.lostBeforeCoreDns:
      return `The query for ${name} left the pod and reached no watched CoreDNS pod. It was lost on the way: address translation, NetworkPolicy, firewall or connection tracking.`;
    case Cause.lostInCoreDns:
      return `The query for ${name} arrived in CoreDNS and was never answered, although no upstream kept it waiting. CoreDNS dropped it or is stuck.`;
    case Cause.lostOnReturn:
      return `CoreDNS answered the query for ${name}, but the answer never reached the pod. It was lost on the way back.`;
    case Cause.unansweredUnknown:
      return `The query for ${name} to ${server} got no answer. Too little was watched to say where it was lost.`;
    default:
      break;
  }
  if (row.outcome === 'pending') return `The query for ${name} waits for its answer.`;
  if (row.outcome === 'nodata' && (row.numAnswers ?? 0) > 0)
    return `${name} is an alias, and no record of the type asked for (${row.qtype}) came${took} for the name that it leads to.${waste}`;
  if (row.outcome === 'nodata') return `${name} exists but has no record of the type asked for (${row.qtype}).${waste}`;
  const addresses = row.addresses.length === 0 ? '' : `: ${listOf(row.addresses, 4)}`;
  return `${name} was resolved${took}${addresses}.${waste}`;
}

/** The lookup alone would blame the upstream; those of other pods show that it does well. */
function podAtFault({ trace, topology }: TraceEngine, pod: number, asked: string, row: LookupRow): string {
  const label = visibleText(topology.shortName(trace.addresses.textOf(pod)));
  const came = row.rcode === '' ? 'no answer came' : `the answer was ${row.rcode}`;
  return `CoreDNS pod ${label} asked ${asked}, so ${came}. The application sees a failed lookup. Other CoreDNS pods do well with the same names: the one to look at is ${label}, or its own way to the upstream.`;
}

/** The upstream query that proves the verdict belongs to an earlier lookup: this one got its failure from CoreDNS's cache. */
function isServedFromCache(engine: TraceEngine, lookup: number): boolean {
  const { trace } = engine;
  const proof = trace.lookups.of(lookup).proof[lookup & ROW_MASK]!;
  return proof !== NONE && trace.lookupOf(trace.transactions.of(proof).exchange[proof & ROW_MASK]!) !== lookup;
}

/** Commands to repeat the question. Only names made of letters, digits, `-`, `_` and `.` get into one: no quoting games. */
function commandsFor(row: LookupRow): readonly string[] {
  if (!/^[A-Za-z0-9._-]{1,255}$/u.test(row.name) || row.name.startsWith('-')) return [];
  const types = row.qtype.split('+').filter((type) => /^[A-Z0-9-]{1,12}$/u.test(type));
  const commands = types.map((type) => `dig @${row.nameserver} ${row.name} ${type}`);
  const safe = /^[a-z0-9.-]{1,253}$/u;
  if (safe.test(row.namespace) && safe.test(row.pod)) {
    commands.push(`kubectl exec -n ${row.namespace} ${row.pod} -- nslookup ${row.name}`);
  }
  return commands;
}
