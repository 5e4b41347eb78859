/** What a filter leaves of a trace's totals: counted message by message, since a filter may match queries and not their responses. */
import { DnsFlag } from '../dns/header.ts';
import { EventBit, type Matches } from '../filter/traceFilter.ts';
import { LookupFlag } from '../lookups/verdictRow.ts';
import { NONE, ROW_MASK, State } from '../trace/tables.ts';
import type { Trace } from '../trace/trace.ts';
import { isFailure } from '../trace/traceEngine.ts';

export interface MatchedTotals {
  /** Packets that carry a message that matches. */
  packets: number;
  messages: number;
  queries: number;
  responses: number;
  retransmissions: number;
  unsolicited: number;
  readonly rcodes: Map<number, number>;
  readonly qtypes: Map<number, number>;
  readonly vantages: { queries: number; responses: number }[];
  readonly lookups: { count: number; failed: number; slow: number };
}

export function matchedTotals(trace: Trace, matches: Matches): MatchedTotals {
  const totals: MatchedTotals = {
    packets: 0,
    messages: 0,
    queries: 0,
    responses: 0,
    retransmissions: 0,
    unsolicited: 0,
    rcodes: new Map(),
    qtypes: new Map(),
    vantages: trace.vantages.map(() => ({ queries: 0, responses: 0 })),
    lookups: { count: 0, failed: 0, slow: 0 },
  };
  countMessages(trace, matches, totals);
  for (let id = 0; id < trace.transactions.length; id++) {
    const bits = matches.transactions[id]!;
    if (bits === 0) continue;
    const chunk = trace.transactions.of(id);
    const row = id & ROW_MASK;
    if ((bits & EventBit.query) !== 0) totals.retransmissions += chunk.retransmissions[row]!;
    if (chunk.state[row] === State.unsolicited) totals.unsolicited++;
  }
  for (let lookup = 0; lookup < trace.lookups.length; lookup++) {
    if (matches.lookups[lookup] === 0) continue;
    const chunk = trace.lookups.of(lookup);
    const row = lookup & ROW_MASK;
    totals.lookups.count++;
    if (isFailure(chunk.outcome[row]!)) totals.lookups.failed++;
    if ((chunk.flags[row]! & LookupFlag.slow) !== 0) totals.lookups.slow++;
  }
  return totals;
}

function countMessages(trace: Trace, matches: Matches, totals: MatchedTotals): void {
  let lastVantage = NONE;
  let lastOffset = -1;
  for (let id = 0; id < trace.messages.length; id++) {
    const chunk = trace.messages.of(id);
    const row = id & ROW_MASK;
    const transaction = chunk.transaction[row]!;
    if (transaction === NONE) continue;
    const isResponse = (chunk.flags[row]! & DnsFlag.QR) !== 0;
    if ((matches.transactions[transaction]! & (isResponse ? EventBit.response : EventBit.query)) === 0) continue;
    const transactions = trace.transactions.of(transaction);
    const at = transaction & ROW_MASK;
    const vantage = transactions.vantage[at]!;
    totals.messages++;
    if (isResponse) {
      totals.responses++;
      totals.vantages[vantage]!.responses++;
      // Of a duplicate only the header's four bits are kept.
      add(totals.rcodes, transactions.response[at] === id ? transactions.rcode[at]! : chunk.flags[row]! & 15);
    } else {
      totals.queries++;
      totals.vantages[vantage]!.queries++;
      add(totals.qtypes, transactions.qtype[at]!);
    }
    // Several messages of one TCP segment stand one after the other.
    if (vantage !== lastVantage || chunk.offset[row] !== lastOffset) totals.packets++;
    lastVantage = vantage;
    lastOffset = chunk.offset[row]!;
  }
}

function add(counts: Map<number, number>, code: number): void {
  counts.set(code, (counts.get(code) ?? 0) + 1);
}
