/** A query with its response by itself: what CoreDNS asks of its own accord, and what else belongs to no lookup. */
import { durationText, shownName } from '../../findings/findingRule.ts';
import { NONE, ROW_MASK, State } from '../../trace/tables.ts';
import type { TraceEngine } from '../../trace/traceEngine.ts';
import { eventDetails as networkSaid, eventSentences } from './eventDetails.ts';
import { messageDetails, messagesShown } from './messageDetails.ts';
import { transactionRow } from '../rowBuilder.ts';
import type { EventDetails, EventLevel, TransactionRow } from '../rows.ts';

/** How far back the query of an answer from elsewhere is looked for, in transactions. */
const SEARCH_BACK = 4096;
const ENDS_AND_QUESTION = ['dnsId', 'clientPort', 'client', 'name', 'qtype', 'qclass', 'vantage', 'proto'] as const;

/** @param id of a transaction or of a message, which there is */
export function transactionDetails(engine: TraceEngine, level: EventLevel, id: number): EventDetails {
  const isMessage = level === 'messages';
  const transaction = isMessage ? engine.trace.messages.of(id).transaction[id & ROW_MASK]! : id;
  const row = transactionRow(engine, transaction, 0);
  const shown = messagesShown(engine, transaction, isMessage ? id : NONE);
  return {
    row,
    meaning: `${outcomeOf(row)} ${reasonOf(engine, transaction)}${eventSentences(engine, [transaction])}`,
    messages: [
      ...shown.map((message) => messageDetails(engine, message, transaction)),
      ...networkSaid(engine, transaction),
    ],
    open: Math.max(0, shown.indexOf(id)),
  };
}

function outcomeOf(row: TransactionRow): string {
  const asked = `${row.client} asked ${row.nameserver} for ${shownName(row.name)} (${row.qtype})`;
  const took = row.latencyNs === undefined ? '' : ` after ${durationText(row.latencyNs)}`;
  switch (row.state) {
    case 'pending':
      return `${asked} and waits for the answer.`;
    case 'answered':
      return `${asked} and got ${row.rcode}${took}.`;
    case 'late':
      return `${asked} and got ${row.rcode}${took}, when it had given up.`;
    case 'unanswered':
      return `${asked} and got no answer.`;
    case 'unsolicited':
      return `${row.nameserver} sent an answer about ${shownName(row.name)} (${row.qtype}) to ${row.client}: ${row.rcode}.`;
  }
}

/** Whom the socket that got this answer had asked the same with the same ID, when it was another server; else `undefined`. */
function askedElsewhere(engine: TraceEngine, transaction: number): string | undefined {
  const { transactions } = engine.trace;
  const at = transaction & ROW_MASK;
  if (transactions.of(transaction).state[at] !== State.unsolicited) return undefined;
  const wanted = ENDS_AND_QUESTION.map((column) => transactions.of(transaction)[column][at]);
  for (let id = transaction - 1; id >= 0 && id > transaction - SEARCH_BACK; id--) {
    const chunk = transactions.of(id);
    const row = id & ROW_MASK;
    if (chunk.state[row] !== State.unsolicited && ENDS_AND_QUESTION.every((name, k) => chunk[name][row] === wanted[k]))
      return transactionRow(engine, id, 0).nameserver;
  }
  return undefined;
}

/** Why it is in no lookup (R5, R7). */
function reasonOf(engine: TraceEngine, transaction: number): string {
  const { trace } = engine;
  const chunk = trace.transactions.of(transaction);
  const exchange = chunk.exchange[transaction & ROW_MASK]!;
  if (exchange === NONE) {
    const asked = askedElsewhere(engine, transaction);
    return asked === undefined
      ? 'Its query was not seen. It belongs to no lookup: without its query nobody knows who asked, or why.'
      : `The query went to ${asked}, and an answer from another address is refused by most resolvers: its address was not translated back on the way. It belongs to no lookup.`;
  }
  const { background, lookup } = trace.exchanges.of(exchange);
  if (lookup[exchange & ROW_MASK] !== NONE) return 'It belongs to a lookup.';
  switch (background[exchange & ROW_MASK]) {
    case 1:
      return 'It belongs to no lookup: no client was seen waiting for it, so the resolver asked of its own accord (a health check, a prefetch, a loop check), or its client was not watched.';
    case 2:
      return 'It belongs to no lookup: the search that it is a step of began before its pod was watched.';
    default:
      return 'It belongs to no lookup.';
  }
}
