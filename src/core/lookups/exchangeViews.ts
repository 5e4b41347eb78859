/** An exchange as one of its places saw it. */
import { CUT_RESPONSE } from '../dns/header.ts';
import { DnsRcode } from '../dns/types.ts';
import type { Rows } from '../trace/columns.ts';
import {
  NONE,
  Proto,
  ROW_MASK,
  State,
  type ExchangeChunk,
  type TransactionChunk,
  type TransactionRows,
} from '../trace/tables.ts';
import { isOnNode, roleOf, type Trace, type VantageState } from '../trace/trace.ts';
import type { OutcomeName } from './outcome.ts';

/** The rows that tell how an exchange was seen: a trace, or a pass over some of its columns. */
export interface ViewRows {
  readonly exchanges: Rows<ExchangeChunk, 'first'>;
  readonly transactions: Rows<TransactionChunk, 'nextInExchange' | 'vantage'>;
  readonly vantages: readonly VantageState[];
}

/** The view of an exchange nearest to who asked: what the application saw. */
export function primaryTransaction({ exchanges, transactions, vantages }: ViewRows, exchange: number): number {
  const first = exchanges.of(exchange).first[exchange & ROW_MASK]!;
  // Most exchanges were seen at one vantage only.
  if (transactions.of(first).nextInExchange[first & ROW_MASK] === NONE) return first;
  let best = NONE;
  let bestRank = -1;
  for (let id = first; id !== NONE; id = transactions.of(id).nextInExchange[id & ROW_MASK]!) {
    const role = roleOf(vantages[transactions.of(id).vantage[id & ROW_MASK]!]!);
    const rank = role === 'client' ? 3 : role === 'nodelocal' ? 2 : role === 'node' ? 1 : 0;
    if (rank > bestRank) {
      best = id;
      bestRank = rank;
    }
  }
  return best;
}

/** The view of an exchange inside the CoreDNS pod that received it, NONE when no such vantage saw it. */
export function corednsTransaction(trace: Trace, exchange: number): number {
  for (const id of trace.transactionsOf(exchange)) {
    const chunk = trace.transactions.of(id);
    const row = id & ROW_MASK;
    const state = trace.vantages[chunk.vantage[row]!]!;
    const client = chunk.client[row]!;
    if (roleOf(state) === 'coredns' && (!trace.resolvers.has(client) || trace.nodeLocal.sources.has(client))) return id;
  }
  return NONE;
}

/** The view of an exchange with NodeLocal DNSCache on the node that received it, NONE when it went elsewhere or nobody saw it there. */
export function nodeLocalTransaction(trace: Trace, exchange: number): number {
  if (!trace.nodeLocal.isThere) return NONE;
  for (const id of trace.transactionsOf(exchange)) {
    const chunk = trace.transactions.of(id);
    const row = id & ROW_MASK;
    if (trace.nodeLocal.isServer(chunk.server[row]!) && isOnNode(trace.vantages[chunk.vantage[row]!]!)) return id;
  }
  return NONE;
}

/** The exchange in which CoreDNS was asked: NodeLocal's query where the client asked that, else the client's own. */
export function askingCoreDns(trace: Trace, exchange: number): number {
  if (nodeLocalTransaction(trace, exchange) === NONE) return exchange;
  let asking = exchange;
  for (const child of trace.childrenOf(exchange)) {
    const first = trace.exchanges.of(child).first[child & ROW_MASK]!;
    const server = trace.transactions.of(first).server[first & ROW_MASK]!;
    if (corednsTransaction(trace, child) !== NONE || trace.corednsAddresses.has(server)) asking = child;
  }
  return asking;
}

/** Outcome of one transaction, with its rcode and response time (NaN without one). */
export function outcomeOf(trace: Trace, id: number): { outcome: OutcomeName; rcode: number; end: number } {
  const chunk = trace.transactions.of(id);
  const row = id & ROW_MASK;
  const rcode = chunk.rcode[row]!;
  const end = chunk.end[row]!;
  switch (chunk.state[row]) {
    case State.pending:
      return { outcome: 'pending', rcode: 0, end: Number.NaN };
    case State.answered:
    case State.late:
    case State.unsolicited:
      if (rcode === DnsRcode.NOERROR) return { outcome: hasData(chunk, row) ? 'answered' : 'nodata', rcode, end };
      return { outcome: rcode === DnsRcode.NXDOMAIN ? 'nxdomain' : 'error', rcode, end };
    default:
      return { outcome: 'unanswered', rcode: 0, end: Number.NaN };
  }
}

/** A NOERROR response with something of what was asked for. */
export function hasData({ answers, aliasesAlone }: TransactionRows, row: number): boolean {
  return answers[row]! > 0 && aliasesAlone[row] === 0;
}

/** The message is an answer that was cut to fit UDP: QR and TC are set (RFC 1035 §4.2.1; over TCP the flag says nothing). */
export function isCutAnswer(trace: Trace, message: number): boolean {
  if (message === NONE) return false;
  const chunk = trace.messages.of(message);
  if ((chunk.flags[message & ROW_MASK]! & CUT_RESPONSE) !== CUT_RESPONSE) return false;
  const transaction = chunk.transaction[message & ROW_MASK]!;
  if (transaction >= trace.transactions.length) return false;
  return trace.transactions.of(transaction).proto[transaction & ROW_MASK] === Proto.udp;
}
